package org.jetfanout.service.access;

/** What a caller may do. */
public enum Scope {
    /** See runs. */
    READ,

    /** Start runs, resume them and start them again. */
    RUN,

    /** Cancel and pause runs. */
    CANCEL,

    /** Let a run go on that waits for an approval. */
    APPROVE
}
