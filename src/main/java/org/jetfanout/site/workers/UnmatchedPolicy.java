package org.jetfanout.site.workers;

/** What happens with hosts that no entry of the worker map covers. */
public enum UnmatchedPolicy {
    /** The run stops before anything is sent. */
    ERROR,
    /** They are left out, and the plan names them. */
    SKIP,
    /** The control machine configures them itself. */
    LOCAL
}
