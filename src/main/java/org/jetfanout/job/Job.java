package org.jetfanout.job;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jetfanout.SteadyTime;
import org.jetfanout.log.Frame;
import org.jetfanout.log.Stream;
import org.jetfanout.runner.PlainText;

/**
 * The job of one batch as the control machine sees it: says which command the worker gets next,
 * reads what it answers, and knows when and how the job has ended. Does no input or output itself:
 *
 * <pre>
 * while (job.open()) {
 *     wait(job.pause());
 *     String command = job.command();
 *     try {
 *         // connect; run the command; the bundle to its stdin if job.wantsBundle()
 *         // each stretch of bytes:  store(job.read(stderr, bytes)); each 200 ms: store(job.flush())
 *         // each second:            if (job.overdue()) close the channel and go round
 *         // the channel's end:      store(job.closed(exitStatus))
 *     } catch (never connected) { job.unreached(e); }
 *     catch (lost)              { job.broken(e); }
 * }
 * job.end()
 * </pre>
 *
 * Every byte of the logs leaves it once and in order, whatever breaks in between; so what it gives
 * must be stored. Not thread-safe; memory is bounded whatever the worker says.
 */
public final class Job {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** A connection that held this long, or brought anything, ends an outage. */
    private static final Duration GOOD_CONNECTION = Duration.ofSeconds(10);

    /** The first line of a job that was started without an agent relay. */
    private static final String STARTED_ALONE = "started alone";

    /** A worker that sends its logs by the drop is told off at last. */
    private static final int MOST_FETCHES = 20;

    private final JobSpec spec;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final LogTail output;
    private final LogTail events;

    // Mutable state
    private JobEnd end;

    /** What the job will have come to; other than ENDED: it must be ended on its worker. */
    private JobEnd.State ending = JobEnd.State.ENDED;

    private boolean mayHaveStarted;
    private boolean started;

    /** The worker has said that there is nothing left of it that could be followed. */
    private boolean gone;

    private boolean unpackedBadly;
    private int fetchedAgain;
    private long fetchedAgainAt = -1;
    private Instant deadline;
    private boolean waiting;
    private String warning = "";
    private List<Absence> absences = List.of();

    // Mutable state: the outage
    private Instant outage;
    private int attempts;

    // Mutable state: the connection
    private Verb verb = Verb.START;

    /** A start command may be on its way. */
    private boolean starting;

    private Answer stdout;
    private Answer stderr;
    private Instant connected;
    private long before;

    private enum Verb {
        START,
        ATTACH,
        CANCEL
    }

    /**
     * @param spec what the job is
     * @param storedOutput bytes of its text that are stored already
     * @param storedEvents bytes of its events that are stored already
     * @param mayHaveStarted false only where it is certain that no start command went out before
     */
    public Job(JobSpec spec, long storedOutput, long storedEvents, boolean mayHaveStarted) {
        this(
                spec,
                new LogTail(storedOutput),
                new LogTail(storedEvents),
                mayHaveStarted,
                new SteadyTime(),
                new SecureRandom());
    }

    /**
     * With which what was stored before can be checked against the worker's digest, too.
     *
     * @param storedOutput of the text that is stored already
     * @param storedEvents of the events that are stored already
     * @param clock for deadlines: one that does not jump
     */
    public Job(
            JobSpec spec,
            Cksum storedOutput,
            Cksum storedEvents,
            boolean mayHaveStarted,
            InstantSource clock,
            RandomGenerator random) {
        this(
                spec,
                new LogTail(storedOutput),
                new LogTail(storedEvents),
                mayHaveStarted,
                clock,
                random);
    }

    private Job(
            JobSpec spec,
            LogTail output,
            LogTail events,
            boolean mayHaveStarted,
            InstantSource clock,
            RandomGenerator random) {
        this.spec = spec;
        this.output = output;
        this.events = events;
        this.started = output.offset() + events.offset() > 0;
        this.mayHaveStarted = mayHaveStarted || started;
        this.clock = clock;
        this.random = random;
    }

    /** Whether the worker has said that the job was started. */
    public boolean started() {
        return started;
    }

    /** Whether it is not certain that the job was never started. */
    public boolean mayHaveStarted() {
        return mayHaveStarted;
    }

