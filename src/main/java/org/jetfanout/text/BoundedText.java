package org.jetfanout.text;

/**
 * A text that limits how often a regular expression may look at its characters. An expression that
 * would run for ever is stopped. Not thread-safe.
 */
final class BoundedText implements CharSequence {
    private static final long LOOKS_PER_CHARACTER = 200;
    private static final long LEAST_LOOKS = 20_000;

    private final String text;

    // Mutable state
    private long left;

    /** The regular expression has looked too often. */
    static final class TooLongException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLongException() {
            super("a pattern takes too long", null, false, false);
        }
    }

    BoundedText(String text) {
        this.text = text;
        this.left = LEAST_LOOKS + LOOKS_PER_CHARACTER * text.length();
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        if (--left < 0) {
            throw new TooLongException();
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
