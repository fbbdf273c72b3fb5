package org.jetfanout.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.ObjIntConsumer;

/**
 * Makes remote text harmless. Every text from a worker, a host, an inventory or a file of others
 * passes this class before a person or a store gets it. Pure functions: thread-safe. A clean text
 * is returned as the same object.
 */
public final class Text {
    private static final char ESC = '\u001b';
    private static final char BEL = '\u0007';
    private static final char CONTROL_SEQUENCE = '\u009b';
    private static final char STRING_TERMINATOR = '\u009c';
    private static final String RESET = "\u001b[0m";

    /** The longest sequence that counts as a colour. */
    private static final int LONGEST_COLOUR = 32;

    private Text() {}

    /** {@link #forTerminal(String, boolean)} with colour on. */
    public static String forTerminal(String line) {
        return forTerminal(line, true);
    }

    /**
     * One line for a terminal: control characters become visible ({@code ^[}, {@code \x07}), as do
     * characters that reorder, hide or break text ({@code <U+202E>}). Tabs stay. A carriage return
     * at the very end is dropped.
     *
     * @param line one line, without its end; a line break in it is made visible too
     * @param colour whether colour sequences ({@code ESC[…m}) pass; the line is then reset at its
     *     end, and concealing ones do not pass. Without colour they are dropped
     */
    public static String forTerminal(String line, boolean colour) {
        int first = firstSuspect(line, true);
        if (first < 0) {
            return line;
        }
        int length = withoutCarriageReturn(line);
        StringBuilder safe = new StringBuilder(length + 16).append(line, 0, first);
        boolean coloured = false;
        int at = first;
        while (at < length) {
            char c = line.charAt(at);
            int colourEnd = c == ESC ? endOfColour(line, at) : -1;
            if (colourEnd > 0) {
                if (colour && !conceals(line, at + 2, colourEnd - 1)) {
                    safe.append(line, at, colourEnd);
                    coloured = !resets(line, at + 2, colourEnd - 1);
                }
                at = colourEnd;
            } else {
                at += appendVisible(safe, line, at, true);
            }
        }
        return coloured ? safe.append(RESET).toString() : safe.toString();
    }

    /**
     * One line for a store. Escape sequences are removed. Other control characters and characters
     * that reorder text become visible, so no escape character is left. A sequence without an end
     * in this line hides no printable text. Tabs stay. A carriage return at the very end is
     * dropped.
     */
    public static String plain(String line) {
        int first = firstSuspect(line, false);
        if (first < 0) {
            return line;
        }
        return withoutEscapes(line, first, withoutCarriageReturn(line), true);
    }

    /**
     * The text without escape sequences. Of a sequence without an end, only its beginning is
     * removed. Everything else stays.
     */
    public static String withoutEscapes(String text) {
        int first = firstOf(text, ESC, CONTROL_SEQUENCE);
        return first < 0 ? text : withoutEscapes(text, first, text.length(), false);
    }

    private static int firstOf(String text, char one, char other) {
        int first = text.indexOf(one);
        int second = text.indexOf(other);
        return first < 0 || second < 0 ? Math.max(first, second) : Math.min(first, second);
    }

    /**
     * @param visible whether other characters that must not be shown become visible
     */
    private static String withoutEscapes(String line, int first, int length, boolean visible) {
        StringBuilder safe = new StringBuilder(length).append(line, 0, first);
        int at = first;
        int stop = -1;
        while (at < length) {
            int string = beginOfString(line, at, length);
            int end;
            if (string > 0) {
                // the stop is searched only once, however many control strings begin before it
                stop = stop < string ? stopOfString(line, string, length) : stop;
                end = endOfString(line, string, stop, length);
            } else {
                end = endOfSequence(line, at, length);
            }
            if (end > 0) {
                at = end;
            } else if (visible) {
                at += appendVisible(safe, line, at, false);
            } else {
                safe.append(line.charAt(at++));
            }
        }
        return safe.toString();
    }

