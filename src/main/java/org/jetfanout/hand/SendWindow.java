package org.jetfanout.hand;

/** How many bytes may be sent until the other side allows more. Thread-safe. */
final class SendWindow {
    /** However much the other side allows: no more than this is under way at a time. */
    private final long most;

    // Mutable state, guarded by this
    private long allowed;
    private long sent;
    private boolean closed;

    /**
     * @param first how many bytes may be sent at once
     */
    SendWindow(long first) {
        this.most = first;
        this.allowed = first;
    }

    /**
     * The other side allows this many bytes.
     *
     * @param total since the beginning; a smaller number than before has no effect
     */
    synchronized void allow(long total) {
        allowed = Math.max(allowed, Math.min(total, sent + most));
        notifyAll();
    }

    /** How many bytes may be sent now. */
    synchronized long room() {
        return allowed - sent;
    }

    /** So many bytes are being sent. */
    synchronized void take(int bytes) {
        sent += bytes;
    }

    /**
     * Waits until so many bytes may be sent, and takes them.
     *
     * @return false if nothing may be sent any more
     */
    synchronized boolean await(int bytes) throws InterruptedException {
        while (allowed - sent < bytes && !closed) {
            wait();
        }
        sent += bytes;
        return !closed;
    }

    /** Nothing may be sent any more. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
