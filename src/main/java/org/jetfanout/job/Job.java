package org.jetfanout.job;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jetfanout.SteadyTime;
import org.jetfanout.log.Frame;
import org.jetfanout.log.Sizes;
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
 *         // connect; run the command
 *         // each stretch of bytes:    store(job.read(stderr, bytes)); each 200 ms: store(job.flush())
 *         // if (job.takesBundle())    the bundle to its stdin, not before
 *         // if (job.over())           close the channel and go round, whatever still holds it open
 *         // each second:              behind deadline() or answerBy(): job.expired(), close, go round
 *         // the channel's end:        store(job.closed(exitStatus))
 *     } catch (never connected) { job.unreached(e); }
 *     catch (lost)              { job.broken(e); }
 * }
 * job.end()
 * </pre>
 *
 * Every byte of the logs leaves it once and in order, whatever breaks in between; so what it gives
 * must be stored. Nothing that a worker says, or does not say, makes it wait for ever. Not
 * thread-safe; memory is bounded whatever the worker says.
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

    /** How often log bytes are fetched again at once that others have written into. */
    private static final int MOST_DAMAGES = 4;

    /**
     * The most bytes of a frame: smaller ones after others have written into one; the smallest goes
     * out in one piece.
     */
    private static final int[] FRAMES = {Answer.LONGEST_FRAME, 16 << 10, 3 << 10};

    /** What login scripts may print before the job's script speaks. */
    private static final long MOST_NOISE = 16 << 20;

    /**
     * How long the script may take from its first word, or from the bundle's last byte, to the
     * next.
     */
    public static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    /** How long it may take to end the job; more where the rest of its logs comes meanwhile. */
    private static final Duration LONGEST_END = Duration.ofSeconds(60);

    private static final Duration LONGEST_END_WITH_LOGS = Duration.ofMinutes(5);
    private static final Duration LOGS_PAUSE = Duration.ofSeconds(15);

    private final JobSpec spec;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final LogTail output;
    private final LogTail events;

    // Mutable state
    private JobEnd end;

    /** What the job will have come to; other than ENDED: it must be ended on its worker. */
    private JobEnd.State ending = JobEnd.State.ENDED;

    private Instant endBegun;
    private Instant endBy;
    private boolean mayHaveStarted;
    private boolean started;

    /** The worker has said that there is nothing left of it that could be followed. */
    private boolean gone;

    /** The worker has said that the runner was called: it waits no more. */
    private boolean ran;

    private boolean unpackedBadly;
    private int fetchedAgain;
    private long fetchedAgainAt = -1;
    private int damages;
    private Instant deadline;
    private boolean waiting;
    private String warning = "";
    private List<Absence> absences = List.of();

    /** Streams of which no more is taken. */
    private final Set<Stream> full = EnumSet.noneOf(Stream.class);

    // Mutable state: the outage
    private Instant outage;
    private int attempts;

    // Mutable state: the connection
    private Verb verb = Verb.START;

    /** A start command may be on its way. */
    private boolean starting;

    private Answer stdout;
    private Noise stderr = new Noise();
    private Stage stage = Stage.OVER;
    private Instant connected;
    private Instant heard;

    /** Bytes of lines that bear the script's mark and mean nothing. */
    private long idle;

    private long before;
    private List<Frame> frames = new ArrayList<>();

    /** How far the worker has come on a connection. */
    private enum Stage {
        /** Nothing of the script's has come. */
        SILENT,
        /** The script has proved that it runs. */
        HELLO,
        /** The job waits for others. */
        WAITING,
        /** The job runs or ran: its logs come. */
        FOLLOWING,
        /** The script has said all. */
        OVER
    }

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
        return stage == Stage.FOLLOWING;
    }

    /**
     * When the job, or ending it, will have taken too long, as far as is known now; empty while it
     * waits.
     */
    public Optional<Instant> deadline() {
        if (ending == JobEnd.State.ENDED) {
            return Optional.ofNullable(deadline);
        }
        return Optional.of(endBy != null ? endBy : lastEnd());
    }

    /** Ending the job may be tried until then, whatever the connections bring. */
    private Instant lastEnd() {
        return endBegun.plus(spec.reconnectTimeout()).plus(LONGEST_END_WITH_LOGS);
    }

    /** Whether the next command, or the one that is under way, ends the job on its worker. */
    public boolean isEnding() {
        return ending != JobEnd.State.ENDED;
    }

    /**
     * By when the script must speak again on this connection; empty while it need not. Where the
     * bundle goes, it has a minute from that one's last progress on.
     */
    public Optional<Instant> answerBy() {
        return switch (stage) {
            case SILENT -> Optional.of(connected.plus(spec.answerTimeout()));
            case HELLO -> Optional.of(heard.plus(LONGEST_SILENCE));
            default -> Optional.empty();
        };
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
        Nonce nonce = Nonce.random(random);
        stdout = new Answer(nonce, new Said());
        stderr = new Noise();
        stage = Stage.SILENT;
        before = output.offset() + events.offset();
        connected = clock.instant();
        heard = connected;
        idle = 0;
        if (deadline == null && !waiting) {
            beginDeadline();
        }
        verb =
                ending != JobEnd.State.ENDED
                        ? Verb.CANCEL
                        : mayHaveStarted ? Verb.ATTACH : Verb.START;
        starting = verb == Verb.START;
        endBy = verb == Verb.CANCEL ? connected.plus(LONGEST_END) : null;
        String guid = spec.guid();
        String batch = spec.batch();
        JobScript.Wanted wanted =
                new JobScript.Wanted(
                        wanted(Stream.OUTPUT),
                        wanted(Stream.EVENTS),
                        FRAMES[Math.min(damages, FRAMES.length - 1)]);
        return switch (verb) {
            case START -> JobScript.start(spec, nonce, wanted, hex(4));
            case ATTACH -> JobScript.attach(guid, batch, nonce, wanted);
            case CANCEL -> JobScript.cancel(guid, batch, nonce, wanted);
        };
    }

    private OptionalLong wanted(Stream stream) {
        return full.contains(stream)
                ? OptionalLong.empty()
                : OptionalLong.of(tail(stream).offset());
    }

    /**
     * Whether the bundle goes with the last command, once {@link #takesBundle}. The worker may not
     * read all of it.
     */
    public boolean wantsBundle() {
        return verb == Verb.START;
    }

    /** Whether the script has proved that it is what runs there: the bundle may go to its stdin. */
    public boolean takesBundle() {
        return verb == Verb.START && stage == Stage.HELLO;
    }

    /** Whether all has been said on this connection: it is to be closed, whoever else holds it. */
    public boolean over() {
        return end != null || stage == Stage.OVER;
    }

    /**
     * Takes bytes of the channel.
     *
     * @return frames of whole lines to store, up to 64 KiB each where lines are no longer; a line
     *     over 1 MiB is cut. May be empty while there is less
     */
    public List<Frame> read(boolean ofStderr, byte[] bytes) {
        if (stdout == null || over()) {
            return List.of();
        }
        frames = new ArrayList<>();
        if (ofStderr) {
            stderr.add(bytes, 0, bytes.length);
        } else {
            stdout.read(bytes);
        }
        if (!over()) {
            judgeNoise();
        }
        return frames;
    }

    private void judgeNoise() {
        long noise = stdout.noise().size() + stderr.size() + idle;
        if (stdout.broken()) {
            violated("a line or frame of the script's has no end");
        } else if (stdout.damaged()) {
            damaged();
        } else if (stage == Stage.SILENT && noise > MOST_NOISE) {
            unanswered("more than " + (MOST_NOISE >> 20) + " MiB came before its first word");
        } else if (noise > Math.max(MOST_NOISE, spec.maxOutput())) {
            leave("others than the job write into the connection without end: " + talk());
        }
    }

    /** Others wrote into a frame: the bytes are fetched again. */
    private void damaged() {
        damages++;
        if (damages <= MOST_DAMAGES) {
            stage = Stage.OVER;
            attempts = 0;
        } else {
            leave("others than the job write into its log on the connection, again and again");
        }
    }

    /** The connection is of no use any more. */
    private void leave(String reason) {
        broken(reason);
        stage = Stage.OVER;
    }

    /** The worker says what its script does not say. */
    private void violated(String what) {
        mayHaveStarted |= starting && stage != Stage.SILENT;
        giveUp("the worker does not keep to the protocol: " + what);
    }

    /** The script has not spoken: if it was to start the job, the job certainly did not start. */
    private void unanswered(String reason) {
        String text = "the login did not run the job script: " + reason + ": " + talk();
        if (verb == Verb.START) {
            giveUp(text);
        } else {
            leave(text);
        }
    }

    /** What the script says, word by word. */
    private final class Said implements Answer.Listener {
        @Override
        public void line(String text) {
            if (over()) {
                return;
            }
            if (stage == Stage.SILENT) {
                if (text.equals("hello")) {
                    heard = clock.instant();
                    stage = Stage.HELLO;
                } else {
                    violated("it speaks before its first word");
                }
            } else {
                word(text);
            }
        }

        private void word(String text) {
            if (text.equals("waiting")) {
                waits();
            } else if (isBegun(text)) {
                begun(text);
            } else if (text.startsWith("refused ")) {
                refused(text.substring("refused ".length()));
                stage = Stage.OVER;
            } else if (text.startsWith("elsewhere ")) {
                mayHaveStarted = true;
                leave(oneLine(text.substring("elsewhere ".length())));
            } else if (text.equals("none")) {
                none();
                stage = Stage.OVER;
            } else if (text.startsWith("end ")) {
                Optional<Seal> seal = Seal.of(text.substring("end ".length()));
                if (seal.isPresent() && stage == Stage.FOLLOWING) {
                    sealed(seal.get());
                    stage = Stage.OVER;
                } else {
                    leave("the worker names an end that is none");
                }
            } else {
                idle += text.length() + Answer.LEAST_LINE;
            }
        }

        @Override
        public void log(Stream stream, byte[] bytes) {
            if (over()) {
                return;
            }
            if (stage != Stage.FOLLOWING || full.contains(stream)) {
                violated("it sends what was not asked for");
                return;
            }
            LogTail tail = tail(stream);
            long room = Math.max(0, spec.maxOutput() - tail.received());
            if (bytes.length <= room) {
                tail.add(bytes, to(stream));
            } else {
                tail.add(Arrays.copyOf(bytes, (int) room), to(stream));
                tail.finish(tail.received(), to(stream));
                full.add(stream);
                attempts = 0;
                stage = Stage.OVER;
            }
            if (endBy != null) {
                endBy = later(endBy, clock.instant().plus(LOGS_PAUSE));
                Instant last = connected.plus(LONGEST_END_WITH_LOGS);
                endBy = endBy.isAfter(last) ? last : endBy;
            }
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void waits() {
        if (spec.maxJobs().isEmpty() || ran || stage != Stage.HELLO) {
            violated("it says that the job waits, which it has no reason to");
            return;
        }
        stage = Stage.WAITING;
        started = true;
        mayHaveStarted = true;
        waiting = true;
        deadline = null;
    }

    private void begun(String header) {
        if (stage == Stage.FOLLOWING) {
            violated("it begins twice");
            return;
        }
        stage = Stage.FOLLOWING;
        started = true;
        ran = true;
        mayHaveStarted = true;
        Absence.attached(header).ifPresent(known -> absences = known);
        if (header.equals(STARTED_ALONE)) {
            warning =
                    "neither perl nor python3 there: hosts that are tried while the agent is away"
                            + " will count as unfinished";
        }
        if (waiting) {
            waiting = false;
            beginDeadline();
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
        frames = new ArrayList<>();
        if (end == null) {
            output.flush(to(Stream.OUTPUT));
            events.flush(to(Stream.EVENTS));
        }
        return frames;
    }

    /**
     * The channel has come to its end before all was said, and all of its bytes have been read.
     *
     * @param exitStatus the script's; empty where the worker gave none
     * @return the last frames to store
     */
    public List<Frame> closed(OptionalInt exitStatus) {
        List<Frame> last = flush();
        if (stdout == null || over()) {
            return last;
        }
        if (verb == Verb.START && stage == Stage.SILENT && exitStatus.isPresent()) {
            giveUp(
                    "the login did not run the job script (exit code "
                            + exitStatus.getAsInt()
                            + "): "
                            + talk());
        } else {
            broken("the connection ended before the job");
        }
        return last;
    }

    /**
     * {@link #deadline} or {@link #answerBy} has passed, and the connection is being closed: what
     * that means.
     */
    public void expired() {
        if (over() || overdue() || end != null) {
            return;
        }
        switch (stage) {
            case SILENT -> unanswered("no word within " + seconds(spec.answerTimeout()));
            case HELLO -> broken("no word for " + seconds(LONGEST_SILENCE));
            default -> broken("closed");
        }
    }

    /** The connection broke after the command may have gone out. */
    public void broken(Exception cause) {
        broken(oneLine(cause));
    }

    /** The worker was not reached: the command certainly did not go out. */
    public void unreached(Exception cause) {
        starting = false;
        stdout = null;
        stage = Stage.OVER;
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
        if (end == null && endBy != null && !clock.instant().isBefore(endBy)) {
            end(
                    JobEnd.State.LOST,
                    "cannot be ended: the worker did not say within "
                            + seconds(Duration.between(connected, endBy))
                            + " that the job has ended");
        }
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
        endBegun = clock.instant();
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
        boolean more =
                exceeds(Stream.OUTPUT, seal.outputSize())
                        || exceeds(Stream.EVENTS, seal.eventsSize());
        output.finish(Math.max(seal.outputSize(), output.offset()), to(Stream.OUTPUT));
        events.finish(Math.max(seal.eventsSize(), events.offset()), to(Stream.EVENTS));
        if (more) {
            incomplete(
                    seal,
                    "something wrote to the job's logs after the runner had ended: they are longer"
                            + " than the worker says, and cannot be checked");
        } else if (missing(seal)) {
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
        } else if (!full.isEmpty()) {
            incomplete(
                    seal,
                    "more than max_output ("
                            + Sizes.text(spec.maxOutput())
                            + ") of "
                            + full.stream().map(Job::name).collect(Collectors.joining(" and "))
                            + ": the rest stays on the worker, in ~/.jet-fanout/"
                            + spec.guid()
                            + "/"
                            + spec.batch());
        } else {
            conclude(seal);
        }
    }

    private static String name(Stream stream) {
        return stream == Stream.OUTPUT ? "text (output.log)" : "events (events.log)";
    }

    private boolean exceeds(Stream stream, long size) {
        return !full.contains(stream) && tail(stream).received() > size;
    }

    private boolean missing(Seal seal) {
        return lacks(Stream.OUTPUT, seal.outputSize()) || lacks(Stream.EVENTS, seal.eventsSize());
    }

    private boolean lacks(Stream stream, long size) {
        return !full.contains(stream) && tail(stream).offset() < size;
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
        boolean answered = stage == Stage.WAITING || stage == Stage.FOLLOWING;
        if (answered
                && (output.offset() + events.offset() > before
                        || !now.isBefore(connected.plus(GOOD_CONNECTION)))) {
            outage = null;
            attempts = 0;
        }
        outage = outage == null ? now : outage;
        attempts++;
        endBy = null;
        if (isEnding() && !now.isBefore(lastEnd())) {
            end(JobEnd.State.LOST, "cannot be ended: " + reason);
            return;
        }
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

    private LogTail tail(Stream stream) {
        return stream == Stream.OUTPUT ? output : events;
    }

    private Consumer<byte[]> to(Stream stream) {
        LogTail tail = tail(stream);
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

    /** The last thing said that is not the script's. */
    private String talk() {
        String said = stderr.lastLine();
        said = said.isEmpty() && stdout != null ? stdout.noise().lastLine() : said;
        return said.isEmpty() ? "it said nothing" : said;
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
