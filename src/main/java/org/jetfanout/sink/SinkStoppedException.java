package org.jetfanout.sink;

/**
 * Thrown where a retry cannot help, because the credentials or the address are wrong. The sink gets
 * no more documents from this process. Undelivered documents stay in the run record.
 */
public final class SinkStoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Stops the sink.
     *
     * @param reason one line: what is wrong, where, and what to do
     */
    public SinkStoppedException(String reason) {
        super(reason);
    }
}
