package org.jetfanout.job;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jetfanout.job.Conversation.Stage;
import org.jetfanout.machine.SteadyTime;
import org.jetfanout.record.Frame;
import org.jetfanout.runner.PlainText;
import org.jetfanout.runner.Stream;

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
    /** A worker that sends its logs by the drop is told off at last. */
    private static final int MOST_FETCHES = 20;

    /** How often log bytes are fetched again at once that others have written into. */
    private static final int MOST_DAMAGES = 4;

    /**
     * The most bytes of a frame: smaller ones after others have written into one; the smallest goes
     * out in one piece.
     */
    private static final int[] FRAMES = {ScriptOutput.LONGEST_FRAME, 16 << 10, 3 << 10};

    /**
     * How long the script may take from its first word, or from the bundle's last byte, to the
     * next.
     */
    public static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    private final JobSpec spec;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final JobLogs logs;
    private final ReconnectPolicy outage;
    private final TimeLimits limits;

    // Mutable state
    private JobEnd end;

    /** What the job will have come to; other than ENDED: it must be ended on its worker. */
    private JobEnd.State ending = JobEnd.State.ENDED;

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
    private boolean waiting;
    private String warning = "";
    private List<AgentOutage> absences = List.of();

    // Mutable state: the connection
    private Verb verb = Verb.START;

    /** A start command may be on its way. */
    private boolean starting;

    private Conversation talk;

    /** Bytes of the logs that were here before it. */
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
        this.logs = new JobLogs(spec, output, events);
        this.outage = new ReconnectPolicy(spec.reconnectTimeout(), random);
        this.limits = new TimeLimits(spec);
        this.started = logs.offset() > 0;
        this.mayHaveStarted = mayHaveStarted || started;
        this.clock = clock;
        this.random = random;
        this.talk = Conversation.none(clock.instant());
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
        return talk.stage() == Stage.FOLLOWING;
    }

    /**
     * When the job, or ending it, will have taken too long, as far as is known now; empty while it
     * waits.
     */
    public Optional<Instant> deadline() {
        return limits.next();
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
        return talk.answerBy(spec.answerTimeout());
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
    public List<AgentOutage> absences() {
        return absences;
    }

    /**
     * How long to wait before the next command: longer with each failure, never the same for all.
     */
    public Duration pause() {
        return outage.pause();
    }

    /**
     * The next command line for the worker. What came before of an unfinished answer is dropped.
     */
    public String command() {
        logs.drop();
        Nonce nonce = Nonce.random(random);
        Instant now = clock.instant();
        talk = Conversation.begin(nonce, new Said(), now);
        before = logs.offset();
        if (!waiting) {
            limits.runs(now);
        }
        limits.disconnected();
        if (isEnding()) {
            verb = Verb.CANCEL;
            limits.asksForEnd(now);
        } else {
            verb = mayHaveStarted ? Verb.ATTACH : Verb.START;
        }
        starting = verb == Verb.START;
        String guid = spec.guid();
        String batch = spec.batch();
        JobScript.Wanted wanted =
                new JobScript.Wanted(
                        logs.wanted(Stream.OUTPUT),
                        logs.wanted(Stream.EVENTS),
                        FRAMES[Math.min(damages, FRAMES.length - 1)]);
        return switch (verb) {
            case START -> JobScript.start(spec, nonce, wanted, hex(4));
            case ATTACH -> JobScript.attach(guid, batch, nonce, wanted);
            case CANCEL -> JobScript.cancel(guid, batch, nonce, wanted);
        };
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
        return verb == Verb.START && talk.stage() == Stage.HELLO;
    }

    /** Whether all has been said on this connection: it is to be closed, whoever else holds it. */
    public boolean over() {
        return end != null || talk.stage() == Stage.OVER;
    }

    /**
     * Takes bytes of the channel.
     *
     * @return frames of whole lines to store, up to 64 KiB each where lines are no longer; a line
     *     over 1 MiB is cut. May be empty while there is less
     */
    public List<Frame> read(boolean ofStderr, byte[] bytes) {
        if (over()) {
            return List.of();
        }
        talk.read(ofStderr, bytes);
        if (!over()) {
            judge(talk.trouble(spec.maxOutput()));
        }
        return logs.frames();
    }

    private void judge(Conversation.Trouble trouble) {
        switch (trouble) {
            case NONE -> {}
            case ENDLESS -> violated("a line or frame of the job script does not end");
            case DAMAGED -> damaged();
            case LONG_GREETING ->
                    unanswered(
                            "more than "
                                    + (Conversation.MOST_NOISE >> 20)
                                    + " MiB of other output came before the first line of the job"
                                    + " script");
            case NOISY ->
                    leave(
                            "other programs on the worker write to the connection without end: "
                                    + talk.talk());
        }
    }

    /** Others wrote into a frame: the bytes are fetched again. */
    private void damaged() {
        damages++;
        if (damages <= MOST_DAMAGES) {
            talk.reaches(Stage.OVER);
            outage.hurry();
        } else {
            leave(
                    "other programs on the worker repeatedly write into the job's output on the"
                            + " connection");
        }
    }

    /** The connection is of no use any more. */
    private void leave(String reason) {
        broken(reason);
        talk.reaches(Stage.OVER);
    }

    /** The worker says what its script does not say. */
    private void violated(String what) {
        mayHaveStarted |= starting && talk.stage() != Stage.SILENT;
        giveUp("protocol error of the worker: " + what);
    }

    /** The script has not spoken: if it was to start the job, the job certainly did not start. */
    private void unanswered(String reason) {
        String text = "the login did not run the job script: " + reason + ": " + talk.talk();
        if (verb == Verb.START) {
            giveUp(text);
        } else {
            leave(text);
        }
    }

    /** What the script says, word by word. */
    private final class Said implements ScriptOutput.Listener {
        @Override
        public void line(String text) {
            if (over()) {
                return;
            }
            ScriptLine word = ScriptLine.of(text);
            if (talk.stage() != Stage.SILENT) {
                hear(word, text);
            } else if (word.kind() == ScriptLine.Kind.HELLO) {
                talk.greeted(clock.instant());
            } else {
                violated("a line came before the greeting");
            }
        }

        private void hear(ScriptLine word, String line) {
            switch (word.kind()) {
                case WAITING -> waits();
                case STARTED, STARTED_ALONE, ATTACHED -> begun(word);
                case REFUSED -> {
                    refused(word.rest());
                    talk.reaches(Stage.OVER);
                }
                case ELSEWHERE -> {
                    mayHaveStarted = true;
                    leave(oneLine(word.rest()));
                }
                case NONE -> {
                    none();
                    talk.reaches(Stage.OVER);
                }
                case END -> ended(EndReport.of(word.rest()));
                case HELLO, UNKNOWN -> talk.said(line);
            }
        }

        @Override
        public void log(Stream stream, byte[] bytes) {
            if (over()) {
                return;
            }
            if (!following() || !logs.takes(stream)) {
                violated("log data that jet-fanout did not request");
                return;
            }
            if (!logs.add(stream, bytes)) {
                outage.hurry();
                talk.reaches(Stage.OVER);
            }
            limits.logsCome(clock.instant());
        }
    }

    private void waits() {
        if (spec.maxJobs().isEmpty() || ran || talk.stage() != Stage.HELLO) {
            violated("the job waits although max_jobs does not apply");
            return;
        }
        talk.reaches(Stage.WAITING);
        started = true;
        mayHaveStarted = true;
        waiting = true;
        limits.waits();
    }

    private void begun(ScriptLine word) {
        if (following()) {
            violated("the job begins twice");
            return;
        }
        talk.reaches(Stage.FOLLOWING);
        started = true;
        ran = true;
        mayHaveStarted = true;
        AgentOutage.attached(word.rest()).ifPresent(known -> absences = known);
        if (word.kind() == ScriptLine.Kind.STARTED_ALONE) {
            warning =
                    "the worker has neither perl nor python3: if the connection breaks, hosts"
                            + " that the runner tries during the outage count as unfinished";
        }
        if (waiting) {
            waiting = false;
            limits.runs(clock.instant());
        }
    }

    /** The whole lines that have arrived since. */
    public List<Frame> flush() {
        if (end == null) {
            logs.flush();
        }
        return logs.frames();
    }

    /**
     * The channel has come to its end before all was said, and all of its bytes have been read.
     *
     * @param exitStatus the script's; empty where the worker gave none
     * @return the last frames to store
     */
    public List<Frame> closed(OptionalInt exitStatus) {
        List<Frame> last = flush();
        if (over()) {
            return last;
        }
        if (verb == Verb.START && talk.stage() == Stage.SILENT && exitStatus.isPresent()) {
            giveUp(
                    "the login did not run the job script (exit code "
                            + exitStatus.getAsInt()
                            + "): "
                            + talk.talk());
        } else {
            broken("the connection ended before the job ended");
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
        switch (talk.stage()) {
            case SILENT -> unanswered("no answer within " + seconds(spec.answerTimeout()));
            case HELLO -> broken("no answer for " + seconds(LONGEST_SILENCE));
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
        talk = Conversation.none(clock.instant());
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
        stop(JobEnd.State.CANCELLED, "cancelled before the job started");
    }

    /**
     * Whether the job has just outlived its deadline. Says so once: close the channel then, and go
     * on with the next command, which ends the job on its worker.
     */
    public boolean overdue() {
        Instant now = clock.instant();
        Optional<Duration> mute = limits.notEnded(now);
        if (end == null && mute.isPresent()) {
            end(
                    JobEnd.State.LOST,
                    "cannot end the job: the worker did not confirm within "
                            + seconds(mute.get())
                            + " that it has ended");
        }
        if (end != null || !limits.isOver(now)) {
            return false;
        }
        return stop(
                JobEnd.State.TIMED_OUT,
                "the job did not start within its deadline of " + seconds(spec.jobTimeout()));
    }

    /** Bytes of a stream that have left here, with those that were stored before. */
    public long offset(Stream stream) {
        return logs.offset(stream);
    }

    private boolean stop(JobEnd.State as, String neverStarted) {
        if (end != null || ending != JobEnd.State.ENDED) {
            return false;
        }
        ending = as;
        outage.ends();
        mayHaveStarted |= starting;
        limits.endBegins(clock.instant());
        if (!mayHaveStarted) {
            end(as, neverStarted);
        }
        return true;
    }

    private void refused(String text) {
        String reason = oneLine(text.substring(text.indexOf(' ') + 1));
        if (verb == Verb.CANCEL) {
            end(JobEnd.State.LOST, "cannot end the job: " + reason);
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
                    "the worker no longer knows the job: somebody removed its folder or replaced"
                            + " the machine");
        } else {
            mayHaveStarted = false;
        }
    }

    /** The worker has sent all, as it says. */
    private void ended(Optional<EndReport> seal) {
        if (seal.isEmpty() || !following()) {
            leave("protocol error of the worker: invalid end line");
            return;
        }
        JobLogs.Match match = logs.finish(seal.get());
        if (match == JobLogs.Match.WHOLE) {
            conclude(seal.get());
        } else if (match == JobLogs.Match.SHORTER && fetchesAgain()) {
            outage.hurry();
        } else {
            incomplete(seal.get(), logs.told(match, seal.get()));
        }
        talk.reaches(Stage.OVER);
    }

    /** Whether what is missing is asked for once more: only if the last time brought something. */
    private boolean fetchesAgain() {
        if (logs.offset() <= fetchedAgainAt || fetchedAgain >= MOST_FETCHES) {
            return false;
        }
        fetchedAgainAt = logs.offset();
        fetchedAgain++;
        return true;
    }

    private void incomplete(EndReport report, String reason) {
        end =
                new JobEnd(
                        ending == JobEnd.State.ENDED ? JobEnd.State.INCOMPLETE : ending,
                        report.exitCode(),
                        true,
                        false,
                        reason);
    }

    private void conclude(EndReport report) {
        String reason =
                switch (ending) {
                    case CANCELLED -> "cancelled";
                    case TIMED_OUT ->
                            "ended by jet-fanout after its deadline of "
                                    + seconds(spec.jobTimeout());
                    default -> "";
                };
        if (report.exitCode().isEmpty() && ending == JobEnd.State.ENDED) {
            lost(
                    "the process of the job is gone and left no exit code: it was killed, the"
                            + " worker restarted, or the worker's disk became read-only");
        } else {
            end = new JobEnd(ending, report.exitCode(), true, true, reason);
        }
    }

    private void broken(String reason) {
        if (end != null) {
            return;
        }
        mayHaveStarted |= starting;
        starting = false;
        Instant now = clock.instant();
        if (talk.hasJob() && (logs.offset() > before || talk.heldLong(now))) {
            outage.ends();
        }
        outage.fails(now);
        limits.disconnected();
        if (limits.isEndGivenUp(now)) {
            end(JobEnd.State.LOST, "cannot end the job: " + reason);
            return;
        }
        if (outage.isTooLong(now)) {
            Duration gone = outage.length(now);
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
