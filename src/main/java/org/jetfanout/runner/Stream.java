package org.jetfanout.runner;

/** The two streams of a job. */
public enum Stream {
    /** The runner's text: its stdout and stderr. */
    OUTPUT("output"),
    /** The runner's structured log, one JSON object a line. */
    EVENTS("events");

    private final String word;

    Stream(String word) {
        this.word = word;
    }

    /** The name of the stream in files and records. */
    public String word() {
        return word;
    }
}
