package org.jetfanout.dispatch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jetfanout.job.Cksum;
import org.jetfanout.job.Job;
import org.jetfanout.job.JobEnd;
import org.jetfanout.job.JobSpec;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.PlainText;
import org.jetfanout.runner.RunnerReader;
import org.jetfanout.runner.Stream;
import org.jetfanout.runner.Tally;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.ssh.Chunk;
import org.jetfanout.ssh.CommandStream;

/**
 * A batch that a thread works on: its job, its connection, and what its runner has said so far. One
 * thread works on the batch. Any thread may call {@link #cancel}, {@link #leave}, {@link
 * #endIfOverdue}, {@link #putBackIfIdle} and {@link #counts}.
 */
public final class Dispatch {
    private static final int REPLAY_BYTES = 1 << 16;

    /**
     * A worker that never answered is given up after so many tries, some ten seconds: it was not
     * there to begin with.
     */
    private static final int FIRST_TRIES = 6;

    /** How long a job that waits on its worker is followed where other batches want the thread. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final BatchMessage message;
    private final Job job;
    private final RunnerReader reader;
    private final long outputFrom;
    private final long eventsFrom;
    private final Past past;
    private final InstantSource clock;
    private final JobConnections link;
    private final FollowMode mode = new FollowMode();

    // Mutable state
    private BatchState state = BatchState.QUEUED;
    private String detail = "";
    private int tries;
    private String trouble = "";
    private boolean misconfigured;

    /** What the routes did not store of what they were given; empty where they did. */
    private String unstored = "";

    /** An exchange with the worker has begun, and nobody has seen its end. */
    private boolean exchanging;

    /** The next exchange is decided on. */
    private boolean ready;

    /** Places in the record up to which frames were handed to the routes. */
    private final Map<Stream, Long> handed = new EnumMap<>(Stream.class);

    /** Since when the job waits on its worker; null while it does not. */
    private volatile Instant waitingSince;

    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile Counts counts;

    /** Why the worker got nothing signed, as the guard of the agent knows; empty if it did. */
    private volatile String agentTrouble = "";

    /**
     * What happened to a batch before it was taken up now.
     *
     * @param started when it was taken up first
     * @param mayHaveStarted whether its job may have been started
     * @param attachOnly whether its bundle is gone: its job can be found, and not be started
     */
    record Past(Instant started, boolean mayHaveStarted, boolean attachOnly) {
        /** Of a batch that nobody has taken up. */
        static Past none() {
            return new Past(Instant.now(), false, false);
        }
    }

    /**
     * @param packed how the bundle goes to the worker
     * @param record what it has of the batch's output already is not fetched again
     * @param clock for deadlines: one that does not jump
     */
    static Dispatch of(
            BatchMessage message,
            JobSpec.Packed packed,
            RunRecord record,
            Past past,
            InstantSource clock)
            throws IOException {
        Batch batch = message.batch();
        RunnerReader reader =
                Runners.chosen().reader(batch.hosts(), message.tagged(), message.names());
        // less than that where the record was cut after the batch had moved
        long outputFrom = Math.min(message.outputFrom(), record.stored(batch.id(), Stream.OUTPUT));
        long eventsFrom = Math.min(message.eventsFrom(), record.stored(batch.id(), Stream.EVENTS));
        Cksum output =
                replay(
                        record.outputFile(batch.id(), Stream.OUTPUT),
                        outputFrom,
                        Stream.OUTPUT,
                        reader);
        Cksum events =
                replay(
                        record.outputFile(batch.id(), Stream.EVENTS),
                        eventsFrom,
                        Stream.EVENTS,
                        reader);
        Job job =
                new Job(
                        message.job(Map.of(), packed),
                        output,
                        events,
                        past.mayHaveStarted(),
                        clock,
                        new SecureRandom());
        return new Dispatch(message, job, reader, outputFrom, eventsFrom, past, clock);
    }

