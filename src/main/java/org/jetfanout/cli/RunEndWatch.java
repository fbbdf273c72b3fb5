package org.jetfanout.cli;

import java.time.Duration;
import org.jetfanout.question.AnswerEnd;
import org.jetfanout.record.RunRecord;

/**
 * Finds out whether a run that another process works on has ended. It has ended when it has its
 * final status, or when no process has owned it for a while: a run that is detached has no owner
 * for a moment. Whoever answers somebody at another instance does not wait longer than that answer
 * may take. Not thread-safe.
 */
final class RunEndWatch {
    private static final long ASK_NANOS = Duration.ofSeconds(1).toNanos();

    private final RunRecord record;
    private final long patience;
    private final AnswerEnd answer = AnswerEnd.watch();

    // Mutable state
    private long asked;
    private long owned = System.nanoTime();
    private boolean reached;

    /**
     * @param patience how long the run may be without an owner
     */
    RunEndWatch(RunRecord record, Duration patience) {
        this.record = record;
        this.patience = patience.toNanos();
        this.asked = owned - ASK_NANOS;
    }

    /**
     * Whether the run has ended, so that nothing more will be written. It looks at most once a
     * second, so callers may ask often.
     */
    boolean reached() {
        long now = System.nanoTime();
        reached |= answer.reached();
        if (reached || now - asked < ASK_NANOS) {
            return reached;
        }
        asked = now;
        // asked before the status is read: an owner writes everything before it gives the run up
        if (record.isOwned()) {
            owned = now;
        } else {
            reached = hasStatus() || now - owned >= patience;
        }
        return reached;
    }

    /** Says that nobody works on a run that has not ended. */
    static void sayLeft(String guid) {
        Main.say(
                ("run %s has not ended, and no process works on it. To continue: jet-fanout resume"
                                + " %1$s")
                        .formatted(guid));
    }

    /** Whether the run has its final status. */
    boolean hasStatus() {
        return record.summary().isPresent();
    }
}
