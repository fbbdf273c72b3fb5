package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jetfanout.runner.Stream;
import org.jetfanout.text.Times;

/**
 * When the bytes of a stream of a batch arrived. It reads the file of times forwards while that
 * grows. It keeps no file open and needs one buffer of memory. Not thread-safe.
 */
final class FrameTimes {
    private static final String TIME = ",\"time\":\"";
    private static final String END = "\"}";

    /** A longer line is not ours. */
    private static final int LONGEST = 1 << 10;

    private final Path file;
    private final String begin;
    private final int chunk;

    // Mutable state
    private Entry current;
    private Entry next;
    private byte[] buffer = {};
    private int from;
    private long read;

    private record Entry(long offset, Instant time) {}

    /**
     * @param before the time of bytes whose time was not stored
     */
    FrameTimes(Path file, Stream stream, Instant before, int chunk) {
        this.file = file;
        this.begin = "{\"stream\":\"" + stream.word() + "\",\"offset\":";
        this.chunk = chunk;
        this.current = new Entry(0, before);
    }

    /** Goes forward to the entry for an offset of the stream, as far as the file has one. */
    void moveTo(long offset) {
        if (next == null) {
            next = readOn().orElse(null);
        }
        while (next != null && next.offset() <= offset) {
            current = next;
            next = readOn().orElse(null);
        }
    }

    /** When the bytes of this entry arrived. */
    Instant time() {
        return current.time();
    }

    /** The offset of the byte after this entry, as far as it is known. */
    long end() {
        return next == null ? Long.MAX_VALUE : next.offset();
    }

    /** The next entry of the stream. Invalid lines are skipped. */
    private Optional<Entry> readOn() {
        while (true) {
            int end = lineEnd();
            if (end < 0) {
                if (!fill()) {
                    return Optional.empty();
                }
                continue;
            }
            String line = new String(buffer, from, end - from, US_ASCII);
            from = end + 1;
            Optional<Entry> entry = entry(line);
            if (entry.isPresent()) {
                return entry;
            }
        }
    }

    private int lineEnd() {
        for (int at = from; at < buffer.length; at++) {
            if (buffer[at] == '\n') {
                return at;
            }
        }
        return -1;
    }

    /** Reads more bytes. Returns false where there are none yet. */
    private boolean fill() {
        int kept = buffer.length - from;
        int drop = kept > LONGEST ? kept : 0;
        if (!Files.exists(file)) {
            return false;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(read);
            byte[] more = new byte[kept - drop + chunk];
            int count = in.read(more, kept - drop, chunk);
            if (count <= 0) {
                if (kept == 0) {
                    buffer = new byte[0];
                    from = 0;
                }
                return false;
            }
            System.arraycopy(buffer, from + drop, more, 0, kept - drop);
            buffer = java.util.Arrays.copyOf(more, kept - drop + count);
            from = 0;
            read += count;
            return true;
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }

    /** Parses an entry without a library, because there is one for every frame. */
    private Optional<Entry> entry(String line) {
        int time = line.indexOf(TIME);
        if (!line.startsWith(begin) || time < 0 || !line.endsWith(END)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Entry(
                            Long.parseLong(line.substring(begin.length(), time)),
                            Times.parse(
                                    line.substring(
                                            time + TIME.length(), line.length() - END.length()))));
        } catch (NumberFormatException | DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
