package org.jetfanout.sink;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to leave a sink alone that did not take something: twice as long each time up to a
 * limit, less up to a half by chance. Not thread-safe.
 */
final class BackOff {
    /** What an answer may ask for: an aggregator that says a year means something else. */
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(10);

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;

    // Mutable state
    private int tries;

    BackOff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /** How often it was asked since the last {@link #reset}. */
    int tries() {
        return tries;
    }

    /** It took something. */
    void reset() {
        tries = 0;
    }

    /**
     * The next pause.
     *
     * @param asked for by the sink: the least that it gets, and up to a tenth more
     */
    Duration next(Optional<Duration> asked) {
        long millis = Math.min(longest.toMillis(), first.toMillis() << Math.min(tries, 20));
        tries++;
        Duration own = Duration.ofMillis(millis - (long) (random.nextDouble() * millis / 2));
        if (asked.isEmpty()) {
            return own;
        }
        Duration least = asked.get().compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked.get();
        long more = (long) (random.nextDouble() * least.toMillis() / 10);
        Duration wanted = least.plusMillis(more);
        return wanted.compareTo(own) > 0 ? wanted : own;
    }
}
