package org.jetfanout.runner;

import java.util.Locale;

/** How a host came out of a run. */
public enum Outcome {
    /** Configured, nothing had to change. */
    OK,
    /** Configured, something was changed. */
    CHANGED,
    /** A task failed on it. */
    FAILED,
    /** The runner could not connect to it. */
    UNREACHABLE,
    /**
     * No final result: the runner never came to it, or did not come to its end. Never counted as
     * ok.
     */
    UNFINISHED,
    /** Nobody began it, because the run was stopped before by a rule that the user set. */
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
