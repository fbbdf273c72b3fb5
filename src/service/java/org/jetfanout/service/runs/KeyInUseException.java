package org.jetfanout.service.runs;

/** The key of a start was used for another one. */
public final class KeyInUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one line for people
     */
    public KeyInUseException(String message) {
        super(message, null, false, false);
    }
}
