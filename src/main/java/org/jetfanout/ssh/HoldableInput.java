package org.jetfanout.ssh;

import java.io.InputStream;

/**
 * The stdin of a command that has times in which nothing of it may be sent. Whoever sends it need
 * not wait in {@link #read}: it is woken when there is more.
 */
public abstract class HoldableInput extends InputStream {
    // Mutable state, guarded by this
    private Runnable waker = () -> {};

    /**
     * Who does not wait in {@link #read} is woken this way.
     *
     * @param called when there is more; must not wait
     */
    public final synchronized void onMore(Runnable called) {
        waker = called;
    }

    /** Wakes whoever waits, either way. Not under the lock of this. */
    protected final void wake() {
        Runnable woken;
        synchronized (this) {
            notifyAll();
            woken = waker;
        }
        woken.run();
    }

    /** Whether there is nothing that may be sent now. Else {@link #read} does not wait. */
    public abstract boolean isHeld();
}
