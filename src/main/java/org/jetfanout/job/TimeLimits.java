package org.jetfanout.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Knows when a job, or stopping it on its worker, has taken too long. Not thread-safe. */
final class TimeLimits {
    /** How long it may take to end the job; more where the rest of its logs comes meanwhile. */
    private static final Duration LONGEST_END = Duration.ofSeconds(60);

    private static final Duration LONGEST_END_WITH_LOGS = Duration.ofMinutes(5);
    private static final Duration LOGS_PAUSE = Duration.ofSeconds(15);

    private final JobSpec spec;

    // Mutable state
    /** Null while the job waits, and where it may take for ever. */
    private Instant deadline;

    /** Since when the job is to be ended; null while it is not. */
    private Instant endBegun;

    // Mutable state: the connection that ends it; null while there is none
    private Instant asked;
    private Instant endBy;

    TimeLimits(JobSpec spec) {
        this.spec = spec;
    }

    /** The job's time runs, from now on if it did not before. */
    void runs(Instant now) {
        if (deadline == null && !spec.jobTimeout().isZero()) {
            deadline = now.plus(spec.jobTimeout());
        }
    }

    /** The job waits for others: that time does not count. */
    void waits() {
        deadline = null;
    }

    /** Whether the job has taken too long. */
    boolean isOver(Instant now) {
        return deadline != null && !now.isBefore(deadline);
    }

    /** The job is to be ended. */
    void endBegins(Instant now) {
        endBegun = now;
    }

    /** A command that ends the job goes out. */
    void asksForEnd(Instant now) {
        asked = now;
        endBy = now.plus(LONGEST_END);
    }

    /** There is no connection any more on which it could end. */
    void disconnected() {
        asked = null;
        endBy = null;
    }

    /** Some of the logs have come: as long as that goes on the worker is not mute. */
    void logsCome(Instant now) {
        if (endBy != null) {
            Instant more = now.plus(LOGS_PAUSE);
            Instant most = asked.plus(LONGEST_END_WITH_LOGS);
            endBy = endBy.isAfter(more) ? endBy : more;
            endBy = endBy.isAfter(most) ? most : endBy;
        }
    }

    /** How long the worker has not ended the job on this connection; empty while it has time. */
    Optional<Duration> notEnded(Instant now) {
        return endBy == null || now.isBefore(endBy)
                ? Optional.empty()
                : Optional.of(Duration.between(asked, endBy));
    }

    /** Whether ending the job was tried for long enough, whatever connections it took. */
    boolean isEndGivenUp(Instant now) {
        return endBegun != null && !now.isBefore(lastEnd());
    }

    private Instant lastEnd() {
        return endBegun.plus(spec.reconnectTimeout()).plus(LONGEST_END_WITH_LOGS);
    }

    /** When the job, or ending it, will have taken too long; empty where it may take for ever. */
    Optional<Instant> next() {
        if (endBegun == null) {
            return Optional.ofNullable(deadline);
        }
        return Optional.of(endBy != null ? endBy : lastEnd());
    }
}
