package org.jetfanout.dispatch;

import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jetfanout.job.Job;
import org.jetfanout.job.JobSpec;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.Stream;
import org.jetfanout.ssh.CommandStream;

/**
 * A batch that a thread works on: one exchange with its worker after the other, until its job has
 * ended or somebody wants something else of the thread. One thread works on the batch. Any thread
 * may call {@link #cancel}, {@link #leave}, {@link #endIfOverdue} and {@link #putBackIfIdle}.
 */
public final class Dispatch {
    /** A job that waits on its worker is followed so long even if other batches need the thread. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final BatchMessage message;
    private final Job job;
    private final JobOutput output;
    private final BatchPast past;
    private final BatchEnd end;
    private final InstantSource clock;
    private final JobConnections link;
    private final ConnectionFailures failures;
    private final FollowMode mode = new FollowMode();

    // Mutable state
    private BatchState state = BatchState.QUEUED;
    private String detail = "";

    /** An exchange with the worker has begun, and its end was not seen. */
    private boolean exchanging;

    /** It was decided what the next exchange is. */
    private boolean ready;

    /** Since when the job waits on its worker; null while it does not wait. */
    private volatile Instant waitingSince;

    /**
     * @param packed how the bundle is packed
     * @param runner of the run
     * @param record what it has of the batch's output is not fetched again
     * @param clock for deadlines: one that does not jump
     */
    static Dispatch of(
            BatchMessage message,
            JobSpec.Packed packed,
            Runner runner,
            RunRecord record,
            BatchPast past,
            InstantSource clock)
            throws IOException {
        JobOutput output = JobOutput.of(message, runner, record);
        Job job =
                new Job(
                        message.job(Map.of(), packed),
                        record.fence(),
                        output.stored(Stream.OUTPUT),
                        output.stored(Stream.EVENTS),
                        past.mayHaveStarted(),
                        clock,
                        new SecureRandom());
        return new Dispatch(message, job, output, past, clock);
    }

    private Dispatch(
            BatchMessage message, Job job, JobOutput output, BatchPast past, InstantSource clock) {
        this.message = message;
        this.job = job;
        this.output = output;
        this.past = past;
        this.end = new BatchEnd(message, past, job, output);
        this.clock = clock;
        this.link = new JobConnections(clock);
        this.failures = new ConnectionFailures(job, link, past.mayHaveStarted());
    }

    BatchMessage message() {
        return message;
    }

    Job job() {
        return job;
    }

    /** What the worker has sent. */
    JobOutput output() {
        return output;
    }

    /** What becomes of the batch when the thread has finished with it. */
    BatchEnd end() {
        return end;
    }

    /** Whether the job needs another exchange with its worker. Asked by the dispatch route. */
    public boolean isOpen() {
        return job.open() && !mode.isGoingBack() && !mode.isLeft();
    }

    /**
     * Waits before the next exchange with the worker, the longer the more of them have failed, but
     * no longer once somebody cancels or leaves. Then decides what the next exchange is.
     */
    void pause() {
        if (job.open() && !isPutBack()) {
            mode.pause(job.pause());
        }
        decide();
    }

    /** Decides what the next exchange is, or that there is none. */
    private void decide() {
        boolean cancel = mode.isCancelled();
        if (cancel && job.open()) {
            if (!link.isEnding()) {
                failures.countAnew();
            }
            job.cancel();
        }
        boolean overdue = job.overdue();
        link.next(overdue || cancel || job.isEnding());
        if (past.attachOnly() && job.open() && !job.mayHaveStarted()) {
            job.lost(
                    "the worker does not know the job: the job was not started there, or its"
                            + " folder was removed");
        }
        if (waits()) {
            mode.goBack();
        }
        if (message.payload() != null && job.open() && !job.mayHaveStarted() && !job.isEnding()) {
            message.payload().change().ifPresent(this::payloadChanged);
        }
        ready = true;
    }

    /** No worker could get it any more, so none needs to try. */
    private void payloadChanged(String how) {
        job.giveUp(message.payload().source() + ": " + how);
        end.misconfigured();
    }

    /** Whether {@link #pause} was called since the last exchange began. */
    boolean isReady() {
        return ready;
    }

    /** The next exchange begins; false if the routes did not finish the last one. */
    boolean beginExchange() {
        boolean finished = !exchanging;
        exchanging = true;
        ready = false;
        return finished;
    }

    BatchState state() {
        return state;
    }

    /** Takes a new state, or a new detail of it; false if both were the same before. */
    boolean enter(BatchState next, String why) {
        boolean changed = state != next || !detail.equals(why);
        state = next;
        detail = why;
        return changed;
    }

