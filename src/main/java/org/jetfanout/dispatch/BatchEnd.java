package org.jetfanout.dispatch;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jetfanout.job.Job;
import org.jetfanout.job.JobEnd;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.RunnerReader;

/**
 * What becomes of a batch when its thread has finished with it: a result, or another worker. Holds
 * what went wrong besides the job. One thread works with it. Any thread may call {@link #settle},
 * {@link #isSettled} and {@link #agentTrouble}.
 */
final class BatchEnd {
    private final BatchMessage message;
    private final BatchPast past;
    private final Job job;
    private final JobOutput output;

    // Mutable state
    private final AtomicBoolean settled = new AtomicBoolean();
    private boolean misconfigured;

    /** What the routes did not store of the output; empty if they stored all of it. */
    private String unstored = "";

    /** Why the agent guard signed nothing for the worker; empty if it did. */
    private volatile String agentTrouble = "";

    BatchEnd(BatchMessage message, BatchPast past, Job job, JobOutput output) {
        this.message = message;
        this.past = past;
        this.job = job;
        this.output = output;
    }

    /** The agent guard reports why nobody can log in to hosts. */
    void agentTrouble(String reason) {
        agentTrouble = reason;
    }

    /** The routes did not do what they must. */
    void misconfigured() {
        misconfigured = true;
    }

    /** The routes did not store all output that they were given. The worker still has it. */
    void unstored(String why) {
        unstored = why;
        misconfigured = true;
    }

    /** Claims the right to decide what becomes of the batch; false if somebody else has it. */
    boolean settle() {
        return settled.compareAndSet(false, true);
    }

    boolean isSettled() {
        return settled.get();
    }

    /** Whether the result says that every byte of the output is stored. */
    boolean isComplete() {
        return job.end().complete() && !misconfigured;
    }

    /**
     * Whether another worker may take the batch: its job certainly was not started, or workers.yml
     * allows it anyway.
     */
    boolean mayMove() {
        if (past.attachOnly() || misconfigured) {
            return false;
        }
        JobEnd end = job.end();
        boolean failed = end.state() == JobEnd.State.LOST || end.state() == JobEnd.State.REFUSED;
        return failed && (!end.mayHaveStarted() || message.reassign());
    }

    /** The result of the batch. */
    BatchResult result() {
        output.reader()
                .withoutAgent(
                        at -> job.absences().stream().anyMatch(absence -> absence.covers(at)));
        return unstored.isEmpty() ? resultOfJob() : resultUnstored();
    }

    private BatchResult resultOfJob() {
        JobEnd end = job.end();
        RunnerReader reader = output.reader();
        reader.agentTrouble(agentTrouble);
        boolean rejected = end.state() == JobEnd.State.ENDED && reader.refused(end.exitCode());
        return result(
                rejected ? BatchState.REJECTED : BatchState.valueOf(end.state().name()),
                end.complete(),
                reader.results(end.exitCode(), withWorker(end.reason())),
                end.reason(),
                job.mayBeThere());
    }

    private BatchResult resultUnstored() {
        return result(
                BatchState.LOST,
                false,
                output.reader().results(OptionalInt.empty(), withWorker(unstored)),
                unstored,
                true);
    }

    private BatchResult result(
            BatchState state,
            boolean complete,
            List<HostResult> hosts,
            String reason,
            boolean resumable) {
        return new BatchResult(
                message.batch().id(),
                worker(),
                state,
                job.end().exitCode(),
                complete,
                hosts,
                past.started(),
                Instant.now(),
                reason,
                resumable,
                misconfigured);
    }

    /** Adds the worker's name for people. Reasons of connections have it already. */
    private String withWorker(String reason) {
        return reason.isEmpty() || reason.startsWith("worker ")
                ? reason
                : "worker " + worker() + ": " + reason;
    }

    private String worker() {
        return message.batch().worker().name();
    }
}
