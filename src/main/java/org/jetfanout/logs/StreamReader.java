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
    private final Supplier<LineParser> drafts;
    private final LineFollower lines;

    // Mutable state
    private LineParser current;
    private boolean queued;

    /**
     * @param drafts makes a parser for the lines, at the beginning of the stream
     */
    StreamReader(RecordStreamFile file, Supplier<LineParser> drafts, long from) {
        this.file = file;
        this.drafts = drafts;
        this.lines = file.lines(from);
    }

    RecordStream place() {
        return file.place();
    }

    /** Whether it is in the queue of streams that take turns. */
    boolean isQueued() {
        return queued;
    }

    void queued(boolean waits) {
        queued = waits;
    }

    /** Whether there are lines that were not taken. */
    boolean hasMore() {
        return lines.rest() > 0;
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
    Optional<DocumentFields> draft(TextLine line) {
        if (current == null) {
            current = begun(line.offset());
        }
        return current.of(line);
    }

    /** A parser that has read enough of the stream before the offset. */
    private LineParser begun(long offset) {
        if (offset == 0) {
            return drafts.get();
        }
        long before = LEAST_BEFORE;
        LineParser begun = after(offset - before, offset);
        while (!begun.isSettled() && before < Math.min(offset, MOST_BEFORE)) {
            before *= 4;
            begun = after(offset - before, offset);
        }
        return begun;
    }

    /**
     * A parser that has read the lines between two offsets. The first offset need not be the
     * beginning of a line.
     */
    private LineParser after(long begin, long end) {
        long from = Math.max(0, begin);
        LineFollower earlier = file.lines(from);
        LineParser after = drafts.get();
        boolean whole = from == 0;
        while (earlier.at() < end && earlier.fill(CHUNK, false)) {
            TextLine line = earlier.take();
            if (whole && line.end() <= end) {
                after.of(line);
            }
            whole = true;
        }
        return after;
    }
}
