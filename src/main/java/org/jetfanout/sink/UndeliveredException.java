package org.jetfanout.sink;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jetfanout.logs.LogDocument;

/** The aggregator did not take some records of a frame now: they come again, alone. */
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
