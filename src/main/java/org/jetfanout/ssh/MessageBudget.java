package org.jetfanout.ssh;

import java.util.function.LongSupplier;

/**
 * How many messages a worker may send that bring nothing: global requests, channel requests, debug
 * and ignore messages, banners, key exchanges of its own accord. Such come now and then; a machine
 * that sends one after the other wants to keep us busy. The budget grows back with time, so that a
 * job of a week is not cut by its keep-alives. Of one thread.
 */
final class MessageBudget {
    /** At once: an sshd with hundreds of host keys still fits. */
    static final int MOST = 1000;

    /** Comes back in a second: ten times what an eager sshd's keep-alives need. */
    static final int A_SECOND = 10;

    private static final long NANOS = 1_000_000_000;

    private final LongSupplier clock;

    // Mutable state
    private double left = MOST;
    private long last;

    /**
     * @param clock nanoseconds
     */
    MessageBudget(LongSupplier clock) {
        this.clock = clock;
        this.last = clock.getAsLong();
    }

    /** Takes one; false where there is none left. */
    boolean take() {
        long now = clock.getAsLong();
        left = Math.min(MOST, left + (double) (now - last) * A_SECOND / NANOS);
        last = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
