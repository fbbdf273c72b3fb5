package org.jetfanout.site.workers;

/** What is done with workers that are among the hosts of a run, and would be configured as such. */
public enum WorkersAsHosts {
    /** The run stops before anything is sent. */
    REFUSE,
    /** They are left out, and named in the plan. */
    SKIP,
    /** They are configured like any other host, each by some worker: maybe by itself. */
    ALLOW
}
