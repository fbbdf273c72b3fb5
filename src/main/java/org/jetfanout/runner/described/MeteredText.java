package org.jetfanout.runner.described;

/**
 * A text that a regular expression may look at only so often. A pattern can need more steps than
 * anybody waits for, and the text comes from hosts. Steps are counted, not time, so that the same
 * output has the same meaning whenever it is read. Not thread-safe.
 */
final class MeteredText implements CharSequence {
    /**
     * Enough for patterns that look at each character many times, and at short lines more often.
     */
    private static final int LEAST_STEPS = 20_000;

    private static final int STEPS_A_CHARACTER = 200;

    private final String text;

    // Mutable state
    private long left;

    MeteredText(String text) {
        this.text = text;
        refill();
    }

    /** Gives the next pattern as many steps as the first one. */
    void refill() {
        left = LEAST_STEPS + (long) STEPS_A_CHARACTER * text.length();
    }

    @Override
    public char charAt(int index) {
        if (--left < 0) {
            throw new TooManyStepsException();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }

    /** The pattern was not done with the text within its steps. */
    static final class TooManyStepsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyStepsException() {
            super("too many steps", null, false, false);
        }
    }
}
