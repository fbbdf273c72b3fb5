package org.jetfanout.machine;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with jitter: the pauses between tries at something that fails. Each is twice
 * as long as the one before, up to a limit, less a random part of up to a half, so that many who
 * wait do not come back at the same moment. Not thread-safe.
 */
public final class BackOff {
    /** What the other side may ask for: one that says a year means something else. */
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(10);

    private static final int MOST_DOUBLINGS = 20;

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;

    // Mutable state
    private int failures;

    /**
     * @param first pause after a first failure, before jitter
     * @param longest pause after many, before jitter
     */
    public BackOff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /** Something worked: the next pause is a first one again. */
    public void reset() {
        failures = 0;
    }

    /** Something failed: the pause before the next try. */
    public Duration next() {
        long millis =
                Math.min(
                        longest.toMillis(), first.toMillis() << Math.min(failures, MOST_DOUBLINGS));
        failures++;
        return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
    }

    /**
     * The same where the other side has said how long it wants to be left alone.
     *
     * @param asked the least that it gets, and up to a tenth more; empty where it said nothing
     */
    public Duration next(Optional<Duration> asked) {
        Duration own = next();
        if (asked.isEmpty()) {
            return own;
        }
        Duration least = asked.get().compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked.get();
        Duration wanted = least.plusMillis(random.nextLong(least.toMillis() / 10 + 1));
        return wanted.compareTo(own) > 0 ? wanted : own;
    }
}
