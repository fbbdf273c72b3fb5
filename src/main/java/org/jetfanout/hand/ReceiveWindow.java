package org.jetfanout.hand;

import java.util.OptionalLong;

/**
 * How many bytes may be received: no more than a fixed number that nobody has taken yet.
 * Thread-safe.
 */
final class ReceiveWindow {
    private final long size;

    // Mutable state, guarded by this
    private long granted;
    private long received;
    private long taken;

    ReceiveWindow(long size) {
        this.size = size;
        this.granted = size;
    }

    /** So many bytes have come. False if that is more than the other side may send. */
    synchronized boolean receive(int bytes) {
        received += bytes;
        return received <= granted;
    }

    /**
     * So many bytes were taken.
     *
     * @return what the other side is to be allowed from now on, in total; empty while it has enough
     */
    synchronized OptionalLong take(int bytes) {
        taken += bytes;
        if (taken + size - granted < size / 2) {
            return OptionalLong.empty();
        }
        granted = taken + size;
        return OptionalLong.of(granted);
    }
}
