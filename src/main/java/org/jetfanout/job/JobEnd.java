package org.jetfanout.job;

import java.util.OptionalInt;

/**
 * How a job ended. Immutable.
 *
 * @param state the kind of end
 * @param exitCode the runner's, where it is known
 * @param mayHaveStarted false only where the runner certainly was never called: then another worker
 *     may take the batch
 * @param complete whether all output of the runner is here, to the last byte
 * @param reason one line for people, without escape codes; empty where the runner ended by itself
 */
public record JobEnd(
        State state,
        OptionalInt exitCode,
        boolean mayHaveStarted,
        boolean complete,
        String reason) {
    /** The kinds of ends. */
    public enum State {
        /** The runner ended, and all of its output is here. */
        ENDED,
        /** The worker did not take the job. Nothing ran. */
        REFUSED,
        /** The connection broke and did not come back in time, or the job's process disappeared. */
        LOST,
        /**
         * The worker has a later owner's word that it has taken the run over. What becomes of the
         * job is that owner's.
         */
        REPLACED,
        /** The runner ended, but some of its output is missing. */
        INCOMPLETE,
        /** {@link Job#cancel} ended the job. */
        CANCELLED,
        /** The job was ended because it took longer than its time limit. */
        TIMED_OUT
    }
}
