package org.jetfanout.record;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Function;
import org.jetfanout.log.Frame;
import org.jetfanout.log.Line;
import org.jetfanout.log.Lines;
import org.jetfanout.log.Stream;

/**
 * The lines of one batch's text, read forwards from its file as that grows, a stretch at a time.
 * Keeps no file open. Not thread-safe.
 */
final class BatchLog {
    /** Longest line that is shown in one piece, in bytes. */
    private static final int LONGEST_LINE = 1 << 16;

    private final String guid;
    private final String batch;
    private final Path file;
    private final FrameTimes times;
    private final Function<Instant, String> workers;
    private final Lines lines = new Lines(LONGEST_LINE);

    // Mutable state
    private final Deque<Line> ready = new ArrayDeque<>();
    private long at;

    /**
     * @param workers who had the batch at a time
     */
    BatchLog(
            String guid,
            String batch,
            Path file,
            FrameTimes times,
            Function<Instant, String> workers) {
        this.guid = guid;
        this.batch = batch;
        this.file = file;
        this.times = times;
        this.workers = workers;
    }

    String batch() {
        return batch;
    }

    /** When the next line came. There must be one. */
    Instant time() {
        return ready.element().time();
    }

    Line take() {
        return ready.remove();
    }

    boolean hasLine() {
        return !ready.isEmpty();
    }

    /**
     * Reads on until there is a line, or the file has no more now.
     *
     * @param chunk how many bytes at a time
     */
    void fill(int chunk) {
        while (ready.isEmpty()) {
            byte[] bytes = read(chunk);
            if (bytes.length == 0) {
                return;
            }
            int from = 0;
            while (from < bytes.length) {
                times.moveTo(at + from);
                int to = (int) Math.min(bytes.length, times.end() - at);
                Instant time = times.time();
                lines.add(
                        new Frame(
                                guid,
                                batch,
                                workers.apply(time),
                                Stream.OUTPUT,
                                at + from,
                                Arrays.copyOfRange(bytes, from, to),
                                time),
                        ready::add);
                from = to;
            }
            at += bytes.length;
        }
    }

    /** The file will not grow any more: what stands after the last line break is a line. */
    void end() {
        lines.end(ready::add);
    }

    private byte[] read(int chunk) {
        if (file.toFile().length() <= at) {
            return new byte[0];
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(at);
            byte[] bytes = new byte[chunk];
            int count = in.read(bytes);
            return count == chunk ? bytes : Arrays.copyOf(bytes, Math.max(0, count));
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }
}
