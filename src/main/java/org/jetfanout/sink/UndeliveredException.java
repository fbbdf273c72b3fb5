package org.jetfanout.sink;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jetfanout.logs.LogDocument;

/** The sink did not accept some documents of a frame. They are sent again, without the others. */
public final class UndeliveredException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<LogDocument> rest;
    private final transient Optional<Duration> after;

    /**
     * Asks for another try.
     *
     * @param rest records that come again
     * @param after how long the aggregator wants to be left alone, where it says so
     * @param reason in one line
     */
    public UndeliveredException(List<LogDocument> rest, Optional<Duration> after, String reason) {
        super(reason);
        this.rest = List.copyOf(rest);
        this.after = after;
    }

    /** Records that come again. */
    public List<LogDocument> rest() {
        return rest;
    }

    /** How long the aggregator wants to be left alone, where it says so. */
    public Optional<Duration> after() {
        return after;
    }
}
