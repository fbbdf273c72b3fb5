package org.jetfanout.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Limits how many lines of the own log may be about one worker, so that a misbehaving worker cannot
 * fill the disk. Thread-safe.
 */
final class LineBudget extends TurboFilter {
    /** The limit for each worker, per run. */
    static final int MOST_LINES = 10_000;

    private static final String WORKER = "JetWorker";
    private static final Marker LAST = MarkerFactory.getMarker("LAST_LINE");

    // Mutable state
    private final Map<String, AtomicInteger> lines = new ConcurrentHashMap<>();

    @Override
    public FilterReply decide(
            Marker marker,
            Logger logger,
            Level level,
            String format,
            Object[] parameters,
            Throwable failure) {
        if (format == null
                || marker == LAST
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL; // only asked, or not logged in any case
        }
        String worker = MDC.get(WORKER);
        if (worker == null) {
            return FilterReply.NEUTRAL;
        }
        Map<String, AtomicInteger> ofRun =
                RunThreads.current().map(RunThreads::lines).orElse(lines);
        int line = ofRun.computeIfAbsent(worker, name -> new AtomicInteger()).incrementAndGet();
        if (line == MOST_LINES) {
            logger.warn(
                    LAST,
                    "more than {} log lines about worker {}: omitting the rest",
                    MOST_LINES,
                    worker);
        }
        return line < MOST_LINES ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
}
