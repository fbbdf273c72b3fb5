package org.jetfanout.service.http;

/** A request that is answered with a problem. Its message is for the caller. */
public class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status the HTTP status
     * @param message one line for the caller
     */
    public RefusedException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What the caller gets. */
    public Problem problem() {
        return new Problem(status, getMessage());
    }
}
