package org.jetfanout.service.runs;

/** More starts wait than may. Somebody may ask again later. */
public final class QueueFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message one line for people
     */
    public QueueFullException(String message) {
        super(message, null, false, false);
    }
}
