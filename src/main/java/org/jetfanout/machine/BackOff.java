package org.jetfanout.machine;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with jitter: the pauses between tries of something that fails. Each pause is
 * twice as long as the one before, up to a limit. Up to half of it is taken away at random, so that
 * many clients do not retry at the same moment. Not thread-safe.
 */
public final class BackOff {
    /** The longest pause that the other side can ask for. A longer one is an error. */
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(10);

    private static final int MOST_DOUBLINGS = 20;

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;

    // Mutable state
    private int failures;

    /**
     * @param first the pause after a first failure, before jitter
     * @param longest the limit for the pause, before jitter
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

    /** Something failed. Returns the pause before the next try. */
    public Duration next() {
        long millis =
                Math.min(
                        longest.toMillis(), first.toMillis() << Math.min(failures, MOST_DOUBLINGS));
        failures++;
        return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
    }

    /**
     * Something failed. Returns the pause before the next try.
     *
     * @param asked how long the other side asks to wait; the pause is at least that and up to a
     *     tenth longer. Empty where it did not ask
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
