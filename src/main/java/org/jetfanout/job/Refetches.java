package org.jetfanout.job;

/**
 * Counts how often the logs of a job are fetched again, and says when that must end: no worker can
 * keep us fetching for ever. Not thread-safe.
 */
final class Refetches {
    /** The limit for a worker that sends a little more each time. */
    private static final int MOST_FOR_MISSING = 20;

    /** The limit for a connection into which other programs write. */
    private static final int MOST_FOR_DAMAGE = 4;

    /**
     * The most bytes of a frame: it becomes smaller each time that other programs have written into
     * one. The worker sends the smallest in a single write.
     */
    private static final int[] FRAME_SIZES = {ScriptOutput.LONGEST_FRAME, 16 << 10, 3 << 10};

    // Mutable state
    private int damages;
    private int missing;

    /** The bytes of both logs that were here at the last fetch for missing ones. */
    private long lastOffset = -1;

    /** Another program wrote into a frame; false if it is not fetched again. */
    boolean afterDamage() {
        damages++;
        return damages <= MOST_FOR_DAMAGE;
    }

    /**
     * The worker has sent less than it reported.
     *
     * @param offset bytes of both logs that are here
     * @return false if they are not fetched again, also because the last fetch brought nothing
     */
    boolean afterMissing(long offset) {
        if (offset <= lastOffset || missing >= MOST_FOR_MISSING) {
            return false;
        }
        lastOffset = offset;
        missing++;
        return true;
    }

    /** The most bytes of a frame in the next command. */
    int frameSize() {
        return FRAME_SIZES[Math.min(damages, FRAME_SIZES.length - 1)];
    }
}
