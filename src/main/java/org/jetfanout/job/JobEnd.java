package org.jetfanout.job;

import java.util.OptionalInt;

/**
 * How a job ended. Immutable.
 *
 * @param state what the control machine makes of it
 * @param exitCode the runner's, where it is known
 * @param mayHaveStarted false only where it is certain that the runner was never called: then
 *     another worker may take the batch
 * @param complete whether all that its runner has put out is here, to the last byte
 * @param reason one line for people, without escape codes; empty where the runner ended by itself
 */
public record JobEnd(
        State state,
        OptionalInt exitCode,
        boolean mayHaveStarted,
        boolean complete,
        String reason) {
    /** What a job can come to. */
    public enum State {
        /** The runner ended, and all of its output is here. */
        ENDED,
        /** The worker did not take the job; nothing ran. */
        REFUSED,
        /** Connection gone and not back in time, or the job's process gone without a word. */
        LOST,
        /** The runner ended, but its output did not arrive whole. */
        INCOMPLETE,
        /** Ended by {@link Job#cancel}. */
        CANCELLED,
        /** Ended because it took longer than its deadline. */
        TIMED_OUT
    }
}
