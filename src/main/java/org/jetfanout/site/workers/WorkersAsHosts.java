package org.jetfanout.site.workers;

/** What happens with workers that are also hosts of the run. */
public enum WorkersAsHosts {
    /** The run stops before anything is sent. */
    REFUSE,
    /** They are left out, and the plan names them. */
    SKIP,
    /**
     * They are configured like any other host. The worker that does it may be the machine itself.
     */
    ALLOW
}
