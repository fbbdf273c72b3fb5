package org.jetfanout.record;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** A place that is read, from an offset on. Not thread-safe. */
final class Source {
    private static final int CHUNK = 64 << 10;

    /** The lines before the offset that are read first, so that it is known what the next means. */
    private static final long LEAST_BEFORE = 64 << 10;

    private static final long MOST_BEFORE = 16 << 20;

    private final Place place;
    private final Path file;
    private final Supplier<Optional<FrameTimes>> times;
    private final Supplier<Drafts> drafts;
    private final GrowingLines lines;

    // Mutable state
    private Drafts current;
    private boolean queued;

    /**
     * @param times when the bytes came, read from their beginning
     * @param drafts what makes something of the lines, knowing none yet
     */
    Source(
            Place place,
            Path file,
            Supplier<Optional<FrameTimes>> times,
            Supplier<Drafts> drafts,
            long from) {
        this.place = place;
        this.file = file;
        this.times = times;
        this.drafts = drafts;
        this.lines = new GrowingLines(file, times.get(), from);
    }

    Place place() {
        return place;
    }

    /** Whether it waits for its turn. */
    boolean isQueued() {
        return queued;
    }

    void queued(boolean waits) {
        queued = waits;
    }

    /** How much is there that was not taken, in bytes. */
    long rest() {
        return Math.max(0, lines.size() - lines.at());
    }

    /** When the next line came, where that is known. */
    Optional<Instant> time() {
        return lines.time();
    }

    boolean hasLine() {
        return lines.hasLine();
    }

    /** As {@link GrowingLines#fill}. */
    boolean fill(int chunk, boolean ended) {
        return lines.fill(chunk, ended);
    }

    TextLine take() {
        return lines.take();
    }

    /** The draft of a line that was taken. */
    Optional<Draft> draft(TextLine line) {
        if (current == null) {
            current = begun(line.offset());
        }
        return current.of(line);
    }

    /** Knows what stands before a place. */
    private Drafts begun(long offset) {
        if (offset == 0) {
            return drafts.get();
        }
        long before = LEAST_BEFORE;
        Drafts begun = after(offset - before, offset);
        while (!begun.isSettled() && before < Math.min(offset, MOST_BEFORE)) {
            before *= 4;
            begun = after(offset - before, offset);
        }
        return begun;
    }

    /** Knows what stands between two places, the first of which need not begin a line. */
    private Drafts after(long begin, long end) {
        long from = Math.max(0, begin);
        GrowingLines earlier = new GrowingLines(file, times.get(), from);
        Drafts after = drafts.get();
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
