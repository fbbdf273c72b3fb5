package org.jetfanout.sink.shipping;

import java.time.Duration;
import java.util.OptionalLong;
import org.jetfanout.sink.SharedSettings;
import org.jetfanout.sink.SinkSettings;

/**
 * How much is sent to a sink at once, and how often.
 *
 * @param documents most documents of a frame
 * @param bytes most bytes of JSON of a frame
 * @param backlogLimit bytes of the run record that may wait; empty for no limit
 * @param linger least time from one frame that is not full to the next
 * @param firstPause after a first failure
 * @param longestPause after many
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

    /** What the settings of a sink say, else the defaults. */
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

    /** The same with no limit of the backlog. */
    public ShippingLimits withoutLimit() {
        return new ShippingLimits(
                documents, bytes, OptionalLong.empty(), linger, firstPause, longestPause);
    }
}
