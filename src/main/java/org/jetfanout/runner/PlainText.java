package org.jetfanout.runner;

import java.util.regex.Pattern;
import org.jetfanout.text.Text;

/**
 * Remote text made fit to be a reason: one line, no escape codes, no control characters. Pure
 * functions.
 */
public final class PlainText {
    /** Longest reason of a host, in characters: there may be many of them. */
    static final int LONGEST = 500;

    /**
     * Longest reason of a worker: the line to add to known_hosts fits, of a key of 16,384 bits too.
     */
    private static final int LONGEST_OF_WORKER = 4000;

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\u2028\\u2029\\s]+");

    private PlainText() {}

    /** The text without escape codes, runs of blanks and control characters as one blank, cut. */
    public static String line(String text) {
        return line(text, LONGEST);
    }

    /** The same for what concerns a whole worker: nothing to copy from it is cut. */
    public static String ofWorker(String text) {
        return line(text, LONGEST_OF_WORKER);
    }

    private static String line(String text, int most) {
        String plain = CONTROL.matcher(Text.withoutEscapes(text)).replaceAll(" ").strip();
        if (plain.length() <= most) {
            return plain;
        }
        int end = most - 1;
        return plain.substring(0, Character.isHighSurrogate(plain.charAt(end - 1)) ? end - 1 : end)
                + "…";
    }
}
