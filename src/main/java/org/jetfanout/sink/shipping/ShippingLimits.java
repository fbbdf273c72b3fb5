package org.jetfanout.sink.shipping;

import java.time.Duration;
import java.util.OptionalLong;
import org.jetfanout.sink.SharedSettings;
import org.jetfanout.sink.SinkSettings;

/**
 * How much is sent to a sink at once, and how often.
 *
 * @param documents the most documents of a delivery
 * @param bytes the most bytes of JSON of a delivery
 * @param backlogLimit how many bytes of the run record may wait; empty for no limit
 * @param linger the least time between two deliveries that are not full
 * @param firstPause the pause after a first failure
 * @param longestPause the limit for the pause after many failures
 */
public record ShippingLimits(
        int documents,
        int bytes,
        OptionalLong backlogLimit,
        Duration linger,
        Duration firstPause,
        Duration longestPause) {
    private static final Duration LINGER = Duration.ofMillis(200);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** The limits from the settings of a sink, or else the defaults. */
    public static ShippingLimits of(SinkSettings settings) {
        return new ShippingLimits(
                settings.get(SharedSettings.RECORDS),
                Math.toIntExact(settings.get(SharedSettings.BYTES)),
                settings.find(SharedSettings.BACKLOG_LIMIT)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                LINGER,
                FIRST_PAUSE,
                LONGEST_PAUSE);
    }

    /** The same limits, without one for the backlog. */
    public ShippingLimits withoutLimit() {
        return new ShippingLimits(
                documents, bytes, OptionalLong.empty(), linger, firstPause, longestPause);
    }
}
