package org.jetfanout.question;

/** Nobody answers who could, or an answer does not come to its end. The message says it all. */
public final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean begun;

    NoAnswerException(String message, boolean begun) {
        super(message);
        this.begun = begun;
    }

    /** Whether a part of the answer came. */
    public boolean isBegun() {
        return begun;
    }
}
