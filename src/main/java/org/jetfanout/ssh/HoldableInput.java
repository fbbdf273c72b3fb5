package org.jetfanout.ssh;

import java.io.InputStream;

/**
 * The stdin of a command that has times in which nothing of it may be sent. Whoever sends it need
 * not wait in {@link #read}: it is woken when there is more.
 */
public abstract class HoldableInput extends InputStream {
    /**
     * Who does not wait in {@link #read} is woken this way.
     *
     * @param waker called when there is more; must not wait
     */
    public abstract void onMore(Runnable waker);

    /** Whether there is nothing that may be sent now. Else {@link #read} does not wait. */
    public abstract boolean isHeld();
}
