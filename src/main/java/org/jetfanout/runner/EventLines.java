package org.jetfanout.runner;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts bytes into lines of JSON as they arrive, with bounded memory. Each text in a line is
 * shortened to a few kilobytes, and the line is still valid JSON then. The output of a failed
 * command may be megabytes, and the host's name comes after it. Not thread-safe.
 */
public final class EventLines {
    private static final int LONGEST_TEXT = 4 << 10;
    private static final int LONGEST_LINE = 256 << 10;

    private final Consumer<String> lines;

    // Mutable state
    private long read;
    private byte[] line = new byte[1 << 10];
    private int length;
    private boolean inText;
    private int textLength;

    /** How many bytes of an escape sequence are still to come: 1, or 5 with \\uXXXX. */
    private int escaped;

    /** Whether the next bytes are the four digits of a \\uXXXX. */
    private boolean unicode;

    private boolean cut;
    private boolean tooLong;

    /**
     * @param lines takes each line with its texts shortened; an empty text stands for a line that
     *     is too long even then
     */
    public EventLines(Consumer<String> lines) {
        this.lines = lines;
    }

    /** Takes the next bytes. */
    public void read(byte[] bytes) {
        for (byte b : bytes) {
            read++;
            if (b == '\n') {
                end();
            } else if (!inText) {
                keep(b);
                inText = b == '"';
                textLength = 0;
                cut = false;
            } else {
                inText(b);
            }
        }
    }

    /**
     * How many bytes were read. While the consumer of a line is called, this is the end of that
     * line.
     */
    public long position() {
        return read;
    }

    /** Passes on what is there of the last line, if anything. */
    public void end() {
        boolean some = length > 0;
        String text = tooLong ? "" : new String(line, 0, length, StandardCharsets.UTF_8);
        length = 0;
        inText = false;
        escaped = 0;
        unicode = false;
        tooLong = false;
        if (some) {
            lines.accept(text);
        }
    }

    private void inText(byte b) {
        if (escaped > 0) {
            escaped = escaped == 1 && b == 'u' && !unicode ? startUnicode() : escaped - 1;
            unicode = unicode && escaped > 0;
        } else if (b == '"') {
            inText = false;
            keep(b);
            return;
        } else {
            // cut between characters only: never within UTF-8 or after a backslash
            cut = cut || (textLength >= LONGEST_TEXT && (b & 0xC0) != 0x80);
            escaped = b == '\\' ? 1 : 0;
        }
        textLength++;
        if (!cut) {
            keep(b);
        }
    }

    private int startUnicode() {
        unicode = true;
        return 4;
    }

    private void keep(byte b) {
        if (length == LONGEST_LINE) {
            tooLong = true;
            return;
        }
        if (length == line.length) {
            line = Arrays.copyOf(line, Math.min(2 * length, LONGEST_LINE));
        }
        line[length++] = b;
    }
}
