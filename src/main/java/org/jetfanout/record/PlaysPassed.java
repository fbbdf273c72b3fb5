package org.jetfanout.record;

/**
 * How far the workers of a run have come that begin each play together. Immutable.
 *
 * @param front number of the first play that some batch may not have ended yet, from 1
 * @param last number of the last play that runs; {@link Integer#MAX_VALUE} where none is left out
 * @param stopped why the plays behind it do not run, in one line; empty where all run
 */
public record PlaysPassed(int front, int last, String stopped) {
    /** Of a run that begins. */
    public static PlaysPassed none() {
        return new PlaysPassed(1, Integer.MAX_VALUE, "");
    }
}
