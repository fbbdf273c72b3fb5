package org.jetfanout.record;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jetfanout.text.Text;

/**
 * Cuts one stream of one batch into lines, frame by frame, within bounded memory: a line longer
 * than the limit comes in pieces, each but the last marked as cut. Not thread-safe: one instance
 * per stream.
 */
public final class LineCutter {
    /** The longest line by default, in bytes. */
    public static final int LIMIT = 1 << 20;

    private static final byte[] NONE = {};

    /** A larger buffer is freed after its line. */
    private static final int KEPT = 1 << 16;

    private final int limit;

    // Mutable state
    private byte[] begun = NONE;
    private int begunLength;
    private long next;
    private Frame last;

    /** Uses the default limit. */
    public LineCutter() {
        this(LIMIT);
    }

    /** Uses this limit, in bytes. It must be at least 4. */
    public LineCutter(int limit) {
        if (limit < 4) {
            throw new IllegalArgumentException("limit of a line: " + limit);
        }
        this.limit = limit;
    }

    /**
     * Takes the stream's next frame and passes on each line that ends in it. A frame that does not
     * begin where the last one ended starts a new line. A frame without bytes changes nothing.
     */
    public void add(Frame frame, Consumer<Line> to) {
        if (frame.bytes().length == 0) {
            return;
        }
        if (begunLength > 0 && frame.offset() != next + begunLength) {
            end(to);
        }
        if (begunLength == 0) {
            next = frame.offset();
        }
        byte[] bytes = frame.bytes();
        int from = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '\n') {
                from = cutTo(frame, bytes, from, at, to);
                finish(frame, bytes, from, at, to);
                from = at + 1;
            }
        }
        from = cutTo(frame, bytes, from, bytes.length, to);
        keep(bytes, from, bytes.length);
        // nobody needs the frame's bytes after this
        last =
                new Frame(
                        frame.guid(),
                        frame.batch(),
                        frame.worker(),
                        frame.stream(),
                        frame.offset(),
                        NONE,
                        frame.time());
    }

    /** The stream has ended: passes on the text after the last line break, if there is any. */
    public void end(Consumer<Line> to) {
        if (begunLength > 0) {
            emit(last, begun, 0, begunLength, 0, false, to);
            forget();
        }
    }

    /** Passes on pieces, as long as the line that has begun is longer than the limit. */
    private int cutTo(Frame frame, byte[] bytes, int begin, int end, Consumer<Line> to) {
        int from = begin;
        while (begunLength + (end - from) > limit) {
            int cut = Text.characterStart(bytes, from, from + limit - begunLength);
            keep(bytes, from, cut);
            emit(frame, begun, 0, begunLength, 0, true, to);
            forget();
            from = cut;
        }
        return from;
    }

    private void finish(Frame frame, byte[] bytes, int from, int to, Consumer<Line> lines) {
        if (begunLength == 0) {
            emit(frame, bytes, from, to, 1, false, lines);
        } else {
            keep(bytes, from, to);
            emit(frame, begun, 0, begunLength, 1, false, lines);
            forget();
        }
    }

    private void emit(
            Frame frame,
            byte[] bytes,
            int from,
            int to,
            int lineBreak,
            boolean cut,
            Consumer<Line> lines) {
        long offset = next;
        next += to - from + lineBreak;
        lines.accept(
                new Line(
                        frame.guid(),
                        frame.batch(),
                        frame.worker(),
                        frame.stream(),
                        offset,
                        next,
                        Text.decode(bytes, from, to),
                        cut,
                        frame.time()));
    }

    private void keep(byte[] bytes, int from, int to) {
        int length = begunLength + (to - from);
        if (length > begun.length) {
            int room = Math.min(limit, Math.max(length, Math.max(256, 2 * begun.length)));
            begun = Arrays.copyOf(begun, room);
        }
        System.arraycopy(bytes, from, begun, begunLength, to - from);
        begunLength = length;
    }

    private void forget() {
        begunLength = 0;
        if (begun.length > KEPT) {
            begun = NONE;
        }
    }
}
