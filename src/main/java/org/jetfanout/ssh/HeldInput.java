package org.jetfanout.ssh;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The stdin of a command, held back until it is certain that the command itself reads it. Any
 * thread may release or close it; one thread reads.
 */
public final class HeldInput extends FilterInputStream {
    private final Runnable progress;

    // Mutable state, guarded by this
    private boolean letGo;
    private boolean closed;

    /**
     * @param progress is told of each piece that is sent
     */
    public HeldInput(InputStream in, Runnable progress) {
        super(in);
        this.progress = progress;
    }

    /** Lets the input be sent from now on. */
    public synchronized void letGo() {
        letGo = true;
        notifyAll();
    }

    /** Whether it must not be sent yet. */
    synchronized boolean isHeld() {
        return !letGo && !closed;
    }

    /** Waits until the input may be sent. */
    private synchronized void await() throws IOException {
        try {
            while (isHeld()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (!letGo) {
            throw new IOException("closed before it was to be sent");
        }
    }

    @Override
    public int read() throws IOException {
        await();
        progress.run();
        return super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        await();
        progress.run();
        return super.read(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        super.close();
    }
}
