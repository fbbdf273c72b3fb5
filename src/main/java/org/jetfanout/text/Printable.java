package org.jetfanout.text;

/** Text that others wrote, fit for a message: {@link Quoted#visible}, and not without end. */
public final class Printable {
    private static final int MAX = 300;

    private Printable() {}

    public static String text(String text) {
        int most = Math.min(text.length(), 2 * MAX);
        int end = text.offsetByCodePoints(0, Math.min(MAX, text.codePointCount(0, most)));
        return Quoted.visible(text.substring(0, end));
    }
}
