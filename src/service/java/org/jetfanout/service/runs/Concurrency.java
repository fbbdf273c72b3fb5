package org.jetfanout.service.runs;

/** What happens with a start of a template of which a run waits or goes on. */
public enum Concurrency {
    /** It begins as any other. */
    FREE,

    /** It waits until that run has ended. */
    QUEUE,

    /** It is refused. */
    ONE
}
