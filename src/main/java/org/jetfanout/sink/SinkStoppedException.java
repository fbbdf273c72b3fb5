package org.jetfanout.sink;

/**
 * Trying again cannot help: credentials are refused, the address is wrong. The sink gets no more
 * records in this process; what is undelivered stays in the run record.
 */
public final class SinkStoppedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Stops the sink.
     *
     * @param reason one line: what, where, what to do
     */
    public SinkStoppedException(String reason) {
        super(reason);
    }
}
