package org.jetfanout.runner;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts bytes into lines as they arrive. It keeps only the beginning of each line. Not thread-safe.
 */
public final class TextLines {
    private final Consumer<String> lines;

    // Mutable state
    private final byte[] line;
    private int length;

    /**
     * @param longest how many bytes of a line are kept
     * @param lines takes each line without its end; bytes that are not UTF-8 arrive as U+FFFD
     */
    public TextLines(int longest, Consumer<String> lines) {
        this.line = new byte[longest];
        this.lines = lines;
    }

    /** Takes the next bytes. */
    public void read(byte[] bytes) {
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                keep(bytes, from, i);
                end();
                from = i + 1;
            }
        }
        keep(bytes, from, bytes.length);
    }

    /** Passes on what is there of the last line, if anything. */
    public void end() {
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        length = 0;
        lines.accept(text);
    }

    private void keep(byte[] bytes, int from, int to) {
        int count = Math.min(to - from, line.length - length);
        System.arraycopy(bytes, from, line, length, count);
        length += count;
    }
}