    /** Whether there was a connection to the worker before. */
    boolean wasConnected() {
        return link.wasOpen();
    }

    /**
     * The stdin of a command that starts the job: the bundle. It is held back until the job's
     * script has proved that it reads the stdin.
     *
     * @param size how many bytes the bundle has; only needed if more comes behind it
     */
    InputStream stdin(InputStream bundle, long size) {
        InputStream payload =
                message.payload() == null
                        ? InputStream.nullInputStream()
                        : new PayloadInput(message.payload(), job);
        return link.stdin(job, bundle, size, payload);
    }

    /** The stdin of a command that attaches to a job with barriers. */
    InputStream stdin() {
        return link.stdin(job);
    }

    /**
     * The frames that come over a connection, whole lines as they arrive.
     *
     * @param heard takes whether the job waits or runs, each time that the worker says so
     * @param idle called when all frames that have come were stored, before the next is waited for
     * @param replaced takes the term of an owner elsewhere that has taken the run over
     */
    Iterator<Frame> frames(
            CommandStream stream,
            Consumer<BatchState> heard,
            Runnable idle,
            LongConsumer replaced) {
        job.connected();
        link.open(stream, job);
        if (mode.isCancelled()) {
            link.breakOff();
        }
        if (mode.isLeft()) {
            link.close();
        }
        return new JobFrames(
                stream,
                job,
                link,
                output,
                new JobFrames.Listener() {
                    @Override
                    public void heard() {
                        noteProgress(heard);
                        job.laterOwner().ifPresent(replaced);
                    }

                    @Override
                    public void idle() {
                        idle.run();
                    }

                    @Override
                    public void ended() {
                        exchanging = false;
                    }

                    @Override
                    public boolean isPutBack() {
                        return Dispatch.this.isPutBack();
                    }
                });
    }

    private void noteProgress(Consumer<BatchState> heard) {
        if (job.waiting()) {
            if (waitingSince == null) {
                waitingSince = clock.instant();
            }
            heard.accept(BatchState.WAITING);
        } else if (job.following()) {
            failures.answered();
            waitingSince = null;
            heard.accept(BatchState.RUNNING);
        }
    }

    /** The exchange failed, because of the worker or on the way to it. */
    void failed(Exception cause) {
        exchanging = false;
        failures.failed(cause, mode.isCancelled());
    }

    /** The last failure; empty if the worker has answered since. */
    String trouble() {
        return failures.trouble();
    }

    /** Nothing more is read from the connection. It must not stay open beside the next one. */
    void disconnected() {
        link.end();
    }

    /** Ends the job on its worker. */
    void cancel() {
        mode.cancel();
        link.breakOff();
    }

    /** Stops to follow the job, whatever it does. */
    void leave() {
        mode.leave();
        link.close();
    }

    /**
     * Whether nobody wants the exchange that is being prepared any more: the job is left, or it is
     * to be ended and the exchange does something else.
     */
    boolean isUnwanted() {
        return mode.isLeft() || (mode.isCancelled() && !link.isEnding());
    }

    /** Whether the job was left before its end. */
    boolean isLeft() {
        return mode.isLeft() && job.open();
    }

    /** Wakes the thread if the job has taken too long, or if its worker sends nothing. */
    void endIfOverdue() {
        link.closeIfOverdue();
    }

    /**
     * Stops to follow a job that only waits on its worker. The job does not need us for that, and
     * the thread can work on another batch.
     *
     * @return false if the thread keeps the batch
     */
    boolean putBackIfIdle() {
        Instant since = waitingSince;
        boolean idle = since != null && !clock.instant().isBefore(since.plus(PATIENCE));
        return (idle || isHeld()) && putBack();
    }

    /** Stops to follow a job that waits. False if the thread keeps the batch. */
    boolean putBack() {
        if (!mode.putBack()) {
            return false;
        }
        link.breakOff();
        return true;
    }

    /** Whether its runner waits for a play. */
    boolean isHeld() {
        return job.open() && (job.atBarrier().isPresent() || job.runnerEnded().isPresent());
    }

    /** It was decided what the job does that waited for a play: its time counts again. */
    void goesOn() {
        link.noteDeadline(job);
    }

    private boolean waits() {
        return job.open() && (job.waiting() || isHeld());
    }

    /** Whether the batch goes back to the queue because its job waits on its worker. */
    private boolean isPutBack() {
        return mode.isPutBack() && waits();
    }

    /**
     * Whether the batch goes back to the queue. For the end of the loop: a batch that was cancelled
     * meanwhile goes back too, and whoever takes it up next ends its job.
     */
    boolean goesBack() {
        return mode.isPutBack() && job.open();
    }
}
