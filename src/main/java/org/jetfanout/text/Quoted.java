package org.jetfanout.text;

import java.util.Locale;

/**
 * Shows names and values in messages: in quotes, on one line, not longer than a line, with every
 * unusual blank and control character visible.
 */
public final class Quoted {
    private static final int LONGEST = 80;
    private static final int LONGEST_EXCERPT = 300;

    private Quoted() {}

    /** The text in quotes, {@code 'web'}. A long text is cut. */
    public static String of(String text) {
        String start = start(text, LONGEST);
        return "'" + visible(start) + (start.length() < text.length() ? "…" : "") + "'";
    }

    /** The beginning of a text that others wrote, made {@link #visible}. */
    public static String excerpt(String text) {
        return visible(start(text, LONGEST_EXCERPT));
    }

    /** The first characters of the text, at most this many. */
    private static String start(String text, int most) {
        // longer texts need not be counted to their end
        int counted = Math.min(text.length(), 2 * most);
        int characters = Math.min(most, text.codePointCount(0, counted));
        return text.substring(0, text.offsetByCodePoints(0, characters));
    }

    /**
     * The text with its control characters, unusual blanks and other characters that a terminal
     * would not show made visible. The result is safe to print and fits on one line.
     */
    public static String visible(String text) {
        int first = 0;
        while (first < text.length() && text.charAt(first) >= ' ' && text.charAt(first) < 0x7f) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, first);
        text.substring(first)
                .codePoints()
                .forEach(
                        c -> {
                            if (c == '\t') {
                                shown.append("\\t");
                            } else if (c == '\n') {
                                shown.append("\\n");
                            } else if (isHidden(c)) {
                                shown.append(
                                        String.format(
                                                Locale.ROOT,
                                                c < 0x10000 ? "\\u%04x" : "\\U%08x",
                                                c));
                            } else {
                                shown.appendCodePoint(c);
                            }
                        });
        return shown.toString();
    }

    private static boolean isHidden(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            case Character.SPACE_SEPARATOR -> c != ' ';
            default -> false;
        };
    }
}
