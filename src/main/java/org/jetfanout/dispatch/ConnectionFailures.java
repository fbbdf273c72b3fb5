package org.jetfanout.dispatch;

import org.jetfanout.job.Job;
import org.jetfanout.runner.PlainText;

/**
 * Decides what failed connections to a worker mean for the job of a batch: another try, or the end.
 * They never concern other batches. Not thread-safe.
 */
final class ConnectionFailures {
    /**
     * A worker that never accepted a connection is given up after this many tries, which take some
     * ten seconds. If a job may run there, tries go on for all of {@code reconnect_timeout}.
     */
    private static final int FIRST_TRIES = 6;

    private final Job job;
    private final JobConnections link;
    private final boolean mayHaveStarted;

    // Mutable state
    private int tries;
    private String trouble = "";

    /**
     * @param mayHaveStarted whether the job may have been started before the batch was taken up
     */
    ConnectionFailures(Job job, JobConnections link, boolean mayHaveStarted) {
        this.job = job;
        this.link = link;
        this.mayHaveStarted = mayHaveStarted;
    }

    /**
     * A connection failed, or could not be made.
     *
     * @param cancelled whether the job must be ended: then tries end soon
     */
    void failed(Exception cause, boolean cancelled) {
        trouble = PlainText.line(reason(cause));
        WorkerFailure failure = WorkerFailure.of(cause);
        boolean letUsIn = link.wasOpen() || mayHaveStarted || failure == WorkerFailure.LOST;
        boolean patient = letUsIn && !cancelled;
        boolean hopeless = failure == WorkerFailure.FOR_GOOD && !letUsIn;
        tries++;
        if (!patient && (hopeless || tries >= FIRST_TRIES)) {
            job.giveUp(trouble);
        } else if (failure == WorkerFailure.FOR_GOOD || failure == WorkerFailure.FOR_NOW) {
            job.unreached(cause);
        } else {
            job.broken(cause);
        }
    }

    private static String reason(Exception cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Starts to count the tries anew. */
    void countAnew() {
        tries = 0;
    }

    /** The worker has answered, so the last failure does not count any more. */
    void answered() {
        trouble = "";
    }

    /** The last failure; empty if the worker has answered since. */
    String trouble() {
        return trouble;
    }
}
