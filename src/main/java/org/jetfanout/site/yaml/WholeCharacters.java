package org.jetfanout.site.yaml;

import java.io.Reader;

/**
 * Reads a text in pieces that never end within a character, because the YAML library fails where
 * one does. For one thread.
 */
final class WholeCharacters extends Reader {
    private final String text;

    // Mutable state
    private int next;

    WholeCharacters(String text) {
        this.text = text;
    }

    @Override
    public int read(char[] into, int from, int length) {
        int end = Math.min(text.length(), next + length);
        if (end == next) {
            return length == 0 ? 0 : -1;
        }
        if (end - next > 1
                && end < text.length()
                && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        text.getChars(next, end, into, from);
        int count = end - next;
        next = end;
        return count;
    }

    @Override
    public void close() {
        // there is nothing to close
    }
}
