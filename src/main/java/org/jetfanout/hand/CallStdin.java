package org.jetfanout.hand;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.jetfanout.ssh.HoldableInput;

/**
 * The stdin of a handled call, as it comes from the owner. The thread of the link adds to it; one
 * thread reads. It is at its end only if the owner has said so: otherwise reading fails once it is
 * closed, because a half stdin must not look like a whole one.
 */
final class CallStdin extends HoldableInput {
    /** Allows the owner to send more. */
    interface Credit {
        /** So many bytes may come, in total. */
        void allow(long total) throws IOException;
    }

    private final ReceiveWindow window;
    private final Credit credit;

    // Mutable state, guarded by this
    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private boolean ended;
    private boolean closed;

    // Mutable state, guarded by this: of the first piece, what was read
    private int at;

    CallStdin(long most, Credit credit) {
        this.window = new ReceiveWindow(most);
        this.credit = credit;
    }

    /**
     * Takes what the owner sends. False if it is more than it may send.
     *
     * @param last nothing comes behind it; it may be empty then
     */
    boolean add(byte[] bytes, boolean last) {
        synchronized (this) {
            boolean nothing = bytes.length == 0;
            if (ended || (nothing && !last) || !window.receive(bytes.length)) {
                return false;
            }
            if (!closed && !nothing) {
                pieces.add(bytes);
            }
            ended = last;
        }
        wake();
        return true;
    }

    @Override
    public synchronized boolean isHeld() {
        return pieces.isEmpty() && !ended && !closed;
    }

    @Override
    public synchronized int available() {
        return isHeld() ? 0 : 1;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = take(bytes, offset, length);
        if (count > 0) {
            OptionalLong total = window.take(count);
            if (total.isPresent()) {
                credit.allow(total.getAsLong());
            }
        }
        return count;
    }

    private synchronized int take(byte[] bytes, int offset, int length) throws IOException {
        try {
            while (isHeld()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (closed) {
            throw new IOException("closed before its end");
        }
        byte[] first = pieces.peek();
        if (first == null) {
            return -1;
        }
        int count = Math.min(length, first.length - at);
        System.arraycopy(first, at, bytes, offset, count);
        at += count;
        if (at == first.length) {
            pieces.remove();
            at = 0;
        }
        return count;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            pieces.clear();
            notifyAll();
        }
    }
}
