package org.jetfanout.record;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import org.jetfanout.text.Text;

/**
 * Reads the lines of a growing file, from an offset on, one stretch at a time. The same bytes give
 * the same lines wherever reading begins. A line longer than the limit comes in pieces; each piece
 * but the last is marked as cut. Between two stretches it keeps no open file and no bytes. Not
 * thread-safe.
 */
public final class LineFollower {
    private final Path file;
    private final Optional<FrameTimes> times;
    private final int limit;
    private final Deque<TextLine> ready = new ArrayDeque<>();

    // Mutable state
    private long at;

    /**
     * @param times when the bytes arrived; empty where that is unknown
     * @param from where a line begins
     */
    LineFollower(Path file, Optional<FrameTimes> times, long from) {
        this(file, times, from, LineCutter.LIMIT);
    }

    /**
     * @param limit the longest line that stays in one piece, in bytes
     */
    LineFollower(Path file, Optional<FrameTimes> times, long from, int limit) {
        this.file = file;
        this.times = times;
        this.limit = limit;
        this.at = from;
    }

    /** The offset of the next line. Everything before it was taken. */
    public long offset() {
        return ready.isEmpty() ? at : ready.element().offset();
    }

    /** The length of the file now; 0 where there is none. */
    long size() {
        return file.toFile().length();
    }

    /** How many bytes of the file were not taken. */
    public long remaining() {
        return Math.max(0, size() - offset());
    }

    /** When the next bytes arrived; empty where that is unknown. */
    Optional<Instant> time() {
        return times.map(
                known -> {
                    known.moveTo(offset());
                    return known.time();
                });
    }

    /** Whether a line has been read and not taken. */
    public boolean hasLine() {
        return !ready.isEmpty();
    }

    /** The next line, which stays. */
    public TextLine peek() {
        return ready.element();
    }

    /** Takes the next line. */
    public TextLine take() {
        return ready.remove();
    }

    /**
     * Reads a part of the file where no line is left to take.
     *
     * @param chunk its length, in bytes; no longer than the limit of a line
     * @param ended whether nothing more is written: then the text after the last line break is a
     *     line
     * @return whether there is a line now
     */
    public boolean fill(int chunk, boolean ended) {
        if (!ready.isEmpty()) {
            return true;
        }
        byte[] bytes = read(chunk);
        cut(bytes);
        if (ready.isEmpty() && bytes.length == chunk) {
            // a long line must be cut at the same places, wherever this part began
            bytes = read(limit + 1);
            cut(bytes);
        }
        if (ready.isEmpty() && bytes.length > limit) {
            add(bytes, 0, Text.characterStart(bytes, 0, limit), 0, true);
        } else if (ready.isEmpty() && bytes.length > 0 && ended) {
            add(bytes, 0, bytes.length, 0, false);
        }
        return !ready.isEmpty();
    }

    private void cut(byte[] bytes) {
        // times are stored before bytes, so all that are needed are there
        times.ifPresent(known -> known.moveTo(at));
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                add(bytes, from, i, 1, false);
                from = i + 1;
            }
        }
    }

    private void add(byte[] bytes, int from, int to, int lineBreak, boolean cut) {
        long end = at + (to - from) + lineBreak;
        Instant time = Instant.EPOCH;
        if (times.isPresent()) {
            FrameTimes known = times.get();
            if (end > known.end()) {
                known.moveTo(end - 1);
            }
            time = known.time();
        }
        ready.add(new TextLine(at, end, Text.decode(bytes, from, to), cut, time));
        at = end;
    }

    /** Up to this many bytes from here on. */
    private byte[] read(int count) {
        if (size() <= at) {
            return new byte[0];
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(at);
            byte[] bytes = new byte[(int) Math.min(count, Math.max(0, in.length() - at))];
            int length = 0;
            while (length < bytes.length) {
                int more = in.read(bytes, length, bytes.length - length);
                if (more < 0) {
                    break;
                }
                length += more;
            }
            return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        } catch (FileNotFoundException e) {
            if (!Files.exists(file)) {
                return new byte[0];
            }
            throw RecordException.reading(file, e);
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }
}
