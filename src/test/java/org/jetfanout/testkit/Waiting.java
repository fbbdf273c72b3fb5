package org.jetfanout.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** How tests wait: for a condition, never for a time. */
public final class Waiting {
    /** Catches what hangs; the machine may be busy. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** Longest pause between two looks: the first ones are shorter. */
    private static final int MOST_MILLIS = 20;

    private Waiting() {}

    /**
     * Waits until something holds; fails after some minutes.
     *
     * @param what it is that holds then
     */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, LIMIT, condition);
    }

    /** The same for what may take longer. */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollInSameThread()
                // tests run side by side: those of others' threads, and the handler is one for all
                .dontCatchUncaughtExceptions()
                .pollDelay(Duration.ZERO)
                .pollInterval((looks, last) -> Duration.ofMillis(Math.min(looks, MOST_MILLIS)))
                .atMost(limit)
                .until(condition);
    }
}