    /** A text of several lines for a store. Each line is treated as by {@link #plain}. */
    public static String plainLines(String text) {
        if (text.indexOf('\n') < 0) {
            return plain(text);
        }
        StringBuilder safe = new StringBuilder(text.length());
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            safe.append(plain(text.substring(from, end))).append('\n');
            from = end + 1;
        }
        return safe.append(plain(text.substring(from))).toString();
    }

    /** Decodes UTF-8. Invalid bytes become {@code \xNN}. */
    public static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** Decodes a part of the bytes as UTF-8. Invalid bytes become {@code \xNN}. */
    public static String decode(byte[] bytes, int from, int to) {
        String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        return text.indexOf('\ufffd') < 0 ? text : decode(bytes, from, to, Text::appendHex);
    }

    /**
     * Where to cut a text that is too long: the nearest index, not after this place and after the
     * beginning, that is not inside a UTF-8 character.
     *
     * @param from where the text begins
     */
    public static int characterStart(byte[] bytes, int from, int place) {
        int at = place;
        while (at > from && place - at < 4 && (bytes[at] & 0xc0) == 0x80) {
            at--;
        }
        return at > from && (bytes[at] & 0xc0) != 0x80 ? at : place;
    }

    /**
     * Decodes a part of the bytes as UTF-8.
     *
     * @param broken appends something for each invalid byte
     */
    public static String decode(
            byte[] bytes, int from, int to, ObjIntConsumer<StringBuilder> broken) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what is none
        ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
        CharBuffer out = CharBuffer.allocate(to - from);
        StringBuilder text = new StringBuilder(to - from + 16);
        CoderResult result = decoder.decode(in, out, true);
        while (!result.isUnderflow()) {
            text.append(out.flip());
            out.clear();
            for (int i = 0; i < result.length(); i++) {
                broken.accept(text, in.get() & 0xff);
            }
            result = decoder.decode(in, out, true);
        }
        return text.append(out.flip()).toString();
    }

    /** The index of the first character that may need treatment, or -1. */
    private static int firstSuspect(String line, boolean terminal) {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if ((c >= 0x20 && c < 0x7f) || c == '\t') {
                continue;
            }
            if (c < 0xa0) {
                return i;
            }
            if (isSuspect(line.codePointAt(i), terminal)) {
                return i;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
            }
        }
        return -1;
    }

    /** Whether a character from U+00A0 on must be made visible. */
    private static boolean isSuspect(int c, boolean terminal) {
        return switch (Character.getType(c)) {
            case Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.CONTROL ->
                    true;
            case Character.FORMAT -> terminal || reorders(c);
            default -> false;
        };
    }

    /**
     * Whether a character changes the order in which other characters are shown, in web pages of
     * stores too.
     */
    private static boolean reorders(int c) {
        return (c >= 0x202a && c <= 0x202e) // embeddings and overrides
                || (c >= 0x2066 && c <= 0x2069) // isolates
                || c == 0x200e
                || c == 0x200f
                || c == 0x061c; // marks
    }

    /** Appends one character in visible form. Returns how many chars of the line it took. */
    private static int appendVisible(StringBuilder safe, String line, int at, boolean terminal) {
        int c = line.codePointAt(at);
        if ((c >= 0x20 && c < 0x7f) || c == '\t') {
            safe.append((char) c);
        } else if (c == ESC) {
            safe.append("^[");
        } else if (c < 0x80) {
            appendHex(safe, c);
        } else if (c < 0xa0 || isSuspect(c, terminal)) {
            safe.append(String.format(Locale.ROOT, "<U+%04X>", c));
        } else {
            safe.appendCodePoint(c);
        }
        return Character.charCount(c);
    }

    private static void appendHex(StringBuilder text, int value) {
        text.append("\\x")
                .append(Character.forDigit(value >> 4, 16))
                .append(Character.forDigit(value & 0xf, 16));
    }

    private static int withoutCarriageReturn(String line) {
        return line.endsWith("\r") ? line.length() - 1 : line.length();
    }

    /** The end of the colour sequence {@code ESC[0-9;…m} that begins here, or -1. */
    private static int endOfColour(String line, int at) {
        if (at + 2 >= line.length() || line.charAt(at + 1) != '[') {
            return -1;
        }
        int last = Math.min(line.length(), at + LONGEST_COLOUR);
        for (int i = at + 2; i < last; i++) {
            char c = line.charAt(i);
            if (c == 'm') {
                return i + 1;
            }
            if ((c < '0' || c > '9') && c != ';') {
                return -1;
            }
        }
        return -1;
    }

    /** Whether these parameters reset all attributes. */
    private static boolean resets(String line, int from, int to) {
        return from == to || (to == from + 1 && line.charAt(from) == '0');
    }

    /** Whether these parameters conceal text (8). The 8 of a colour number (38;5;8) does not. */
    private static boolean conceals(String line, int from, int to) {
        int skip = 0;
        boolean palette = false;
        int value = 0;
        for (int i = from; i <= to; i++) {
            char c = i < to ? line.charAt(i) : ';';
            if (c != ';') {
                value = Math.min(1000, value * 10 + (c - '0'));
                continue;
            }
            if (palette) {
                skip = value == 5 ? 1 : value == 2 ? 3 : 0;
                palette = false;
            } else if (skip > 0) {
                skip--;
            } else if (value == 38 || value == 48 || value == 58) {
                palette = true;
            } else if (value == 8) {
                return true;
            }
            value = 0;
        }
        return false;
    }

    /**
     * Where the text of a control string (title, clipboard, device control…) begins whose
     * introducer is here; -1 where no such string begins.
     */
    private static int beginOfString(String line, int at, int length) {
        char c = line.charAt(at);
        if (c == ESC && at + 1 < length) {
            char kind = line.charAt(at + 1);
            return kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_'
                    ? at + 2
                    : -1;
        }
        return c == '\u009d' || c == '\u0090' || c == '\u0098' || c == '\u009e' || c == '\u009f'
                ? at + 1
                : -1;
    }

    /**
     * The end of any other escape sequence that begins here, or -1 where none begins. A sequence
     * without an end counts as its introducer alone.
     */
    private static int endOfSequence(String line, int at, int length) {
        char c = line.charAt(at);
        if (c == ESC && at + 1 < length) {
            char kind = line.charAt(at + 1);
            if (kind == '[') {
                return endOfControl(line, at + 2, length);
            }
            return endOfEscape(line, at + 1, length);
        }
        if (c == CONTROL_SEQUENCE) {
            return endOfControl(line, at + 1, length);
        }
        return -1;
    }

    /** The end of a control sequence whose parameters begin here. */
    private static int endOfControl(String line, int begin, int length) {
        int at = begin;
        while (at < length && line.charAt(at) >= 0x20 && line.charAt(at) < 0x40) {
            at++;
        }
        boolean ended = at < length && line.charAt(at) >= 0x40 && line.charAt(at) < 0x7f;
        return ended ? at + 1 : begin;
    }

    /** The index of the next character that ends a control string. */
    private static int stopOfString(String line, int from, int length) {
        int at = from;
        while (at < length
                && line.charAt(at) != BEL
                && line.charAt(at) != STRING_TERMINATOR
                && line.charAt(at) != ESC) {
            at++;
        }
        return at;
    }

    /** The end of a control string whose text begins here and ends there. */
    private static int endOfString(String line, int begin, int stop, int length) {
        if (stop == length) {
            return begin;
        }
        if (line.charAt(stop) != ESC) {
            return stop + 1;
        }
        boolean ended = stop + 1 < length && line.charAt(stop + 1) == '\\';
        return ended ? stop + 2 : begin;
    }

    /** The end of another escape sequence: intermediate characters and a final one. */
    private static int endOfEscape(String line, int begin, int length) {
        int at = begin;
        while (at < length && line.charAt(at) >= 0x20 && line.charAt(at) < 0x30) {
            at++;
        }
        boolean ended = at < length && line.charAt(at) >= 0x30 && line.charAt(at) < 0x7f;
        return ended ? at + 1 : -1;
    }
}
