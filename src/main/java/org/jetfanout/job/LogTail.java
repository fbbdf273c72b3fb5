package org.jetfanout.job;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One log of a job while it arrives. It cuts the log into stretches of whole lines, and knows the
 * offset and checksum of what it has passed on. It keeps at most 1 MiB of an incomplete line. Not
 * thread-safe.
 */
final class LogTail {
    static final int FRAME = 64 << 10;
    static final int LONGEST_LINE = 1 << 20;

    // Mutable state
    private final Cksum sent;
    private final boolean known;
    private final long before;
    private byte[] held = new byte[8 << 10];
    private int start;
    private int end;

    /** The end of the last whole line that is kept. */
    private int lines;

    /**
     * @param stored checksum of the part of the log that the control machine has stored
     */
    LogTail(Cksum stored) {
        this.sent = stored.copy();
        this.known = true;
        this.before = 0;
    }

    /**
     * @param stored how many bytes the control machine has of the log; their checksum is unknown
     */
    LogTail(long stored) {
        this.sent = new Cksum();
        this.before = stored;
        this.known = stored == 0;
    }

    /** The offset in the log of the first byte that was not passed on. */
    long offset() {
        return before + sent.size();
    }

    /** The offset in the log of the first byte that has not arrived. */
    long received() {
        return offset() + end - start;
    }

    /** The checksum of everything that was passed on; -1 where it is unknown. */
    long checksum() {
        return known ? sent.value() : -1;
    }

    /** Takes bytes, and passes on full frames. */
    void add(byte[] bytes, Consumer<byte[]> frames) {
        // in slices, so that the buffer stays small however many bytes arrive at once
        for (int at = 0; at < bytes.length; at += FRAME) {
            append(bytes, at, Math.min(bytes.length, at + FRAME));
            while (end - start >= FRAME && lines > start) {
                frames.accept(take(lastLineWithin(start + FRAME)));
            }
            if (end - start >= LONGEST_LINE) {
                frames.accept(take(start + LONGEST_LINE));
            }
        }
    }

    /** Passes on the whole lines that have arrived. */
    void flush(Consumer<byte[]> frames) {
        while (lines > start) {
            frames.accept(take(lines - start > FRAME ? lastLineWithin(start + FRAME) : lines));
        }
    }

    /** Passes on everything that has arrived, except what is beyond this size of the log. */
    void finish(long size, Consumer<byte[]> frames) {
        end = start + (int) Math.max(0, Math.min(end - start, size - offset()));
        lines = Math.min(lines, end);
        flush(frames);
        while (end > start) {
            frames.accept(take(Math.min(end, start + FRAME)));
        }
    }

    /** Drops what was not passed on. It will be fetched again. */
    void drop() {
        start = 0;
        end = 0;
        lines = 0;
    }

    /**
     * The end of the last line that ends within the limit, or of the first line where that is
     * longer.
     */
    private int lastLineWithin(int limit) {
        for (int i = Math.min(limit, lines); i > start; i--) {
            if (held[i - 1] == '\n') {
                return i;
            }
        }
        int i = limit;
        while (held[i - 1] != '\n') {
            i++;
        }
        return i;
    }

    private void append(byte[] bytes, int from, int to) {
        int count = to - from;
        if (end + count > held.length) {
            int kept = end - start;
            byte[] room =
                    kept + count <= held.length
                            ? held
                            : new byte[Math.max(kept + count, 2 * held.length)];
            System.arraycopy(held, start, room, 0, kept);
            held = room;
            lines = Math.max(0, lines - start);
            start = 0;
            end = kept;
        }
        System.arraycopy(bytes, from, held, end, count);
        for (int i = end + count; i > end; i--) {
            if (held[i - 1] == '\n') {
                lines = i;
                break;
            }
        }
        end += count;
    }

    private byte[] take(int to) {
        byte[] frame = Arrays.copyOfRange(held, start, to);
        sent.add(frame);
        start = to;
        if (start == end) {
            drop();
        }
        return frame;
    }
}
