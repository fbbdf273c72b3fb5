package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A growing file with one JSON object per line. If a machine stopped in the middle of a line, the
 * next writer closes that line, and readers skip it. Thread-safe.
 */
final class Ndjson {
    /** A longer line is not ours. */
    private static final int LONGEST = 1 << 24;

    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();

    // Mutable state, under the lock
    private Appender appender;
    private boolean whole;

    Ndjson(Path file) {
        this.file = file;
    }

    /** The part of the file that one write has filled. */
    record Range(long from, long to) {}

    /** Writes lines. */
    interface Lines {
        void write(OutputStream out) throws IOException;
    }

    /** Appends one line. */
    void append(Json.Writer line) {
        byte[] bytes = Json.line(line);
        lock.lock();
        try {
            ready().write(bytes, 0, bytes.length);
            whole = true;
        } finally {
            lock.unlock();
        }
    }

    /** Appends several lines together: all of them, or none. */
    Range appendAll(Lines lines) {
        lock.lock();
        try {
            Appender to = ready();
            long from = to.length();
            try (OutputStream out = new BufferedOutputStream(new Through(to), 1 << 16)) {
                lines.write(out);
                out.flush();
            } catch (IOException e) {
                to.truncate(from);
                throw RecordException.writing(file, e);
            } catch (RecordException e) {
                to.truncate(from);
                throw e;
            }
            whole = true;
            return new Range(from, to.length());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything appended is on the disk. */
    void sync() {
        Appender written;
        lock.lock();
        try {
            written = appender;
        } finally {
            lock.unlock();
        }
        // outside the lock, so that one write to the disk serves several threads
        if (written != null) {
            written.sync();
        }
    }

    void close() {
        lock.lock();
        try {
            if (appender != null) {
                appender.close();
                appender = null;
                whole = false;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Passes on each line of the file, in order.
     *
     * @return how many lines were skipped because they are invalid
     */
    int read(Consumer<JsonNode> to) {
        return Files.exists(file) ? read(new Range(0, Long.MAX_VALUE), to) : 0;
    }

    /** Passes on each line of a range. Returns how many were skipped because they are invalid. */
    int read(Range range, Consumer<JsonNode> to) {
        int broken = 0;
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long at = Math.max(0, range.from());
            in.seek(at);
            long left = Math.min(in.length(), range.to()) - at;
            byte[] buffer = new byte[1 << 16];
            ByteArrayOutputStream begun = new ByteArrayOutputStream();
            boolean tooLong = false;
            while (left > 0) {
                int length = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (length < 0) {
                    break;
                }
                left -= length;
                int from = 0;
                for (int i = 0; i < length; i++) {
                    if (buffer[i] == '\n') {
                        begun.write(buffer, from, i - from);
                        broken += tooLong || !parsed(begun.toByteArray(), to) ? 1 : 0;
                        begun.reset();
                        tooLong = false;
                        from = i + 1;
                    }
                }
                begun.write(buffer, from, length - from);
                if (begun.size() > LONGEST) {
                    begun.reset();
                    tooLong = true;
                }
            }
            if (begun.size() > 0 || tooLong) {
                broken += tooLong || !parsed(begun.toByteArray(), to) ? 1 : 0;
            }
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
        return broken;
    }

    private static boolean parsed(byte[] line, Consumer<JsonNode> to) {
        if (line.length == 0) {
            return true;
        }
        JsonNode node;
        try {
            node = JsonReader.document(line);
        } catch (IOException e) {
            return false;
        }
        if (!node.isObject()) {
            return false;
        }
        to.accept(node);
        return true;
    }

    /** The file with a complete last line. Until a write succeeds it counts as incomplete again. */
    private Appender ready() {
        if (appender == null) {
            appender = Appender.open(file);
        }
        if (!whole && !appender.endsInLineBreak()) {
            appender.write(new byte[] {'\n'}, 0, 1);
        }
        whole = false;
        return appender;
    }

    /** An appender as a stream. Closing the stream does nothing. */
    private static final class Through extends OutputStream {
        private final Appender to;

        Through(Appender to) {
            this.to = to;
        }

        @Override
        public void write(int b) {
            to.write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            to.write(bytes, from, length);
        }
    }
}
