package org.jetfanout.runner;

/**
 * Reads the lines of a runner's text and finds the host that each is about. The output of a task
 * can imitate any line, so results never come from lines, only from events. Not thread-safe.
 */
public interface LineReader {
    /** The meaning of the next line. */
    LineMeaning read(String line);
}
