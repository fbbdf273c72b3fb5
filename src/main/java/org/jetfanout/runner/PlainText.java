package org.jetfanout.runner;

import java.util.regex.Pattern;

/**
 * Remote text made fit to be a reason: one line, no escape codes, no control characters. Pure
 * functions.
 */
public final class PlainText {
    /** Longest reason, in characters. */
    static final int LONGEST = 500;

    /**
     * CSI sequences (colours, cursor), OSC strings (titles, links), other two-character escapes.
     */
    private static final Pattern ESCAPES =
            Pattern.compile(
                    "[\\x1b\\x9b](?:(?:(?<=\\x1b)\\[|(?<=\\x9b))[0-?]*[ -/]*[@-~]"
                            + "|\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)|[@-_])?");

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\u2028\\u2029\\s]+");

    private PlainText() {}

    /** The text without escape codes, runs of blanks and control characters as one blank, cut. */
    public static String line(String text) {
        String plain =
                CONTROL.matcher(ESCAPES.matcher(text).replaceAll("")).replaceAll(" ").strip();
        if (plain.length() <= LONGEST) {
            return plain;
        }
        int end = LONGEST - 1;
        return plain.substring(0, Character.isHighSurrogate(plain.charAt(end - 1)) ? end - 1 : end)
                + "…";
    }

    /** The text without escape codes; blanks stay. */
    static String colourless(String text) {
        return text.indexOf('\u001b') < 0 && text.indexOf('\u009b') < 0
                ? text
                : ESCAPES.matcher(text).replaceAll("");
    }
}