    /**
     * Whether the job was given up while its worker may still have it, running or ended: whoever
     * attaches to it later finds the rest. Only when it is not open any more.
     */
    public boolean mayBeThere() {
        return end().state() == JobEnd.State.LOST && mayHaveStarted && !gone;
    }

    /**
     * Whether the job waits on its worker until others there have ended, as the worker said last.
     */
    public boolean waiting() {
        return waiting;
    }

    /** Whether the worker has said on this connection that the job runs or ran. */
    public boolean following() {
        return stderr != null && isBegun(stderr.header().orElse(""));
    }

    /** When the job will have taken too long, as far as is known now; empty while it waits. */
    public Optional<Instant> deadline() {
        return Optional.ofNullable(deadline);
    }

    /** Whether there is something left to do. */
    public boolean open() {
        return end == null;
    }

    /** How it ended. Only when it is not open any more. */
    public JobEnd end() {
        if (end == null) {
            throw new IllegalStateException("the job has not ended");
        }
        return end;
    }

    /** What people should know although the job goes well; empty where there is nothing. */
    public String warning() {
        return warning;
    }

    /** The spells in which the runner had no agent and did not wait for it, as the worker says. */
    public List<Absence> absences() {
        return absences;
    }

    /**
     * How long to wait before the next command: longer with each failure, never the same for all.
     */
    public Duration pause() {
        if (attempts == 0) {
            return Duration.ZERO;
        }
        long most =
                Math.min(
                        LONGEST_PAUSE.toMillis(),
                        FIRST_PAUSE.toMillis() << Math.min(attempts - 1, 16));
        return Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1));
    }

    /**
     * The next command line for the worker. What came before of an unfinished answer is dropped.
     */
    public String command() {
        output.drop();
        events.drop();
        String nonce = hex(16);
        stdout = new Answer(nonce, false);
        stderr = new Answer(nonce, true);
        before = output.offset() + events.offset();
        connected = clock.instant();
        if (deadline == null && !waiting) {
            beginDeadline();
        }
        verb =
                ending != JobEnd.State.ENDED
                        ? Verb.CANCEL
                        : mayHaveStarted ? Verb.ATTACH : Verb.START;
        starting = verb == Verb.START;
        String guid = spec.guid();
        String batch = spec.batch();
        return switch (verb) {
            case START -> JobScript.start(spec, nonce, hex(4), output.offset(), events.offset());
            case ATTACH -> JobScript.attach(guid, batch, nonce, output.offset(), events.offset());
            case CANCEL -> JobScript.cancel(guid, batch, nonce, output.offset(), events.offset());
        };
    }

    /**
     * Whether the bundle must go to the last command's stdin. The worker may not read all of it.
     */
    public boolean wantsBundle() {
        return verb == Verb.START;
    }

    /**
     * Takes bytes of the channel.
     *
     * @return frames of whole lines to store, up to 64 KiB each where lines are no longer; a line
     *     over 1 MiB is cut. May be empty while there is less
     */
    public List<Frame> read(boolean ofStderr, byte[] bytes) {
        if (end != null || stdout == null) {
            return List.of();
        }
        List<Frame> frames = new ArrayList<>();
        Answer answer = ofStderr ? stderr : stdout;
        LogTail tail = ofStderr ? events : output;
        tail.add(answer.read(bytes), to(ofStderr ? Stream.EVENTS : Stream.OUTPUT, frames));
        String header = stderr.header().orElse("");
        readHeader(header);
        Absence.attached(header).ifPresent(known -> absences = known);
        if (answer.broken()) {
            mayHaveStarted |= starting;
            end(JobEnd.State.LOST, "the worker does not keep to the protocol: " + talk());
        }
        return frames;
    }

    private void readHeader(String header) {
        if (header.equals(Answer.WAITING)) {
            started = true;
            mayHaveStarted = true;
            waiting = true;
            deadline = null;
        } else if (isBegun(header)) {
            started = true;
            mayHaveStarted = true;
            if (header.equals(STARTED_ALONE)) {
                warning =
                        "neither perl nor python3 there: hosts that are tried while the agent is"
                                + " away will count as unfinished";
            }
            if (waiting) {
                waiting = false;
                beginDeadline();
            }
        }
    }

    private static boolean isBegun(String header) {
        return header.equals("started")
                || header.equals(STARTED_ALONE)
                || Absence.attached(header).isPresent();
    }

    private void beginDeadline() {
        if (!spec.jobTimeout().isZero()) {
            deadline = clock.instant().plus(spec.jobTimeout());
        }
    }

    /** The whole lines that have arrived since. */
    public List<Frame> flush() {
        List<Frame> frames = new ArrayList<>();
        if (end == null) {
            output.flush(to(Stream.OUTPUT, frames));
            events.flush(to(Stream.EVENTS, frames));
        }
        return frames;
    }

    /**
     * The channel has come to its end, and all of its bytes have been read.
     *
     * @param exitStatus the script's; empty where the worker gave none
     * @return the last frames to store
     */
    public List<Frame> closed(OptionalInt exitStatus) {
        List<Frame> frames = new ArrayList<>();
        if (end != null || stdout == null) {
            return frames;
        }
        String header = stderr.header().orElse("");
        Optional<Seal> seal = stderr.end().flatMap(Job::seal);
        if (header.startsWith("refused ")) {
            refused(header.substring("refused ".length()));
        } else if (header.equals("none")) {
            none();
        } else if (seal.isPresent()) {
            output.finish(seal.get().outputSize(), to(Stream.OUTPUT, frames));
            events.finish(seal.get().eventsSize(), to(Stream.EVENTS, frames));
            sealed(seal.get());
        } else if (starting && stdout.header().isEmpty() && exitStatus.isPresent()) {
            // the script's first act is that header: it never ran
            end(
                    JobEnd.State.REFUSED,
                    "the login did not run the job script (exit code "
                            + exitStatus.getAsInt()
                            + "): "
                            + talk());
        } else {
            broken("the connection ended before the job");
        }
        return frames;
    }

    /** The connection broke after the command may have gone out. */
    public void broken(Exception cause) {
        broken(oneLine(cause));
    }

    /** The worker was not reached: the command certainly did not go out. */
    public void unreached(Exception cause) {
        starting = false;
        stdout = null;
        broken(oneLine(cause));
    }

    /** Gives up without another try (host key unknown, login refused): it will not get better. */
    public void giveUp(String reason) {
        if (end == null) {
            end(mayHaveStarted ? JobEnd.State.LOST : JobEnd.State.REFUSED, reason);
        }
    }

    /** Gives up for good: nobody will know what became of the job. */
    public void lost(String reason) {
        if (end == null) {
            gone = true;
            end(JobEnd.State.LOST, reason);
        }
    }

    /** Ends the job on its worker: close the channel, and go on with the next command. */
    public void cancel() {
        stop(JobEnd.State.CANCELLED, "cancelled before it was started");
    }

    /**
     * Whether the job has just outlived its deadline. Says so once: close the channel then, and go
     * on with the next command, which ends the job on its worker.
     */
    public boolean overdue() {
        if (end != null || deadline == null || clock.instant().isBefore(deadline)) {
            return false;
        }
        return stop(
                JobEnd.State.TIMED_OUT,
                "not started within its deadline of " + seconds(spec.jobTimeout()));
    }

    /** Bytes of a stream that have left here, with those that were stored before. */
    public long offset(Stream stream) {
        return (stream == Stream.OUTPUT ? output : events).offset();
    }

    private boolean stop(JobEnd.State as, String neverStarted) {
        if (end != null || ending != JobEnd.State.ENDED) {
            return false;
        }
        ending = as;
        attempts = 0;
        outage = null;
        mayHaveStarted |= starting;
        if (!mayHaveStarted) {
            end(as, neverStarted);
        }
        return true;
    }

    private void refused(String text) {
        String reason = oneLine(text.substring(text.indexOf(' ') + 1));
        if (verb == Verb.CANCEL) {
            end(JobEnd.State.LOST, "cannot be ended: " + reason);
        } else if (text.startsWith("unpack ") && !unpackedBadly) {
            unpackedBadly = true;
            starting = false;
            broken(reason);
        } else {
            end(JobEnd.State.REFUSED, reason);
        }
    }

    /** The worker knows nothing of the job. */
    private void none() {
        if (started) {
            lost(
                    "the worker knows the job no more: its folder was removed, or the machine"
                            + " replaced");
        } else {
            mayHaveStarted = false;
        }
    }

    private void sealed(Seal seal) {
        started = true;
        mayHaveStarted = true;
        if (missing(seal)) {
            long arrived = output.offset() + events.offset();
            if (arrived > fetchedAgainAt && fetchedAgain < MOST_FETCHES) {
                fetchedAgainAt = arrived;
                fetchedAgain++;
                attempts = 0;
                return;
            }
            incomplete(
                    seal,
                    "the worker says that its logs have "
                            + (seal.outputSize() + seal.eventsSize())
                            + " bytes, and sent "
                            + arrived);
        } else if (differs(output, seal.outputSize(), seal.outputChecksum())
                || differs(events, seal.eventsSize(), seal.eventsChecksum())) {
            incomplete(
                    seal,
                    "the logs that arrived are not those that the worker has: digests differ");
        } else {
            if (output.offset() > seal.outputSize() || events.offset() > seal.eventsSize()) {
                warning = "something wrote to the job's logs after the runner had ended";
            }
            conclude(seal);
        }
    }

    private boolean missing(Seal seal) {
        return output.offset() < seal.outputSize() || events.offset() < seal.eventsSize();
    }

    private static boolean differs(LogTail tail, long size, long checksum) {
        return tail.offset() == size && tail.checksum() >= 0 && tail.checksum() != checksum;
    }

    private void incomplete(Seal seal, String reason) {
        end =
                new JobEnd(
                        ending == JobEnd.State.ENDED ? JobEnd.State.INCOMPLETE : ending,
                        seal.exitCode(),
                        true,
                        false,
                        reason);
    }

    private void conclude(Seal seal) {
        String reason =
                switch (ending) {
                    case CANCELLED -> "cancelled";
                    case TIMED_OUT -> "ended after its deadline of " + seconds(spec.jobTimeout());
                    default -> "";
                };
        if (seal.exitCode().isEmpty() && ending == JobEnd.State.ENDED) {
            lost(
                    "the job's process is gone without an exit code: killed, or the worker"
                            + " restarted, or its disk turned read-only");
        } else {
            end = new JobEnd(ending, seal.exitCode(), true, true, reason);
        }
    }

    private void broken(String reason) {
        if (end != null) {
            return;
        }
        mayHaveStarted |= starting;
        starting = false;
        Instant now = clock.instant();
        boolean answered = stdout != null && stderr.header().isPresent();
        if (answered
                && (output.offset() + events.offset() > before
                        || !now.isBefore(connected.plus(GOOD_CONNECTION)))) {
            outage = null;
            attempts = 0;
        }
        outage = outage == null ? now : outage;
        attempts++;
        if (!now.isBefore(outage.plus(spec.reconnectTimeout()))) {
            Duration gone = Duration.between(outage, now);
            end(
                    JobEnd.State.LOST,
                    (gone.isZero() ? "" : "no connection for " + seconds(gone) + ": ") + reason);
        }
    }

    private void end(JobEnd.State state, String reason) {
        // where the runner was never called there is nothing that could be missing
        boolean stopped = state == JobEnd.State.CANCELLED || state == JobEnd.State.TIMED_OUT;
        boolean complete = stopped && !mayHaveStarted;
        end = new JobEnd(state, OptionalInt.empty(), mayHaveStarted, complete, reason);
    }

    private Consumer<byte[]> to(Stream stream, List<Frame> frames) {
        LogTail tail = stream == Stream.OUTPUT ? output : events;
        return bytes ->
                frames.add(
                        new Frame(
                                spec.guid(),
                                spec.batch(),
                                spec.worker(),
                                stream,
                                tail.offset() - bytes.length,
                                bytes,
                                Instant.now()));
    }

    private static Optional<Seal> seal(String text) {
        return text.startsWith("end ") ? Seal.of(text.substring(4)) : Optional.empty();
    }

    /** The last thing said that is not the script's. */
    private String talk() {
        String said = stderr.noise().isBlank() ? stdout.noise() : stderr.noise();
        return lastLine(said);
    }

    static String lastLine(String text) {
        return text.lines()
                .filter(line -> !line.isBlank())
                .reduce((first, second) -> second)
                .map(Job::oneLine)
                .orElse("it said nothing");
    }

    private static String oneLine(Exception cause) {
        String message = cause.getMessage();
        return oneLine(message == null ? cause.getClass().getSimpleName() : message);
    }

    private static String oneLine(String text) {
        return PlainText.ofWorker(text);
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }

    private String hex(int bytes) {
        byte[] some = new byte[bytes];
        random.nextBytes(some);
        return HexFormat.of().formatHex(some);
    }
}
