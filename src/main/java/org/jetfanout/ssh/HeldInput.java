package org.jetfanout.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The stdin of a command, held back until it is certain that the command itself reads it. It may
 * stay open behind its data, and take more until it is closed. Any thread may release it, send
 * more, or close it; one thread reads.
 */
public final class HeldInput extends HoldableInput {
    /** What nobody reads is not piled up. */
    private static final int MOST_PIECES = 64;

    private final InputStream data;
    private final boolean staysOpen;
    private final Runnable progress;

    // Mutable state, guarded by this
    private final Deque<byte[]> more = new ArrayDeque<>();
    private boolean letGo;
    private boolean sent;
    private boolean closed;

    // Mutable state, of the thread that reads: of a piece that came later, what is left
    private byte[] piece = {};
    private int at;

    /**
     * @param progress is told of each piece of the data that is sent
     */
    public HeldInput(InputStream data, Runnable progress) {
        this(data, false, progress);
    }

    /**
     * @param staysOpen whether more may come behind the data
     * @param progress told of each piece of the data that is sent
     */
    public HeldInput(InputStream data, boolean staysOpen, Runnable progress) {
        this.data = data;
        this.staysOpen = staysOpen;
        this.progress = progress;
    }

    /** Lets the input be sent from now on. */
    public synchronized void letGo() {
        letGo = true;
        notifyAll();
    }

    /**
     * Sends this behind everything before it. Does not wait.
     *
     * @throws IllegalStateException if it does not stay open, or too much was sent that nobody
     *     reads
     */
    public void send(byte[] bytes) {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (!staysOpen || more.size() >= MOST_PIECES) {
                throw new IllegalStateException("more is sent than the command takes");
            }
            more.add(bytes.clone());
        }
        wake();
    }

    @Override
    public synchronized boolean isHeld() {
        return !closed && (!letGo || (sent && staysOpen && more.isEmpty() && at == piece.length));
    }

    /** Waits until something may be sent. */
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
    public int available() throws IOException {
        synchronized (this) {
            if (staysOpen) {
                return isHeld() ? 0 : 1;
            }
        }
        return data.available();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = 0;
        while (count == 0) {
            count = read(one, 0, 1);
        }
        return count < 0 ? -1 : one[0] & 0xff;
    }

    /** Nothing at the end of the data, where it stays open: the reader need not wait for more. */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        await();
        if (!isSent()) {
            progress.run();
            int count = data.read(bytes, offset, length);
            if (count >= 0 || !staysOpen) {
                return count;
            }
            endOfData();
            return 0;
        }
        if (at == piece.length && !next()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, bytes, offset, count);
        at += count;
        return count;
    }

    private synchronized boolean isSent() {
        return sent;
    }

    private synchronized void endOfData() {
        sent = true;
    }

    private synchronized boolean next() {
        if (closed || more.isEmpty()) {
            return false;
        }
        piece = more.remove();
        at = 0;
        return true;
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            more.clear();
            notifyAll();
        }
        data.close();
    }
}