    private static Cksum replay(Path file, long from, Stream stream, RunnerReader reader)
            throws IOException {
        Cksum sum = new Cksum();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                in.skipNBytes(from);
                byte[] bytes = in.readNBytes(REPLAY_BYTES);
                while (bytes.length > 0) {
                    sum.add(bytes);
                    reader.read(stream, bytes);
                    bytes = in.readNBytes(REPLAY_BYTES);
                }
            }
        }
        return sum;
    }

    private Dispatch(
            BatchMessage message,
            Job job,
            RunnerReader reader,
            long outputFrom,
            long eventsFrom,
            Past past,
            InstantSource clock) {
        this.message = message;
        this.job = job;
        this.reader = reader;
        this.outputFrom = outputFrom;
        this.eventsFrom = eventsFrom;
        this.past = past;
        this.clock = clock;
        this.link = new JobConnections(clock);
        counts = count();
    }

    /** Whether the job needs another exchange with its worker. Asked by the dispatch route. */
    public boolean isOpen() {
        return job.open() && !mode.isGoingBack() && !mode.isLeft();
    }

    /**
     * Waits before the next exchange with the worker, the longer the more of them have failed; no
     * longer once somebody cancels or leaves. Then what is wanted decides what the next one is.
     */
    void pause() {
        if (job.open() && !isPutBack()) {
            mode.pause(job.pause());
        }
        decide();
    }

    /** Decides on the next exchange: what it is, or that there is none. */
    private void decide() {
        boolean cancel = mode.isCancelled();
        if (cancel && job.open()) {
            tries = link.isEnding() ? tries : 0;
            job.cancel();
        }
        boolean overdue = job.overdue();
        link.next(overdue || cancel || job.isEnding());
        if (past.attachOnly() && job.open() && !job.mayHaveStarted()) {
            job.lost(
                    "the worker does not know the job: the job was not started there, or its"
                            + " folder was removed");
        }
        if (job.open() && job.waiting()) {
            mode.goBack();
        }
        ready = true;
    }

    /** Whether it was decided on since the last exchange began. */
    boolean isReady() {
        return ready;
    }

    BatchMessage message() {
        return message;
    }

    Job job() {
        return job;
    }

    BatchState state() {
        return state;
    }

    /** Notes a new state, or another detail of it; false where both were so already. */
    boolean enter(BatchState next, String why) {
        boolean changed = state != next || !detail.equals(why);
        state = next;
        detail = why;
        return changed;
    }

    /**
     * The next exchange with the worker begins; false where the routes did not end the last one.
     */
    boolean beginExchange() {
        boolean ended = !exchanging;
        exchanging = true;
        ready = false;
        return ended;
    }

    /** Whether it was connected before. */
    boolean wasConnected() {
        return link.wasOpen();
    }

    /**
     * The frames that come by a connection, whole lines as they arrive.
     *
     * @param said takes what the job does, as the worker says: waits or runs
     */
    Iterator<Frame> frames(CommandStream stream, Consumer<BatchState> said) {
        link.open(stream, job);
        if (mode.isCancelled()) {
            link.breakOff();
        }
        if (mode.isLeft()) {
            link.close();
        }
        return new Frames(stream, said);
    }

    /**
     * The bundle as the command's stdin: held back until the job's script has proved that it is
     * what reads it.
     */
    InputStream bundle(InputStream whole) {
        return link.bundle(whole);
    }

    /** Takes what the runner says into account. */
    void read(Frame frame) {
        reader.read(frame.stream(), frame.bytes());
        counts = count();
    }

    /** The guard of the user's agent says why hosts cannot be logged in to. */
    void agentTrouble(String reason) {
        agentTrouble = reason;
    }

    /** Of the batch's hosts, by what the runner has said so far. */
    Counts counts() {
        return counts;
    }

    private Counts count() {
        Tally tally = reader.tally();
        return new Counts(
                tally.hosts(),
                tally.ok(),
                tally.changed(),
                tally.failed(),
                tally.unreachable(),
                tally.unfinished());
    }

    /** Ends the job on its worker. */
    void cancel() {
        mode.cancel();
        link.breakOff();
    }

    /** Follows the job no more, whatever it does. */
    void leave() {
        mode.leave();
        link.close();
    }

    /** Whether the job was left before its end. */
    boolean isLeft() {
        return mode.isLeft() && job.open();
    }

    /**
     * Wakes the thread that follows a job which has taken too long, or a worker that says nothing.
     */
    void endIfOverdue() {
        link.closeIfOverdue();
    }

    /**
     * Gives up following a job that only waits on its worker: it needs nobody for that, and the
     * thread can work on another batch. False where it goes on.
     */
    boolean putBackIfIdle() {
        Instant since = waitingSince;
        if (since == null || clock.instant().isBefore(since.plus(PATIENCE)) || !mode.putBack()) {
            return false;
        }
        link.breakOff();
        return true;
    }

    /** Whether the batch is to go back to the queue, since its job waits on its worker. */
    private boolean isPutBack() {
        return job.open() && job.waiting() && mode.isPutBack();
    }

    /**
     * The same at the end of the loop: one that was cancelled in between goes back, too, and
     * whoever takes it up next ends its job.
     */
    boolean goesBack() {
        return mode.isPutBack() && job.open();
    }

    /**
     * Something went wrong with the worker or on the way to it; whatever it is, it concerns this
     * batch alone. A job that may run there is worth all of {@code reconnect_timeout}: what let us
     * in before may do so again. But to end a job is not.
     */
    void failed(Exception cause) {
        exchanging = false;
        trouble = PlainText.line(reason(cause));
        WorkerFailure failure = WorkerFailure.of(cause);
        boolean letUsIn = link.wasOpen() || past.mayHaveStarted() || failure == WorkerFailure.LOST;
        boolean patient = letUsIn && !mode.isCancelled();
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

    /** What went wrong the last time; empty where nothing has, since the worker answered. */
    String trouble() {
        return trouble;
    }

    /** The routes did not do with it what they must. */
    void misconfigured() {
        misconfigured = true;
    }

    /** Up to which place in the record frames were handed to the routes. */
    long handed(Stream stream) {
        return handed.getOrDefault(stream, 0L);
    }

    /** Whether the result says that every byte is stored. */
    boolean isComplete() {
        return job.end().complete() && !misconfigured;
    }

    /** The routes did not store all that they were given: the worker has it still. */
    void unstored(String why) {
        unstored = why;
        misconfigured = true;
    }

    /** Says once that what becomes of the batch now is known; false to who comes too late. */
    boolean settle() {
        return settled.compareAndSet(false, true);
    }

    boolean isSettled() {
        return settled.get();
    }

    /** Whether another worker may take the batch: certainly not started, or wanted even so. */
    boolean mayMove() {
        JobEnd end = job.end();
        if (past.attachOnly() || misconfigured) {
            return false;
        }
        boolean gone = end.state() == JobEnd.State.LOST || end.state() == JobEnd.State.REFUSED;
        return gone && (!end.mayHaveStarted() || message.reassign());
    }

    /** Nothing more is read from the connection: it must not stay open beside the next one. */
    void disconnected() {
        link.end();
    }

    BatchResult result() {
        JobEnd end = job.end();
        String worker = message.batch().worker().name();
        // reasons of connections name the worker themselves
        String named = end.reason().startsWith("worker ") ? "" : "worker " + worker + ": ";
        String ending = end.reason().isEmpty() ? "" : named + end.reason();
        reader.withoutAgent(at -> job.absences().stream().anyMatch(absence -> absence.covers(at)));
        boolean rejected = end.state() == JobEnd.State.ENDED && reader.refused(end.exitCode());
        if (!unstored.isEmpty()) {
            return new BatchResult(
                    message.batch().id(),
                    worker,
                    BatchState.LOST,
                    end.exitCode(),
                    false,
                    reader.results(OptionalInt.empty(), "worker " + worker + ": " + unstored),
                    past.started(),
                    Instant.now(),
                    unstored,
                    true,
                    misconfigured);
        }
        reader.agentTrouble(agentTrouble);
        return new BatchResult(
                message.batch().id(),
                worker,
                rejected ? BatchState.REJECTED : BatchState.valueOf(end.state().name()),
                end.exitCode(),
                end.complete(),
                reader.results(end.exitCode(), ending),
                past.started(),
                Instant.now(),
                end.reason(),
                job.mayBeThere(),
                misconfigured);
    }

    private final class Frames implements Iterator<Frame> {
        private final CommandStream stream;
        private final Consumer<BatchState> said;

        // Mutable state
        private final Deque<Frame> ready = new ArrayDeque<>();
        private boolean ended;

        Frames(CommandStream stream, Consumer<BatchState> said) {
            this.stream = stream;
            this.said = said;
        }

        /**
         * Does not wait: Camel's Splitter asks for the one after next before it passes on what it
         * has, so a line would be held back until the runner says another one.
         */
        @Override
        public boolean hasNext() {
            return !ready.isEmpty() || !ended;
        }

        private void read() {
            while (ready.isEmpty() && !ended) {
                if (stream.hasNext()) {
                    Chunk chunk = stream.next();
                    addAll(job.read(chunk.stderr(), chunk.bytes()));
                    note();
                    // a busy stream comes in chunks as large as frames, a quiet one must not wait
                    addAll(job.flush());
                    if (job.over()) {
                        exchanging = false;
                        // whoever else holds the connection, or goes on: nothing more is read
                        stream.close();
                        ended = true;
                    } else if (job.takesBundle()) {
                        link.letBundleGo();
                    }
                } else {
                    ended = true;
                    exchanging = false;
                    addAll(close());
                }
            }
        }

        /** What the worker has said of its job. */
        private void note() {
            link.note(job);
            if (job.waiting()) {
                if (waitingSince == null) {
                    waitingSince = clock.instant();
                }
                said.accept(BatchState.WAITING);
            } else if (job.following()) {
                trouble = "";
                waitingSince = null;
                said.accept(BatchState.RUNNING);
            }
        }

        /** To their place in the record, which may have output of other workers before. */
        private void addAll(List<Frame> frames) {
            for (Frame frame : frames) {
                long from = frame.stream() == Stream.OUTPUT ? outputFrom : eventsFrom;
                handed.put(frame.stream(), from + frame.offset() + frame.bytes().length);
                ready.add(
                        from == 0
                                ? frame
                                : new Frame(
                                        frame.guid(),
                                        frame.batch(),
                                        frame.worker(),
                                        frame.stream(),
                                        from + frame.offset(),
                                        frame.bytes(),
                                        frame.time()));
            }
        }

        private List<Frame> close() {
            if (isPutBack()) {
                return List.of();
            }
            if (link.hasExpired()) {
                List<Frame> last = job.flush();
                job.expired();
                return last;
            }
            Optional<? extends Exception> loss = stream.loss();
            if (loss.isPresent()) {
                job.broken(loss.get());
                return List.of();
            }
            return job.closed(stream.exitStatus());
        }

        /** Null where the end has come since; the Splitter takes that for the end. */
        @Override
        public Frame next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            read();
            return ready.poll();
        }
    }
}
