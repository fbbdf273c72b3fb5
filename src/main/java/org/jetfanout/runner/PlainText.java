package org.jetfanout.runner;

import java.util.regex.Pattern;
import org.jetfanout.text.Text;

/**
 * Makes a reason of remote text: one line, without escape codes and control characters. Pure
 * functions.
 */
public final class PlainText {
    /** The longest reason of a host, in characters. A run may have very many of them. */
    static final int LONGEST = 500;

    /**
     * The longest reason of a worker, in characters. The line to add to known_hosts fits, even for
     * a key of 16,384 bits.
     */
    private static final int LONGEST_OF_WORKER = 4000;

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\u2028\\u2029\\s]+");

    private PlainText() {}

    /**
     * The text without escape codes. Each run of blanks and control characters becomes one blank,
     * and a long text is cut.
     */
    public static String line(String text) {
        return line(text, LONGEST);
    }

    /**
     * The same for a reason that concerns a whole worker. Its limit is so high that nothing that
     * users must copy is cut.
     */
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
