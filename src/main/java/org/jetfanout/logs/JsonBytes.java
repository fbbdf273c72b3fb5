package org.jetfanout.logs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON as bytes. It does so without a library, because every line of a run passes here. The
 * caller writes keys and punctuation. Not thread-safe.
 */
final class JsonBytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /**
     * How an ASCII character is written: 0 means as it is, 'u' as a number, any other value after a
     * backslash.
     */
    private static final byte[] ESCAPES = escapes();

    // Mutable state
    private byte[] bytes = new byte[1 << 12];
    private int length;

    private static byte[] escapes() {
        byte[] escapes = new byte[128];
        Arrays.fill(escapes, 0, 0x20, (byte) 'u');
        escapes[0x7f] = 'u';
        escapes['"'] = '"';
        escapes['\\'] = '\\';
        escapes['\n'] = 'n';
        escapes['\r'] = 'r';
        escapes['\t'] = 't';
        return escapes;
    }

    /** The bytes of a piece of JSON that is written often. */
    static byte[] piece(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    void clear() {
        length = 0;
        if (bytes.length > 1 << 20) {
            bytes = new byte[1 << 12];
        }
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    JsonBytes raw(byte[] piece) {
        room(piece.length);
        System.arraycopy(piece, 0, bytes, length, piece.length);
        length += piece.length;
        return this;
    }

    JsonBytes raw(char c) {
        room(1);
        bytes[length++] = (byte) c;
        return this;
    }

    JsonBytes number(long value) {
        if (value < 0) {
            return raw(piece(Long.toString(value)));
        }
        room(20);
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** A string with its quotes. */
    JsonBytes string(String text) {
        return raw('"').text(text).raw('"');
    }

    /** The inside of a string. Half a character of UTF-16 becomes a question mark. */
    JsonBytes text(String text) {
        // at most six bytes a char
        room(Math.multiplyExact(text.length(), 6));
        byte[] to = bytes;
        int at = length;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                byte escape = ESCAPES[c];
                if (escape == 0) {
                    to[at++] = (byte) c;
                } else {
                    at = escaped(to, at, c, escape);
                }
            } else if (c < 0x800) {
                to[at++] = (byte) (0xc0 | (c >> 6));
                to[at++] = (byte) (0x80 | (c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                to[at++] = (byte) (0xe0 | (c >> 12));
                to[at++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                to[at++] = (byte) (0x80 | (c & 0x3f));
            } else {
                int code = text.codePointAt(i);
                if (code < 0x10000) {
                    to[at++] = '?';
                } else {
                    to[at++] = (byte) (0xf0 | (code >> 18));
                    to[at++] = (byte) (0x80 | ((code >> 12) & 0x3f));
                    to[at++] = (byte) (0x80 | ((code >> 6) & 0x3f));
                    to[at++] = (byte) (0x80 | (code & 0x3f));
                    i++;
                }
            }
        }
        length = at;
        return this;
    }

    private static int escaped(byte[] to, int begin, char c, byte escape) {
        int at = begin;
        to[at++] = '\\';
        to[at++] = escape;
        if (escape == 'u') {
            to[at++] = '0';
            to[at++] = '0';
            to[at++] = HEX[c >> 4];
            to[at++] = HEX[c & 0xf];
        }
        return at;
    }

    private void room(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
        }
    }
}
