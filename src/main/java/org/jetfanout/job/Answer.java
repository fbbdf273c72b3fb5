package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * One stream of a connection: finds the script's own lines, which bear the nonce, among what login
 * scripts say before and the log between. Memory is bounded whatever comes. Not thread-safe.
 */
final class Answer {
    /** The first line of a job that waits: when it does no more, another first line comes. */
    static final String WAITING = "waiting";

    /** What login scripts may say. */
    static final int LONGEST_NOISE = 64 << 10;

    private static final int LONGEST_LINE = 4 << 10;
    private static final byte[] NOTHING = new byte[0];

    private final byte[] mark;
    private final boolean ends;

    // Mutable state
    private final ByteArrayOutputStream noise = new ByteArrayOutputStream();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private State state = State.NOISE;
    private byte[] carried = NOTHING;
    private String header;
    private String end;

    private enum State {
        NOISE,
        HEADER,
        LOG,
        END,
        DONE,
        BROKEN
    }

    /**
     * @param ends whether this stream has an end marker
     */
    Answer(String nonce, boolean ends) {
        this.mark = ("jet-fanout " + nonce + " ").getBytes(UTF_8);
        this.ends = ends;
    }

    /** Takes bytes; gives those of the log. */
    byte[] read(byte[] bytes) {
        byte[] rest = upToHeader(bytes);
        if (state != State.LOG) {
            return state == State.END ? readEnd(rest) : NOTHING;
        }
        return ends ? log(rest) : rest;
    }

    /** The script's first line without its mark, once it is here. */
    Optional<String> header() {
        return Optional.ofNullable(header);
    }

    /** The script's last line without its mark, once it is here. */
    Optional<String> end() {
        return Optional.ofNullable(end);
    }

    /** Whether this cannot become an answer any more: too much noise, or an endless line. */
    boolean broken() {
        return state == State.BROKEN;
    }

    /** What was said before the script's first line. */
    String noise() {
        return noise.toString(UTF_8);
    }

    private byte[] upToHeader(byte[] bytes) {
        byte[] rest = bytes;
        if (state == State.NOISE) {
            rest = upToMark(rest);
            if (state == State.NOISE) {
                return NOTHING;
            }
        }
        return state == State.HEADER ? upToLineEnd(rest, State.LOG) : rest;
    }

    private byte[] readEnd(byte[] bytes) {
        upToLineEnd(bytes, State.DONE);
        return NOTHING;
    }

    private byte[] log(byte[] bytes) {
        byte[] all = joined(bytes);
        int at = find(all);
        if (at < 0) {
            int kept = beginningOfMark(all);
            carried = Arrays.copyOfRange(all, all.length - kept, all.length);
            return kept == 0 ? all : Arrays.copyOf(all, all.length - kept);
        }
        state = State.END;
        readEnd(Arrays.copyOfRange(all, at + mark.length, all.length));
        return Arrays.copyOf(all, at);
    }

    private byte[] upToMark(byte[] bytes) {
        byte[] all = joined(bytes);
        int at = find(all);
        if (at < 0) {
            int kept = beginningOfMark(all);
            carried = Arrays.copyOfRange(all, all.length - kept, all.length);
            noise.write(all, 0, Math.min(all.length - kept, LONGEST_NOISE - noise.size()));
            if (noise.size() == LONGEST_NOISE) {
                state = State.BROKEN;
            }
            return NOTHING;
        }
        noise.write(all, 0, Math.min(at, LONGEST_NOISE - noise.size()));
        state = State.HEADER;
        return Arrays.copyOfRange(all, at + mark.length, all.length);
    }

    private byte[] upToLineEnd(byte[] bytes, State next) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                String text = line.toString(UTF_8);
                line.reset();
                byte[] rest = Arrays.copyOfRange(bytes, i + 1, bytes.length);
                if (next != State.LOG) {
                    end = text;
                    state = next;
                    return rest;
                }
                boolean again = WAITING.equals(header);
                header = text;
                if (ends && text.equals(WAITING) && !again) {
                    state = State.NOISE;
                    return upToHeader(rest);
                }
                state = next;
                return rest;
            }
            line.write(bytes[i]);
            if (line.size() > LONGEST_LINE) {
                state = State.BROKEN;
                return NOTHING;
            }
        }
        return NOTHING;
    }

    private byte[] joined(byte[] bytes) {
        if (carried.length == 0) {
            return bytes;
        }
        byte[] all = Arrays.copyOf(carried, carried.length + bytes.length);
        System.arraycopy(bytes, 0, all, carried.length, bytes.length);
        carried = NOTHING;
        return all;
    }

    private int find(byte[] bytes) {
        for (int i = 0; i <= bytes.length - mark.length; i++) {
            if (bytes[i] == mark[0] && matches(bytes, i, mark.length)) {
                return i;
            }
        }
        return -1;
    }

    /** How many bytes at the end may be the beginning of a mark. */
    private int beginningOfMark(byte[] bytes) {
        for (int length = Math.min(mark.length - 1, bytes.length); length > 0; length--) {
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
