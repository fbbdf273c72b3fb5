package org.jetfanout.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;

/**
 * The output of a command that runs on a worker. Pulling it is what opens the SSH window: who stops
 * pulling stops the command's writes, and the memory held stays within that window. After the end,
 * {@link #exitStatus} says how the command ended; where that is empty, and {@link #exitSignal} too,
 * {@link #loss} says what is known.
 *
 * <p>One thread pulls; the other methods may be called by any thread.
 */
public final class ExecStream implements CommandStream {
    /** OpenSSH opens its window a moment after it has opened the channel. */
    private static final Duration FIRST_ROOM = Duration.ofSeconds(1);

    private final Inbox inbox;
    private final ExecChannel channel;
    private final SshSession session;

    // Mutable state
    private volatile IOException stdinFailure;
    private volatile boolean closedByUs;
    private boolean roomAwaited; // of the thread that starts the command
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
        if (next != null) {
            return true;
        }
        try {
            next = inbox.take().orElse(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
        if (next != null) {
            channel.release(next.bytes().length);
        }
        return next != null;
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
     * if not all of its output came: never taken for success.
     */
    @Override
    public OptionalInt exitStatus() {
        Integer status = channel.getExitStatus();
        return status == null || !channel.endSeen() ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** The signal that ended the command ({@code TERM}, {@code KILL}…), if the worker said so. */
    public Optional<String> exitSignal() {
        return channel.endSeen() ? Optional.ofNullable(channel.getExitSignal()) : Optional.empty();
    }

    /** Why it is not known how the command ended; empty where it is known. */
    @Override
    public Optional<WorkerUnreachableException> loss() {
        if (exitStatus().isPresent() || exitSignal().isPresent()) {
            return Optional.empty();
        }
        if (stdinFailure != null) {
            return Optional.of(
                    session.exception(
                            Cause.CHANNEL,
                            "what to send could not be read: " + stdinFailure.getMessage(),
                            stdinFailure));
        }
        if (channel.refused()) {
            return Optional.of(
                    session.exception(Cause.CHANNEL, "its sshd refused to run a command", null));
        }
        return Optional.of(
                closedByUs
                        ? session.exception(Cause.LOST, "closed before the command ended", null)
                        : session.lost());
    }

    /** How many bytes have come and were not pulled yet: at most the SSH window. */
    public long waiting() {
        return inbox.waiting();
    }

    /** The fingerprint of the key that logged in to the worker. */
    public String loginKey() {
        return session.loginKey();
    }

    /**
     * Sends a signal to the command ({@code TERM}, {@code INT}, {@code KILL}…), without waiting for
     * what comes of it. OpenSSH does so since 7.9.
     *
     * @throws IOException if the connection is gone
     */
    public void signal(String name) throws IOException {
        channel.signal(name);
    }

    /** Ends channel and session. The command may live on, as with ssh. */
    @Override
    public void close() {
        closedByUs = true;
        inbox.discard();
        session.close();
    }

    /** Copies all of it to the command's stdin; waits where the worker reads slowly. */
    void pump(InputStream stdin) {
        send(stdin, true);
    }

    /**
     * Copies as much of it to the command's stdin as is there and the worker takes at once: as a
     * rule all of a file.
     *
     * @return false where there is more to pump
     */
    boolean pumpWhatFits(InputStream stdin) {
        return send(stdin, false);
    }

    private boolean send(InputStream stdin, boolean mayWait) {
        byte[] buffer = new byte[Inbox.CHUNK];
        try {
            OutputStream out = channel.getInvertedIn();
            while (mayWait || (stdin.available() > 0 && hasRoom(buffer.length))) {
                int count = read(stdin, buffer);
                if (count < 0) {
                    end(stdin, out);
                    return true;
                }
                out.write(buffer, 0, count);
                out.flush();
            }
            return false;
        } catch (IOException e) {
            // The command stopped reading, or is gone: no error by itself, its end says more.
            end(stdin, channel.getInvertedIn());
            return true;
        }
    }

    private boolean hasRoom(int bytes) throws IOException {
        if (channel.getRemoteWindow().getSize() == 0 && !roomAwaited) {
            roomAwaited = true;
            try {
                channel.getRemoteWindow().waitForSpace(FIRST_ROOM);
            } catch (SocketTimeoutException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return channel.getRemoteWindow().getSize() >= bytes;
    }

    private static void end(InputStream stdin, OutputStream out) {
        closeQuietly(stdin);
        try {
            out.close();
        } catch (IOException e) {
            // the same
        }
    }

    private int read(InputStream stdin, byte[] buffer) throws IOException {
        try {
            return stdin.read(buffer);
        } catch (IOException e) {
            if (!channel.isClosing()) {
                // A half stdin must not look like a whole one: no orderly end for this session.
                stdinFailure = e;
                session.close();
            }
            throw e;
        }
    }

    static void closeQuietly(InputStream stdin) {
        try {
            stdin.close();
        } catch (IOException e) {
            // it was read; nothing depends on its end
        }
    }
}
