package org.jetfanout.job;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jetfanout.machine.BackOff;

/**
 * Decides when a broken connection is tried again: how long to wait before the next try, and when
 * the worker counts as lost. Not thread-safe.
 */
final class ReconnectPolicy {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Duration longest;
    private final BackOff backOff;

    // Mutable state
    private Duration pause = Duration.ZERO;

    /** When the outage began; null while there is none. */
    private Instant begun;

    /**
     * @param longest how long a worker may be down before it is lost
     */
    ReconnectPolicy(Duration longest, RandomGenerator random) {
        this.longest = longest;
        this.backOff = new BackOff(FIRST_PAUSE, LONGEST_PAUSE, random);
    }

    /** How long to wait before the next try; zero where none has failed. */
    Duration pause() {
        return pause;
    }

    /** A try has failed. The first failure begins the outage. */
    void fails(Instant now) {
        begun = begun == null ? now : begun;
        pause = backOff.next();
    }

    /** The next try is made at once. An outage continues. */
    void hurry() {
        backOff.reset();
        pause = Duration.ZERO;
    }

    /** The worker answered: the outage ends. */
    void ends() {
        hurry();
        begun = null;
    }

    /** Whether the worker has been down for too long. Only after a failure. */
    boolean isTooLong(Instant now) {
        return !now.isBefore(begun.plus(longest));
    }

    /** How long the outage has lasted. Only after a failure. */
    Duration length(Instant now) {
        return Duration.between(begun, now);
    }
}
