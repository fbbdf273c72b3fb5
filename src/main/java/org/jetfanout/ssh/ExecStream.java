package org.jetfanout.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;

/**
 * The output of a command on a worker. Reading it opens the SSH window and sends the command's
 * stdin. When nobody reads, the command's reads and writes stop, and memory stays within the
 * window. After the end, {@link #exitStatus} says how the command ended. Where that and {@link
 * #exitSignal} are empty, {@link #loss} says what is known.
 *
 * <p>One thread reads; any thread may call the other methods.
 */
public final class ExecStream implements CommandStream {
    private final Inbox inbox;
    private final ExecChannel channel;
    private final SshSession session;

    // Mutable state
    private volatile IOException stdinFailure;
    private volatile boolean closedByUs;
    private Sender sender; // of the thread that pulls
    private Chunk next; // of the thread that pulls

    ExecStream(Inbox inbox, ExecChannel channel, SshSession session) {
        this.inbox = inbox;
        this.channel = channel;
        this.session = session;
    }

    /**
     * Waits for output. An interrupt ends the stream, like a lost connection, and stays set.
     *
     * @return false at the end
     */
    @Override
    public boolean hasNext() {
        return hasNext(0);
    }

    /**
     * Waits for output, but not longer than some milliseconds; 0: without end. False if none came,
     * or at the end, which {@link #isOver} tells.
     */
    public boolean hasNext(long longest) {
        if (next != null) {
            return true;
        }
        long end = System.nanoTime() + longest * 1_000_000;
        long left = longest;
        try {
            do {
                if (sender != null) {
                    sender.sendWhatFits();
                }
                next = inbox.take(left).orElse(null);
                left = longest == 0 ? 0 : Math.max(-1, (end - System.nanoTime()) / 1_000_000);
            } while (next == null && !inbox.isOver() && (longest == 0 || left > 0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
        if (next != null) {
            channel.release(next.bytes().length);
        }
        return next != null;
    }

    /** What {@link #next} returns next. Only after {@link #hasNext()} has found it. */
    public Chunk peek() {
        return next;
    }

    /** Whether all of the output was read, and no more comes. */
    public boolean isOver() {
        return next == null && inbox.isOver();
    }

    @Override
    public Chunk next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Chunk chunk = next;
        next = null;
        return chunk;
    }

    /**
     * The command's exit status, after the end. Empty if it was killed, if the connection broke, or
     * if some of its output is missing. It must never count as success then.
     */
    @Override
    public OptionalInt exitStatus() {
        Integer status = channel.getExitStatus();
        return status == null || !channel.endSeen() ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** The signal that ended the command ({@code TERM}, {@code KILL}…), if the worker named it. */
    public Optional<String> exitSignal() {
        return channel.endSeen() ? Optional.ofNullable(channel.getExitSignal()) : Optional.empty();
    }

    /** Why it is unknown how the command ended; otherwise empty. */
    @Override
    public Optional<WorkerUnreachableException> loss() {
        if (exitStatus().isPresent() || exitSignal().isPresent()) {
            return Optional.empty();
        }
        if (stdinFailure != null) {
            return Optional.of(
                    session.exception(
                            Cause.CHANNEL,
                            "cannot read the data to send: " + stdinFailure.getMessage(),
                            stdinFailure));
        }
        if (channel.refused()) {
            return Optional.of(
                    session.exception(Cause.CHANNEL, "its sshd refused to start a command", null));
        }
        return Optional.of(
                closedByUs
                        ? session.exception(Cause.LOST, "closed before the command ended", null)
                        : session.lost());
    }

    /** How many bytes have arrived and were not read: at most the SSH window. */
    public long waiting() {
        return inbox.waiting();
    }

    /** The fingerprint of the key that logged in to the worker. */
    public String loginKey() {
        return session.loginKey();
    }

    /**
     * Sends a signal to the command ({@code TERM}, {@code INT}, {@code KILL}…), and does not wait
     * for its effect. OpenSSH supports this since 7.9.
     *
     * @throws IOException if the connection is gone
     */
    public void signal(String name) throws IOException {
        channel.signal(name);
    }

    /** Closes channel and session. The command may continue, as with ssh. */
    @Override
    public void close() {
        closedByUs = true;
        inbox.discard();
        session.close();
    }

    /**
     * Starts to send the command's stdin. Bytes that are there are sent while the output is read,
     * without a thread of their own. Only a stdin that must be waited for gets a thread.
     */
    void begin(InputStream stdin, Executor threads) {
        if (stdin instanceof HoldableInput held) {
            held.onMore(inbox::signalRoom);
        }
        sender = new Sender(stdin, threads);
    }

    private void fail(IOException cause) {
        if (!channel.isClosing()) {
            // A half stdin must not look like a whole one: this session has no orderly end.
            stdinFailure = cause;
            session.close();
        }
    }

    /**
     * The command's stdin. The reading thread owns it, until it is handed over to a thread of its
     * own.
     */
    private final class Sender {
        private final InputStream stdin;
        private final Executor threads;
        private final byte[] buffer = new byte[Inbox.CHUNK];

        // Mutable state
        private boolean done;

        Sender(InputStream stdin, Executor threads) {
            this.stdin = stdin;
            this.threads = threads;
        }

        /** Sends as much as is there and the worker accepts without waiting. */
        void sendWhatFits() {
            while (!done && !isHeld()) {
                if (mustWait()) {
                    done = true;
                    threads.execute(this::sendAll);
                    return;
                }
                long room = channel.getRemoteWindow().getSize();
                if (room == 0) {
                    return;
                }
                done = !send((int) Math.min(room, buffer.length));
            }
        }

        private boolean isHeld() {
            return stdin instanceof HoldableInput held && held.isHeld();
        }

        private void sendAll() {
            boolean more = true;
            while (more) {
                more = send(buffer.length);
            }
        }

        private boolean mustWait() {
            try {
                return stdin.available() == 0;
            } catch (IOException e) {
                return false; // read says why
            }
        }

        /** Sends a piece. Returns false at the end. */
        private boolean send(int most) {
            OutputStream out = channel.getInvertedIn();
            try {
                int count = read(most);
                if (count >= 0) {
                    out.write(buffer, 0, count);
                    out.flush();
                    return true;
                }
            } catch (IOException e) {
                // The command stopped reading or has ended. This is no error by itself; its end
                // says more.
            }
            closeQuietly(stdin);
            try {
                out.close();
            } catch (IOException e) {
                // the same
            }
            return false;
        }

        private int read(int most) throws IOException {
            try {
                return stdin.read(buffer, 0, most);
            } catch (IOException e) {
                fail(e);
                throw e;
            }
        }
    }

    static void closeQuietly(InputStream stdin) {
        try {
            stdin.close();
        } catch (IOException e) {
            // everything was read, and nothing depends on its end
        }
    }
}
