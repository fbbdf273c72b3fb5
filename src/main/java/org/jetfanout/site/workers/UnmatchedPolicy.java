package org.jetfanout.site.workers;

/** What is done with hosts that no entry of the worker map holds. */
public enum UnmatchedPolicy {
    /** The run stops before anything is sent. */
    ERROR,
    /** They are left out, and named in the plan. */
    SKIP,
    /** The control machine configures them itself. */
    LOCAL
}
