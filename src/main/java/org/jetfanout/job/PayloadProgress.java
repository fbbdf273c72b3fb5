package org.jetfanout.job;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * How much of its payload a worker has. It says so on each connection, so what is sent goes on
 * where the last connection ended. Any thread may say that all was sent, or ask where to begin; all
 * else is not thread-safe.
 */
final class PayloadProgress {
    /** The script says every 10 s that it reads the file: for two hours at most. */
    private static final int MOST_BUSY = 720;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private final long size;

    // Mutable state
    /** The most that the worker has ever said to have. */
    private long most;

    private int busy;

    /** Of this connection: where to begin; -1 if the worker has not said so. */
    private volatile long from = -1;

    /** Of this connection: whether everything was handed over, and the job may have started. */
    private volatile boolean sent;

    /**
     * @param size of the file
     */
    PayloadProgress(long size) {
        this.size = size;
    }

    /** A connection begins. */
    void connects() {
        from = -1;
        sent = false;
        busy = 0;
    }

    /**
     * Takes what the worker says to have.
     *
     * @return how much more that is than ever before; empty if it cannot be
     */
    OptionalLong hear(String number) {
        if (!NUMBER.matcher(number).matches() || Long.parseLong(number) > size) {
            return OptionalLong.empty();
        }
        from = Long.parseLong(number);
        long more = Math.max(0, from - most);
        most = Math.max(most, from);
        return OptionalLong.of(more);
    }

    /** Whether to believe a worker that says once more that it is busy. */
    boolean mayBeBusy() {
        busy++;
        return busy <= MOST_BUSY;
    }

    /** Where to begin. Only after the worker has said so. */
    long from() {
        if (from < 0) {
            throw new IllegalStateException("the worker has not said how much it has");
        }
        return from;
    }

    /** All was handed over. */
    void isSent() {
        sent = true;
    }

    /** Whether all was handed over on this connection. */
    boolean wasSent() {
        return sent;
    }
}
