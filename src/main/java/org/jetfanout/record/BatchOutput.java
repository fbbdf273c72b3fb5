package org.jetfanout.record;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jetfanout.runner.Stream;

/**
 * The output of one batch: a file per stream with the worker's bytes, and a file that says when
 * they arrived ({@code {"stream","offset","time"}}: the bytes from this offset on arrived at this
 * time). Thread-safe. Its files can be closed between two calls, and open again when needed.
 */
final class BatchOutput {
    private final Path folder;
    private final String batch;
    private final Consumer<BatchOutput> opening;
    private final ReentrantLock lock = new ReentrantLock();

    // Mutable state, under the lock
    private final Map<Stream, Appender> streams = new EnumMap<>(Stream.class);
    private Appender times;
    private boolean unsynced;

    /**
     * @param opening is called, under the lock, before this opens files while it had none open
     */
    BatchOutput(Path folder, String batch, Consumer<BatchOutput> opening) {
        this.folder = folder;
        this.batch = batch;
        this.opening = opening;
    }

    static Path file(Path folder, String batch, Stream stream) {
        return folder.resolve(batch + suffix(stream));
    }

    /** Ends the name of a stream's file; its batch stands before it. */
    static String suffix(Stream stream) {
        return stream == Stream.OUTPUT ? ".log" : ".events.ndjson";
    }

    static Path timesFile(Path folder, String batch) {
        return folder.resolve(batch + ".times.ndjson");
    }

    /** Stores the new part of a frame. Returns that part, which may have no bytes. */
    Frame append(Frame frame) {
        lock.lock();
        try {
            Appender to = appender(frame.stream());
            if (frame.offset() > to.length()) {
                throw new IllegalArgumentException(
                        "batch %s, %s: bytes %d to %d are missing"
                                .formatted(
                                        batch, frame.stream().word(), to.length(), frame.offset()));
            }
            Frame fresh = partFrom(frame, to.length());
            if (fresh.bytes().length > 0) {
                unsynced = true;
                // the time is stored first, so that whoever reads the bytes finds it
                byte[] line = timesLine(fresh);
                timesAppender().write(line, 0, line.length);
                to.write(fresh.bytes(), 0, fresh.bytes().length);
            }
            return fresh;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes of a stream are stored. */
    long storedBytes(Stream stream) {
        lock.lock();
        try {
            Appender open = streams.get(stream);
            return open != null ? open.length() : file(folder, batch, stream).toFile().length();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything stored is on the disk. */
    void sync() {
        lock.lock();
        try {
            if (!unsynced) {
                return;
            }
            for (Stream stream : Stream.values()) {
                if (Files.exists(file(folder, batch, stream))) {
                    appender(stream).sync();
                }
            }
            timesAppender().sync();
            unsynced = false;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closeNow();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the files, unless a thread uses them. Returns whether they were closed. */
    boolean closeIfIdle() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            closeNow();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void closeNow() {
        streams.values().forEach(Appender::close);
        streams.clear();
        if (times != null) {
            times.close();
            times = null;
        }
    }

    private Appender appender(Stream stream) {
        Appender open = streams.get(stream);
        if (open == null) {
            beforeOpening();
            open = Appender.open(file(folder, batch, stream));
            streams.put(stream, open);
        }
        return open;
    }

    private Appender timesAppender() {
        if (times == null) {
            beforeOpening();
            times = Appender.open(timesFile(folder, batch));
            if (!times.endsInLineBreak()) {
                // closes a line that was incomplete when the machine stopped
                times.write(new byte[] {'\n'}, 0, 1);
            }
        }
        return times;
    }

    private void beforeOpening() {
        if (times == null && streams.isEmpty()) {
            opening.accept(this);
        }
    }

    /** The part of a frame from an offset on. */
    private static Frame partFrom(Frame frame, long offset) {
        if (frame.offset() == offset) {
            return frame;
        }
        int known = (int) Math.min(frame.bytes().length, offset - frame.offset());
        return new Frame(
                frame.guid(),
                frame.batch(),
                frame.worker(),
                frame.stream(),
                frame.offset() + known,
                Arrays.copyOfRange(frame.bytes(), known, frame.bytes().length),
                frame.time());
    }

    /** Written without a library, because there is one for every frame. */
    private static byte[] timesLine(Frame frame) {
        Instant time = frame.time();
        return ("{\"stream\":\""
                        + frame.stream().word()
                        + "\",\"offset\":"
                        + frame.offset()
                        + ",\"time\":\""
                        + time
                        + "\"}\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
