package org.jetfanout.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Knows when a job, or stopping it on its worker, has taken too long. Thread-safe. */
final class TimeLimits {
    /**
     * How long it may take to end the job. It may take longer while the rest of its logs arrives.
     */
    private static final Duration LONGEST_END = Duration.ofSeconds(60);

    private static final Duration LONGEST_END_WITH_LOGS = Duration.ofMinutes(5);
    private static final Duration LOGS_PAUSE = Duration.ofSeconds(15);

    private final JobSpec spec;

    // Mutable state, guarded by this
    /** What is left of the job's time when it runs again. */
    private Duration left;

    /** Null while the job waits, and if it has no time limit. */
    private Instant deadline;

    /** When the job was first to be ended; null while it is not. */
    private Instant endBegun;

    // Mutable state, guarded by this: the command that ends the job on this connection; null while
    // there is none
    private Instant asked;
    private Instant endBy;

    TimeLimits(JobSpec spec) {
        this.spec = spec;
        this.left = spec.jobTimeout();
    }

    /** Starts the job's time, unless it runs already. */
    synchronized void runs(Instant now) {
        if (deadline == null && !spec.jobTimeout().isZero()) {
            deadline = now.plus(left);
        }
    }

    /** The job waits for its turn. Its time has not begun. */
    synchronized void waits() {
        deadline = null;
    }

    /** The job waits between two plays: its time stands still. */
    synchronized void pauses(Instant now) {
        if (deadline != null) {
            left = Duration.between(now, deadline);
            deadline = null;
        }
    }

    /** Whether the job has taken too long. */
    synchronized boolean isOver(Instant now) {
        return deadline != null && !now.isBefore(deadline);
    }

    /** The job is to be ended. */
    synchronized void endBegins(Instant now) {
        endBegun = now;
    }

    /** A command that ends the job is sent. */
    synchronized void asksForEnd(Instant now) {
        asked = now;
        endBy = now.plus(LONGEST_END);
    }

    /** The connection on which the job was being ended is gone. */
    synchronized void disconnected() {
        asked = null;
        endBy = null;
    }

    /** Some of the logs have arrived. As long as they do, the worker is not mute. */
    synchronized void logsCome(Instant now) {
        if (endBy != null) {
            Instant more = now.plus(LOGS_PAUSE);
            Instant most = asked.plus(LONGEST_END_WITH_LOGS);
            endBy = endBy.isAfter(more) ? endBy : more;
            endBy = endBy.isAfter(most) ? most : endBy;
        }
    }

    /**
     * How long the worker has failed to end the job on this connection; empty while it still has
     * time.
     */
    synchronized Optional<Duration> notEnded(Instant now) {
        return endBy == null || now.isBefore(endBy)
                ? Optional.empty()
                : Optional.of(Duration.between(asked, endBy));
    }

    /** Whether the attempts to end the job, on all connections, have taken too long. */
    synchronized boolean isEndGivenUp(Instant now) {
        return endBegun != null && !now.isBefore(lastEnd());
    }

    private Instant lastEnd() {
        return endBegun.plus(spec.reconnectTimeout()).plus(LONGEST_END_WITH_LOGS);
    }

    /** The next time at which a limit is reached; empty if there is none. */
    synchronized Optional<Instant> next() {
        if (endBegun == null) {
            return Optional.ofNullable(deadline);
        }
        return Optional.of(endBy != null ? endBy : lastEnd());
    }
}
