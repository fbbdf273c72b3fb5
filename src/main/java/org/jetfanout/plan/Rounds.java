package org.jetfanout.plan;

import java.util.OptionalInt;

/**
 * In how many rounds one worker configures its hosts. It configures as many hosts at once as the
 * runner has threads, and never hosts of two rolling updates at once. Numbers of hosts up to 2^31
 * do not overflow.
 *
 * @param threads how many hosts at once, at least 1
 * @param batchSize the hosts of one rolling update, at least 1; empty if all hosts are one rolling
 *     update
 */
public record Rounds(int threads, OptionalInt batchSize) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException where one is less than 1
     */
    public Rounds {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        if (batchSize.isPresent() && batchSize.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "batch size must be at least 1, not " + batchSize.getAsInt());
        }
    }

    /** The number of rounds for this number of hosts of one worker. */
    public long of(long hosts) {
        long update = update();
        return Math.addExact(
                Math.multiplyExact(hosts / update, ceil(update, threads)),
                ceil(hosts % update, threads));
    }

    /** The most hosts of one worker that fit into this number of rounds. */
    public long hostsWithin(long rounds) {
        long update = update();
        long roundsOfAnUpdate = ceil(update, threads);
        return Math.addExact(
                Math.multiplyExact(rounds / roundsOfAnUpdate, update),
                Math.multiplyExact(rounds % roundsOfAnUpdate, (long) threads));
    }

    /**
     * A warning where the batch size leaves threads idle for this number of hosts of one worker;
     * otherwise empty.
     */
    public String warning(long hosts) {
        long update = update();
        if (update >= hosts || of(hosts) == ceil(hosts, threads)) {
            return "";
        }
        String cost = of(hosts) + " rounds instead of " + ceil(hosts, threads);
        return update < threads
                ? "batch_size "
                        + update
                        + " leaves "
                        + (threads - update)
                        + " of "
                        + threads
                        + " threads of each worker idle: "
                        + cost
                : "batch_size "
                        + update
                        + " is not a multiple of threads "
                        + threads
                        + ", so some threads are idle at the end of each rolling update: "
                        + cost;
    }

    private long update() {
        return batchSize.orElse(Integer.MAX_VALUE);
    }

    static long ceil(long dividend, long divisor) {
        return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
    }
}
