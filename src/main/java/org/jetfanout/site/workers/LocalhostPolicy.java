package org.jetfanout.site.workers;

/**
 * What a host called {@code localhost} means, which the runner takes for the machine it runs on.
 */
public enum LocalhostPolicy {
    /** An error: nobody means the worker by it without saying so. */
    REFUSE,
    /** The worker itself. */
    WORKER
}
