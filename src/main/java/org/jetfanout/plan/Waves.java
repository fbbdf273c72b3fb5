package org.jetfanout.plan;

import java.util.OptionalInt;

/**
 * In how many waves one worker configures its hosts: as many hosts at once as the runner has
 * threads, and never hosts of two rolling updates at once. Numbers of hosts up to 2^31 do not
 * overflow.
 *
 * @param threads hosts at once, at least 1
 * @param batchSize hosts of one rolling update, at least 1; empty: all are one
 */
public record Waves(int threads, OptionalInt batchSize) {
    public Waves {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        if (batchSize.isPresent() && batchSize.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "batch size must be at least 1, not " + batchSize.getAsInt());
        }
    }

    /** Waves for so many hosts of one worker. */
    public long of(long hosts) {
        long update = update();
        return Math.addExact(
                Math.multiplyExact(hosts / update, ceil(update, threads)),
                ceil(hosts % update, threads));
    }

    /** The most hosts of one worker that so many waves are enough for. */
    public long hostsWithin(long waves) {
        long update = update();
        long wavesOfAnUpdate = ceil(update, threads);
        return Math.addExact(
                Math.multiplyExact(waves / wavesOfAnUpdate, update),
                Math.multiplyExact(waves % wavesOfAnUpdate, (long) threads));
    }

    /** What a batch size that makes threads idle does to so many hosts of one worker; or empty. */
    public String warning(long hosts) {
        long update = update();
        if (update >= hosts || of(hosts) == ceil(hosts, threads)) {
            return "";
        }
        String cost = of(hosts) + " waves instead of " + ceil(hosts, threads);
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
