package org.jetfanout.site.workers;

/**
 * What happens with a host called {@code localhost}. The runner takes it for the machine on which
 * it runs.
 */
public enum LocalhostPolicy {
    /** It is an error, because users rarely mean the worker by it. */
    REFUSE,
    /** It means the worker itself. */
    WORKER
}
