package org.jetfanout.text;

import java.util.Locale;

/**
 * Names and values as messages show them: in quotes, on one line, with every blank and control
 * character visible, and not longer than a line.
 */
public final class Quoted {
    private static final int LONGEST = 80;
    private static final int LONGEST_EXCERPT = 300;

    private Quoted() {}

    /** {@code 'web'}; a long text is cut. */
    public static String of(String text) {
        String start = start(text, LONGEST);
        return "'" + visible(start) + (start.length() < text.length() ? "…" : "") + "'";
    }

    /** What others wrote, {@link #visible}, and of a long text the beginning. */
    public static String excerpt(String text) {
        return visible(start(text, LONGEST_EXCERPT));
    }

    /** So many characters at most. */
    private static String start(String text, int most) {
        // counts no further than it can matter
        int counted = Math.min(text.length(), 2 * most);
        int characters = Math.min(most, text.codePointCount(0, counted));
        return text.substring(0, text.offsetByCodePoints(0, characters));
    }

    /**
     * The text with control characters, blanks but the usual one, and others that a terminal would
     * not show as they are, made visible; safe to print, on one line.
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
