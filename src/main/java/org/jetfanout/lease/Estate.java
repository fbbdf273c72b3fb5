package org.jetfanout.lease;

import jakarta.jms.JMSException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jetfanout.machine.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What another instance needs to go on with a run: an archive of the files, in pieces, and what has
 * changed since, each as a durable sealed message. The archive is sent first. Changes are sent in
 * the background, in order, and again after an outage. Thread-safe.
 */
final class Estate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Estate.class);

    /** Bytes of the archive in a message. */
    static final int PIECE = 1 << 20;

    /** The longest message: a piece, or the list of hosts of a batch, with what sealing adds. */
    static final int LONGEST = 16 << 20;

    private static final int MOST_TOGETHER = 20;
    private static final int PAUSE_MILLIS = 1000;
    private static final int POLL_MILLIS = 500;

    private final LeaseBroker broker;
    private final String guid;
    private final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
    private final Thread sender = Daemons.thread("estate", this::send);

    // Mutable state
    private volatile boolean closed;
    private int pieces;
    private long put;
    private long sent;

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Change(String path, byte[] content, int number) {}

    /** Writes the archive. */
    @FunctionalInterface
    interface Content {
        void write(OutputStream out) throws IOException;
    }

    Estate(LeaseBroker broker, String guid) {
        this.broker = broker;
        this.guid = guid;
    }

    String id() {
        return id;
    }

    /**
     * Sends the archive.
     *
     * @return how many pieces it has
     */
    int send(Content content) throws IOException, JMSException {
        try (LeaseSession session = broker.open()) {
            Pieces pieces = new Pieces(session);
            try {
                content.write(pieces);
                pieces.close();
            } catch (IOException e) {
                if (e.getCause() instanceof JMSException broker) {
                    throw broker; // it is no trouble with a file
                }
                throw e;
            }
            session.commit();
            synchronized (this) {
                this.pieces = pieces.count;
            }
            sender.start();
            return pieces.count;
        }
    }

    /** How many messages the broker has taken: it has all of them, or has lost some. */
    synchronized long stored() {
        return pieces + sent;
    }

    /** Cuts the archive into pieces and sends each as a message. */
    private final class Pieces extends OutputStream {
        private final LeaseSession session;
        private final ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE);
        private int count;

        Pieces(LeaseSession session) {
            this.session = session;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            int at = from;
            int left = length;
            while (left > 0) {
                int fits = Math.min(left, PIECE - piece.size());
                piece.write(bytes, at, fits);
                at += fits;
                left -= fits;
                if (piece.size() == PIECE) {
                    next();
                }
            }
        }

        private void next() throws IOException {
            try {
                session.sendEstate(guid, id, sealed("", count, piece.toByteArray()));
            } catch (JMSException e) {
                throw new IOException(e.getMessage(), e);
            }
            count++;
            piece.reset();
        }

        @Override
        public void close() throws IOException {
            if (piece.size() > 0) {
                next();
            }
        }
    }

    /** Something has changed: a file has another content, or something happened. */
    synchronized void change(String path, byte[] content) {
        changes.add(new Change(path, content, (int) put));
        put++;
    }

    /**
     * Waits until all changes so far are in the broker.
     *
     * @return whether they are
     */
    synchronized boolean await(Duration longest) throws InterruptedException {
        long until = put;
        long end = System.nanoTime() + longest.toNanos();
        while (sent < until && !closed && System.nanoTime() < end) {
            wait(POLL_MILLIS);
        }
        return sent >= until;
    }

    private void send() {
        Optional<LeaseSession> open = Optional.empty();
        List<Change> next = new ArrayList<>();
        while (!closed) {
            try {
                if (next.isEmpty()) {
                    next.addAll(awaitChanges());
                    continue;
                }
                if (open.isEmpty()) {
                    open = Optional.of(broker.open());
                }
                LeaseSession session = open.get();
                for (Change one : next) {
                    byte[] sealed = sealed(one.path(), one.number(), one.content());
                    session.sendEstate(guid, id, sealed);
                }
                session.commit();
                int count = next.size();
                next.clear();
                synchronized (this) {
                    sent += count;
                    notifyAll();
                }
            } catch (JMSException | RuntimeException e) {
                LOG.debug("the estate of run {} waits for the broker: {}", guid, e.toString());
                open.ifPresent(LeaseSession::close);
                open = Optional.empty();
                pause();
            } catch (InterruptedException e) {
                break;
            }
        }
        open.ifPresent(LeaseSession::close);
    }

    /**
     * What has changed. A commit is a round trip and a write to disk, so it is for some together.
     */
    private List<Change> awaitChanges() throws InterruptedException {
        Change first = changes.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
            return List.of();
        }
        List<Change> together = new ArrayList<>(List.of(first));
        changes.drainTo(together, MOST_TOGETHER - 1);
        return together;
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] sealed(String path, int number, byte[] content) {
        return broker.seal(
                new EstateMessage(id, path, number, content).bytes(), LeaseSession.estate(guid));
    }

    /** Ends the sending of changes. */
    @Override
    public void close() {
        closed = true;
        synchronized (this) {
            notifyAll();
        }
        sender.interrupt();
    }

    /**
     * A message of an estate.
     *
     * @param estate id of the estate
     * @param path what has changed; empty for a piece of the archive
     * @param number of the piece, or of the change
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record EstateMessage(String estate, String path, int number, byte[] content) {
        private static final int LONGEST_TEXT = 1000;

        byte[] bytes() {
            byte[] of = estate.getBytes(StandardCharsets.UTF_8);
            byte[] to = path.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(3 * Integer.BYTES + of.length + to.length + content.length)
                    .putInt(of.length)
                    .put(of)
                    .putInt(to.length)
                    .put(to)
                    .putInt(number)
                    .put(content)
                    .array();
        }

        static EstateMessage read(byte[] bytes) throws IOException {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            try {
                String estate = text(in);
                String path = text(in);
                int number = in.getInt();
                byte[] content = new byte[in.remaining()];
                in.get(content);
                return new EstateMessage(estate, path, number, content);
            } catch (java.nio.BufferUnderflowException e) {
                throw new IOException("no part of an estate", e);
            }
        }

        private static String text(ByteBuffer in) throws IOException {
            int length = in.getInt();
            if (length < 0 || length > LONGEST_TEXT || length > in.remaining()) {
                throw new IOException("no part of an estate");
            }
            byte[] text = new byte[length];
            in.get(text);
            return new String(text, StandardCharsets.UTF_8);
        }
    }
}
