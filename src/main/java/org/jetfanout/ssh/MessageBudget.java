package org.jetfanout.ssh;

import java.util.function.LongSupplier;

/**
 * Limits how many useless messages a worker may send: global requests, channel requests, debug and
 * ignore messages, banners, key exchanges that it starts itself. A few of them are normal, but a
 * machine that sends them without end wants to keep us busy. The budget grows back with time, so
 * that keep-alives do not end a job that takes a week. For one thread.
 */
final class MessageBudget {
    /** The most messages at once. An sshd with hundreds of host keys stays below it. */
    static final int MOST = 1000;

    /** How many messages come back per second: ten times what keep-alives need. */
    static final int A_SECOND = 10;

    private static final long NANOS = 1_000_000_000;

    private final LongSupplier clock;

    // Mutable state
    private double left = MOST;
    private long last;

    /**
     * @param clock in nanoseconds
     */
    MessageBudget(LongSupplier clock) {
        this.clock = clock;
        this.last = clock.getAsLong();
    }

    /** Takes one message. Returns false where the budget is used up. */
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
