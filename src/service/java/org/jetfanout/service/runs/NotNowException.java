package org.jetfanout.service.runs;

/**
 * What was asked does not fit how the run stands: it has ended, it does not wait. The message is
 * one line.
 */
public final class NotNowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one line for people
     */
    public NotNowException(String message) {
        super(message, null, false, false);
    }
}
