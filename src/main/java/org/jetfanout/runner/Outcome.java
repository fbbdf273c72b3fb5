package org.jetfanout.runner;

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
    UNFINISHED
}
