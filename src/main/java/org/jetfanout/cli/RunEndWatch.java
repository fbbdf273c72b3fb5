package org.jetfanout.cli;

import java.time.Duration;
import org.jetfanout.record.RunRecord;

/**
 * Whether a run that another process works on has come to its end: it has its final status, or
 * nobody has worked on it for a while (one that is detached has no owner for a moment). Not
 * thread-safe.
 */
final class RunEndWatch {
    private static final long ASK_NANOS = Duration.ofSeconds(1).toNanos();

    private final RunRecord record;
    private final long patience;

    // Mutable state
    private long asked;
    private long owned = System.nanoTime();
    private boolean reached;

    /**
     * @param patience how long nobody may work on it
     */
    RunEndWatch(RunRecord record, Duration patience) {
        this.record = record;
        this.patience = patience.toNanos();
        this.asked = owned - ASK_NANOS;
    }

    /** Whether nothing is to come any more. Looks at most once a second, so ask often. */
    boolean reached() {
        long now = System.nanoTime();
        if (reached || now - asked < ASK_NANOS) {
            return reached;
        }
        asked = now;
        // asked for first: who gives it up has written all
        if (record.isOwned()) {
            owned = now;
        } else {
            reached = hasStatus() || now - owned >= patience;
        }
        return reached;
    }

    /** Whether it came to its end in order. */
    boolean hasStatus() {
        return record.summary().isPresent();
    }
}
