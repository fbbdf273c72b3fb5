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

    /** End of the last whole line held. */
    private int lines;

    /**
     * @param stored what the control machine has of the log
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

    /** Place in the log of the first byte that has not left here. */
    long offset() {
        return before + sent.size();
    }

    /** Place in the log of the first byte that has not come. */
    long received() {
        return offset() + end - start;
    }

    /** Checksum of all that has left; -1 where it cannot be known. */
    long checksum() {
        return known ? sent.value() : -1;
    }

    /** Takes bytes, and gives what makes full frames. */
    void add(byte[] bytes, Consumer<byte[]> frames) {
        // in slices, so that the buffer stays small however much comes at once
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

    /** The whole lines that are here. */
    void flush(Consumer<byte[]> frames) {
        while (lines > start) {
            frames.accept(take(lines - start > FRAME ? lastLineWithin(start + FRAME) : lines));
        }
    }

    /** All that is here, but nothing of the log behind size. */
    void finish(long size, Consumer<byte[]> frames) {
        end = start + (int) Math.max(0, Math.min(end - start, size - offset()));
        lines = Math.min(lines, end);
        flush(frames);
        while (end > start) {
            frames.accept(take(Math.min(end, start + FRAME)));
        }
    }

    /** Forgets what has not left: it will be fetched again. */
    void drop() {
        start = 0;
        end = 0;
        lines = 0;
    }

    /** End of the last line that ends within, or of the first line where that is longer. */
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
