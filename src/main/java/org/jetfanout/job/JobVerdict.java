package org.jetfanout.job;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * Decides how a job has ended, and keeps the decision. The first decision stands. Not thread-safe.
 */
final class JobVerdict {
    private final JobSpec spec;
    private final JobProgress progress;

    // Mutable state
    /** Null while the job has not ended. */
    private JobEnd end;

    /** How the job ends if its worker says no more. ENDED: nobody has asked to end it. */
    private JobEnd.State wanted = JobEnd.State.ENDED;

    /** The worker has nothing of the job that could be followed. */
    private boolean gone;

    /**
     * @param progress what is known of the job when it ends
     */
    JobVerdict(JobSpec spec, JobProgress progress) {
        this.spec = spec;
        this.progress = progress;
    }

    /** Whether the job has not ended. */
    boolean isOpen() {
        return end == null;
    }

    /** How the job ended. Only after its end. */
    JobEnd end() {
        if (end == null) {
            throw new IllegalStateException("the job has not ended");
        }
        return end;
    }

    /** Whether the job must be ended on its worker. */
    boolean isEnding() {
        return wanted != JobEnd.State.ENDED;
    }

    /** Whether the job was given up, and its worker may still have it. Only after its end. */
    boolean mayBeThere() {
        return end().state() == JobEnd.State.LOST && progress.mayHaveStarted() && !gone;
    }

    /**
     * Requests that the job ends. A job that certainly was not started has ended with that.
     *
     * @param as CANCELLED or TIMED_OUT
     * @return false if it has ended, or somebody has requested it before
     */
    boolean requestEnd(JobEnd.State as) {
        if (!isOpen() || isEnding()) {
            return false;
        }
        wanted = as;
        progress.commandMayHaveWorked();
        if (!progress.mayHaveStarted()) {
            // the runner was never called, so nothing can be missing
            decide(as, OptionalInt.empty(), true, neverStarted());
        }
        return true;
    }

    private String neverStarted() {
        return wanted == JobEnd.State.CANCELLED
                ? "cancelled before the job started"
                : "the job did not start within its deadline of " + seconds(spec.jobTimeout());
    }

    /** The worker reports the end, and all of the logs are here. */
    void whole(EndReport report) {
        if (report.exitCode().isEmpty() && !isEnding()) {
            gone(
                    "the process of the job is gone and left no exit code: it was killed, the"
                            + " worker restarted, or the worker's disk became read-only");
            return;
        }
        String reason =
                switch (wanted) {
                    case CANCELLED -> "cancelled";
                    case TIMED_OUT ->
                            "ended by jet-fanout after its deadline of "
                                    + seconds(spec.jobTimeout());
                    default -> "";
                };
        decide(wanted, report.exitCode(), true, reason);
    }

    /** The worker reports the end, and some of the logs are not here. */
    void incomplete(EndReport report, String reason) {
        decide(isEnding() ? wanted : JobEnd.State.INCOMPLETE, report.exitCode(), false, reason);
    }

    /** The worker does not take the job. */
    void refused(String reason) {
        decide(JobEnd.State.REFUSED, reason);
    }

    /** The worker is not there, or does not do what it must. */
    void lost(String reason) {
        decide(JobEnd.State.LOST, reason);
    }

    /** Nothing is left of the job on its worker. */
    void gone(String reason) {
        gone |= isOpen();
        lost(reason);
    }

    /** Another owner has taken the run over, and follows the job. */
    void replaced(String reason) {
        decide(JobEnd.State.REPLACED, reason);
    }

    /** Nobody tries again: the job is lost if it may have started, and else refused. */
    void giveUp(String reason) {
        decide(progress.mayHaveStarted() ? JobEnd.State.LOST : JobEnd.State.REFUSED, reason);
    }

    private void decide(JobEnd.State state, String reason) {
        decide(state, OptionalInt.empty(), false, reason);
    }

    private void decide(JobEnd.State state, OptionalInt exitCode, boolean complete, String reason) {
        if (end == null) {
            end = new JobEnd(state, exitCode, progress.mayHaveStarted(), complete, reason);
        }
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }
}
