package org.jetfanout.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Waits in tests: for a condition, never for a fixed time. */
public final class Waiting {
    /** Long enough for a busy machine, but ends a test that hangs. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** The longest pause between two checks. The first pauses are shorter. */
    private static final int MOST_MILLIS = 20;

    private Waiting() {}

    /**
     * Waits until a condition holds. Fails after some minutes.
     *
     * @param what the condition, in words
     */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, LIMIT, condition);
    }

    /** Waits until nothing is left. Fails after some minutes, and says what is left. */
    public static void untilNone(String what, Callable<? extends List<?>> left) {
        untilNone(what, LIMIT, left);
    }

    /** Waits until nothing is left. Fails after the limit, and says what is left. */
    public static void untilNone(String what, Duration limit, Callable<? extends List<?>> left) {
        AtomicReference<List<?>> last = new AtomicReference<>(List.of());
        try {
            until(
                    what,
                    limit,
                    () -> {
                        last.set(left.call());
                        return last.get().isEmpty();
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(what + ": " + last.get(), e);
        }
    }

    /** Waits until a condition holds. Fails after the limit. */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        Awaitility.await(what)
                .pollInSameThread()
                // tests run side by side, and Awaitility would take errors from threads of other
                // tests
                .dontCatchUncaughtExceptions()
                .pollDelay(Duration.ZERO)
                .pollInterval((looks, last) -> Duration.ofMillis(Math.min(looks, MOST_MILLIS)))
                .atMost(limit)
                .until(condition);
    }
}
