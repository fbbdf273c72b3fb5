package org.jetfanout.runner;

import java.util.Locale;

/** The result of a host. */
public enum Outcome {
    /** The host is configured, and nothing had to change. */
    OK,
    /** The host is configured, and something was changed. */
    CHANGED,
    /** A task failed on the host. */
    FAILED,
    /** The runner could not connect to the host. */
    UNREACHABLE,
    /**
     * The host has no final result: its worker was lost, or the runner did not get to it or did not
     * come to its end. It never counts as ok.
     */
    UNFINISHED,
    /** No worker began with the host, because a rule of the user stopped the run before. */
    NOT_STARTED;

    /** The outcome in words: {@code not started}. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Its name in files: {@code not_started}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
