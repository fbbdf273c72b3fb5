package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jetfanout.runner.Stream;
import org.jetfanout.text.Text;

/**
 * The stdout of a connection. It finds the lines and frames of our script among other output. If
 * another program writes into a frame, neither that frame nor anything after it is passed on.
 * Memory is bounded. Not thread-safe.
 */
final class ScriptOutput {
    /** The longest line of the script. */
    private static final int LONGEST_LINE = 4 << 10;

    /** The least bytes of a line, with its mark. */
    static final int LEAST_LINE = 45;

    /** The most bytes of a frame that a command asks for. */
    static final int LONGEST_FRAME = 512 << 10;

    private static final byte[] NOTHING = new byte[0];

    /** Takes the lines and frames of the script, in their order. */
    interface Listener {
        /** A line, without its mark. */
        void line(String text);

        /** The next bytes of a log: a whole frame. */
        void log(Stream stream, byte[] bytes);
    }

    private final byte[] mark;
    private final byte[] trailer;
    private final Listener listener;
    private final ForeignOutput noise = new ForeignOutput();

    // Mutable state
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private State state = State.NOISE;

    /** The beginning of what may become a mark. */
    private byte[] carried = NOTHING;

    /** The frame that is arriving: its stream, its bytes, and what has arrived of its trailer. */
    private Stream stream;

    private byte[] frame = NOTHING;
    private int framed;
    private int trailed;

    private enum State {
        NOISE,
        LINE,
        FRAME,
        TRAILER,
        DAMAGED,
        BROKEN
    }

    ScriptOutput(Nonce nonce, Listener listener) {
        this.mark = nonce.mark().getBytes(UTF_8);
        this.trailer = (nonce.mark() + ".\n").getBytes(UTF_8);
        this.listener = listener;
    }

    /** Takes bytes. */
    void read(byte[] bytes) {
        int at = 0;
        byte[] all = bytes;
        while (at < all.length && state != State.DAMAGED && state != State.BROKEN) {
            switch (state) {
                case NOISE -> {
                    if (carried.length > 0) {
                        all = joined(all, at);
                        at = 0;
                    }
                    at = upToMark(all, at);
                }
                case LINE -> at = upToLineEnd(all, at);
                case FRAME -> at = upToFrameEnd(all, at);
                default -> at = upToTrailerEnd(all, at);
            }
        }
    }

    /** The output of other programs. */
    ForeignOutput noise() {
        return noise;
    }

    /** Whether another program wrote into a frame. What came before that frame is correct. */
    boolean damaged() {
        return state == State.DAMAGED;
    }

    /** Whether something has the script's mark that the script did not write. */
    boolean broken() {
        return state == State.BROKEN;
    }

    /** The beginning of a line with the mark; the end of the bytes where there is none. */
    private int upToMark(byte[] bytes, int from) {
        int at = find(bytes, from);
        if (at >= 0) {
            noise.add(bytes, from, at);
            state = State.LINE;
            return at + mark.length;
        }
        int kept = beginningOfMark(bytes, from);
        carried = Arrays.copyOfRange(bytes, bytes.length - kept, bytes.length);
        noise.add(bytes, from, bytes.length - kept);
        return bytes.length;
    }

    private int upToLineEnd(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && bytes[at] != '\n') {
            at++;
        }
        line.write(bytes, from, at - from);
        if (line.size() > LONGEST_LINE) {
            state = State.BROKEN;
        } else if (at < bytes.length) {
            at++;
            String text = Text.decode(line.toByteArray());
            line.reset();
            state = State.NOISE;
            if (!begins(text)) {
                listener.line(text);
            }
        }
        return at;
    }

    /** Whether a line begins a frame. */
    private boolean begins(String text) {
        for (Stream each : Stream.values()) {
            String word = each.word() + " ";
            if (text.startsWith(word)) {
                String number = text.substring(word.length());
                int size = number.matches("[1-9]\\d{0,6}") ? Integer.parseInt(number) : 0;
                if (size == 0 || size > LONGEST_FRAME) {
                    state = State.BROKEN;
                    return true;
                }
                stream = each;
                frame = new byte[size];
                framed = 0;
                trailed = 0;
                state = State.FRAME;
                return true;
            }
        }
        return false;
    }

    private int upToFrameEnd(byte[] bytes, int from) {
        int count = Math.min(bytes.length - from, frame.length - framed);
        System.arraycopy(bytes, from, frame, framed, count);
        framed += count;
        if (framed == frame.length) {
            state = State.TRAILER;
        }
        return from + count;
    }

    private int upToTrailerEnd(byte[] bytes, int from) {
        int count = Math.min(bytes.length - from, trailer.length - trailed);
        if (!Arrays.equals(bytes, from, from + count, trailer, trailed, trailed + count)) {
            state = State.DAMAGED;
            frame = NOTHING;
            return from;
        }
        trailed += count;
        if (trailed == trailer.length) {
            byte[] whole = frame;
            frame = NOTHING;
            state = State.NOISE;
            listener.log(stream, whole);
        }
        return from + count;
    }

    private byte[] joined(byte[] bytes, int from) {
        byte[] all = Arrays.copyOf(carried, carried.length + bytes.length - from);
        System.arraycopy(bytes, from, all, carried.length, bytes.length - from);
        carried = NOTHING;
        return all;
    }

    private int find(byte[] bytes, int from) {
        for (int i = from; i <= bytes.length - mark.length; i++) {
            if (bytes[i] == mark[0] && matches(bytes, i, mark.length)) {
                return i;
            }
        }
        return -1;
    }

    /** How many bytes at the end may be the beginning of a mark. */
    private int beginningOfMark(byte[] bytes, int from) {
        for (int length = Math.min(mark.length - 1, bytes.length - from); length > 0; length--) {
            if (matches(bytes, bytes.length - length, length)) {
                return length;
            }
        }
        return 0;
    }

    private boolean matches(byte[] bytes, int at, int length) {
        return Arrays.equals(bytes, at, at + length, mark, 0, length);
    }
}
