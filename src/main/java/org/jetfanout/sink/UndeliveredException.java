package org.jetfanout.sink;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jetfanout.logs.LogDocument;

/**
 * Thrown where the sink did not accept some documents of a delivery. They are sent again, without
 * the others.
 */
public final class UndeliveredException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<LogDocument> rest;
    private final transient Optional<Duration> after;

    /**
     * Asks for another try.
     *
     * @param rest the documents to send again
     * @param after how long the log store asks to wait; empty where it does not
     * @param reason in one line
     */
    public UndeliveredException(List<LogDocument> rest, Optional<Duration> after, String reason) {
        super(reason);
        this.rest = List.copyOf(rest);
        this.after = after;
    }

    /** The documents to send again. */
    public List<LogDocument> rest() {
        return rest;
    }

    /** How long the log store asks to wait; empty where it does not. */
    public Optional<Duration> after() {
        return after;
    }
}
