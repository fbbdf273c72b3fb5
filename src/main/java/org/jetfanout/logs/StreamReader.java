package org.jetfanout.logs;

import java.util.Optional;
import java.util.function.Supplier;
import org.jetfanout.record.Backlog;
import org.jetfanout.record.LineFollower;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.RecordStreamFile;
import org.jetfanout.record.TextLine;

/** Reads a stream of the record from an offset on. Not thread-safe. */
final class StreamReader {
    private static final int CHUNK = 64 << 10;

    /**
     * How many bytes before the offset are read first, so that the meaning of the next line is
     * known.
     */
    private static final long LEAST_BEFORE = 64 << 10;

    private static final long MOST_BEFORE = 16 << 20;

    private final RecordStreamFile file;
    private final Supplier<LineParser> newParser;
    private final LineFollower lines;

    // Mutable state
    private LineParser parser;
    private boolean queued;

    /**
     * @param newParser makes a parser for the lines, at the beginning of the stream
     */
    StreamReader(RecordStreamFile file, Supplier<LineParser> newParser, long from) {
        this.file = file;
        this.newParser = newParser;
        this.lines = file.lines(from);
    }

    RecordStream stream() {
        return file.stream();
    }

    /** Whether it is in the queue of streams that take turns. */
    boolean isQueued() {
        return queued;
    }

    void setQueued(boolean waits) {
        queued = waits;
    }

    /** Whether there are lines that were not taken. */
    boolean hasMore() {
        return lines.remaining() > 0;
    }

    /** Adds what was not taken here to a backlog. */
    Backlog addTo(Backlog backlog) {
        return backlog.and(lines);
    }

    boolean hasLine() {
        return lines.hasLine();
    }

    /** Works as {@link LineFollower#fill}. */
    boolean fill(int chunk, boolean ended) {
        return lines.fill(chunk, ended);
    }

    TextLine take() {
        return lines.take();
    }

    /** The fields of a line that was taken. */
    Optional<DocumentFields> parse(TextLine line) {
        if (parser == null) {
            parser = parserAt(line.offset());
        }
        return parser.parse(line);
    }

    /** A parser that has read enough of the stream before the offset. */
    private LineParser parserAt(long offset) {
        if (offset == 0) {
            return newParser.get();
        }
        long before = LEAST_BEFORE;
        LineParser found = parserBetween(offset - before, offset);
        while (!found.isSettled() && before < Math.min(offset, MOST_BEFORE)) {
            before *= 4;
            found = parserBetween(offset - before, offset);
        }
        return found;
    }

    /**
     * A parser that has read the lines between two offsets. The first offset need not be the
     * beginning of a line.
     */
    private LineParser parserBetween(long begin, long end) {
        long from = Math.max(0, begin);
        LineFollower earlier = file.lines(from);
        LineParser found = newParser.get();
        boolean whole = from == 0;
        while (earlier.offset() < end && earlier.fill(CHUNK, false)) {
            TextLine line = earlier.take();
            if (whole && line.end() <= end) {
                found.parse(line);
            }
            whole = true;
        }
        return found;
    }
}
