package org.jetfanout.job;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jetfanout.job.Conversation.Command;
import org.jetfanout.job.Conversation.Stage;
import org.jetfanout.machine.SteadyTime;
import org.jetfanout.record.Fence;
import org.jetfanout.record.Frame;
import org.jetfanout.runner.Payload;
import org.jetfanout.runner.PlainText;
import org.jetfanout.runner.Stream;

/**
 * The job of one batch as the control machine sees it. It says which command the worker gets next,
 * reads what the worker answers, and knows when and how the job has ended. It does no input or
 * output itself:
 *
 * <pre>
 * while (job.open()) {
 *     wait(job.pause());
 *     String command = job.command();
 *     try {
 *         // connect; run the command
 *         // when bytes arrive:         store(job.read(stderr, bytes)); each 200 ms, job.flush()
 *         // if (job.takesBundle())     send the bundle to stdin, not before; behind it the payload
 *         // if (job.over())            close the channel, also if other programs hold it open
 *         // after deadline() or answerBy():  close the channel; job.expired()
 *         // at the channel's end:      store(job.closed(exitStatus))
 *     } catch (never connected) { job.unreached(e); }
 *     catch (lost)              { job.broken(e); }
 * }
 * job.end()
 * </pre>
 *
 * It gives each byte of the logs once and in order, however often the connection breaks. So the
 * caller must store what it gets. Whatever a worker sends, or does not send, the job ends after a
 * limited time, and memory is bounded. Not thread-safe, but for what concerns its barriers: any
 * thread may ask where the job waits and decide about that.
 */
public final class Job {
    /**
     * How long the script may take from its first line, or from the last byte of the bundle, to the
     * next line.
     */
    public static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

    private final JobSpec spec;
    private final Fence fence;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final JobLogs logs;
    private final JobProgress progress;
    private final JobVerdict verdict;
    private final TimeLimits limits;
    private final BarrierProgress barriers;
    private final PayloadProgress payload;
    private final ReconnectPolicy outage;
    private final Refetches refetches = new Refetches();

    // Mutable state
    private Conversation conversation;
    private boolean unpackedBadly;
    private OptionalLong laterOwner = OptionalLong.empty();

    /**
     * @param spec what the job is
     * @param storedOutput how many bytes of its text are stored already
     * @param storedEvents how many bytes of its events are stored already
     * @param mayHaveStarted false only if it is certain that no start command was sent before
     */
    public Job(JobSpec spec, long storedOutput, long storedEvents, boolean mayHaveStarted) {
        this(
                spec,
                Fence.first(spec.guid()),
                new LogTail(storedOutput),
                new LogTail(storedEvents),
                mayHaveStarted,
                new SteadyTime(),
                new SecureRandom());
    }

    /**
     * Checks the worker's checksums also over what was stored before. For the first owner of a run.
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
                Fence.first(spec.guid()),
                storedOutput,
                storedEvents,
                mayHaveStarted,
                clock,
                random);
    }

    /**
     * Checks the worker's checksums also over what was stored before.
     *
     * @param fence of this owner of the run
     * @param storedOutput of the text that is stored already
     * @param storedEvents of the events that are stored already
     * @param clock for deadlines: one that does not jump
     */
    public Job(
            JobSpec spec,
            Fence fence,
            Cksum storedOutput,
            Cksum storedEvents,
            boolean mayHaveStarted,
            InstantSource clock,
            RandomGenerator random) {
        this(
                spec,
                fence,
                new LogTail(storedOutput),
                new LogTail(storedEvents),
                mayHaveStarted,
                clock,
                random);
    }

    private Job(
            JobSpec spec,
            Fence fence,
            LogTail output,
            LogTail events,
            boolean mayHaveStarted,
            InstantSource clock,
            RandomGenerator random) {
        this.spec = spec;
        this.fence = fence;
        this.clock = clock;
        this.random = random;
        this.logs = new JobLogs(spec, output, events);
        this.progress = new JobProgress(mayHaveStarted, logs.offset() > 0);
        this.verdict = new JobVerdict(spec, progress);
        this.limits = new TimeLimits(spec);
        this.barriers = new BarrierProgress(spec, limits, clock);
        this.payload = new PayloadProgress(spec.payload().map(Payload::size).orElse(0L));
        this.outage = new ReconnectPolicy(spec.reconnectTimeout(), random);
        this.conversation = Conversation.none(clock.instant());
    }

    /** Whether the worker has said that the job was started. */
    public boolean started() {
        return progress.hasStarted();
    }

    /** False only if the job certainly was not started. */
    public boolean mayHaveStarted() {
        return progress.mayHaveStarted();
    }

    /**
     * Whether the job was given up while its worker may still have it, running or ended. Then it
     * can be attached later. Only after its end.
     */
    public boolean mayBeThere() {
        return verdict.mayBeThere();
    }

    /**
     * Whether the job waits on its worker until other jobs there have ended, as the worker said
     * last.
     */
    public boolean waiting() {
        return progress.isWaiting();
    }

    /** Whether the worker has said on this connection that the job runs or has ended. */
    public boolean following() {
        return conversation.stage() == Stage.FOLLOWING;
    }

    /** When the job, or ending it, has taken too long. Empty while there is no such limit. */
    public Optional<Instant> deadline() {
        return limits.next();
    }

    /** Whether the next command, or the one that runs now, ends the job on its worker. */
    public boolean isEnding() {
        return verdict.isEnding();
    }

    /**
     * By when the script must send its next line on this connection. Empty if there is no such
     * limit. While the bundle is sent, count the time from its last progress.
     */
    public Optional<Instant> answerBy() {
        return conversation.answerBy(spec.answerTimeout());
    }

    /** Whether the job has not ended, so that another command is needed. */
    public boolean open() {
        return verdict.isOpen();
    }

    /** How the job ended. Only after its end. */
    public JobEnd end() {
        return verdict.end();
    }

    /** What people should know although the job goes well; empty if there is nothing. */
    public String warning() {
        return progress.warning();
    }

    /** When the runner had no agent and did not wait for it, as the worker says. */
    public List<AgentOutage> absences() {
        return progress.absences();
    }

    /** How long to wait before the next command: exponential back-off with jitter. */
    public Duration pause() {
        return outage.pause();
    }

    /** The next command line for the worker. Drops what is left of an unfinished answer. */
    public String command() {
        logs.drop();
        Nonce nonce = Nonce.random(random);
        Instant now = clock.instant();
        Command command = nextCommand();
        conversation = Conversation.begin(command, nonce, new Answer(), now, logs.offset());
        progress.commandSent(command == Command.START);
        barriers.connects();
        payload.connects();
        if (!progress.isWaiting() && !barriers.isWaiting()) {
            limits.runs(now);
        }
        limits.disconnected();
        if (command == Command.CANCEL) {
            limits.asksForEnd(now);
        }
        String guid = spec.guid();
        String batch = spec.batch();
        JobScript.Wanted wanted = logs.wanted(refetches.frameSize());
        return switch (command) {
            case START ->
                    JobScript.start(
                            spec,
                            nonce,
                            wanted,
                            fence,
                            HexFormat.of().toHexDigits(random.nextInt()));
            case ATTACH -> JobScript.attach(spec, nonce, wanted, fence);
            case CANCEL -> JobScript.cancel(guid, batch, nonce, wanted, fence);
        };
    }

    /**
     * The last {@link #command} is sent only now: it had to wait for a login, or for somebody to
     * send it. Without effect once the worker has answered.
     */
    public void connected() {
        Instant now = clock.instant();
        if (conversation.stage() != Stage.SILENT) {
            return;
        }
        conversation.connected(now);
        if (conversation.command() == Command.START && !started()) {
            limits.waits();
            limits.runs(now);
        } else if (conversation.command() == Command.CANCEL) {
            limits.asksForEnd(now);
        }
    }

    private Command nextCommand() {
        if (isEnding()) {
            return Command.CANCEL;
        }
        return mayHaveStarted() ? Command.ATTACH : Command.START;
    }

    /**
     * Whether the bundle belongs to the last command, once {@link #takesBundle}. The worker may not
     * read all of it.
     */
    public boolean wantsBundle() {
        return conversation.command() == Command.START;
    }

    /** Whether the script has proved that it runs on the worker. Then the bundle may be sent. */
    public boolean takesBundle() {
        Stage stage = conversation.stage();
        // what is decided goes behind it: so the worker reads it even if the job was started before
        boolean later = waitsBetweenPlays() && (stage == Stage.WAITING || stage == Stage.FOLLOWING);
        Stage ready = hasPayload() ? Stage.RECEIVING : Stage.HELLO;
        return wantsBundle() && (stage == ready || later);
    }

    /** Whether the job brings a file, which goes behind the bundle. */
    public boolean hasPayload() {
        return spec.payload().isPresent();
    }

    /**
     * The byte of the payload with which to begin, once {@link #takesBundle}: the worker has all
     * before it. Any thread may ask.
     */
    public long payloadFrom() {
        return payload.from();
    }

    /**
     * The payload was handed over to the connection, to its last byte. Before that the worker
     * certainly does not start the job. Any thread may say so.
     */
    public void payloadSent() {
        payload.isSent();
    }

    /** Whether something may have to be sent to the last command: the bundle, or decisions. */
    public boolean wantsStdin() {
        return wantsBundle() || (waitsBetweenPlays() && conversation.command() == Command.ATTACH);
    }

    /** Whether there are barriers: then stdin stays open behind the bundle. */
    public boolean waitsBetweenPlays() {
        return !spec.barriers().isEmpty();
    }

    /**
     * Where decisions go on this connection: to stdin, behind the bundle.
     *
     * @param stdin must not wait
     */
    public void decisionsGoTo(Consumer<byte[]> stdin) {
        barriers.goTo(stdin);
    }

    /**
     * The play before which the job waits until somebody decides, as the worker said last. Any
     * thread may ask.
     */
    public OptionalInt atBarrier() {
        return barriers.atBarrier();
    }

    /**
     * How the runner ended, if plays are left and the job waits until somebody decides about them.
     * Any thread may ask.
     */
    public Optional<RunnerEnd> runnerEnded() {
        return barriers.runnerEnded();
    }

    /** The last barrier that the job has passed, as its worker says; 0: none. */
    public int passed() {
        return barriers.passed();
    }

    /**
     * This barrier is open, and all before it, whether the job is there already or not. Any thread
     * may say so, also once more.
     */
    public void go(int play) {
        barriers.go(play);
    }

    /**
     * No other play begins: the runner is ended at the barrier where it waits, or at the next one,
     * and with it the job. If it has ended by itself, this is {@link #close}. Any thread may say
     * so.
     */
    public void stop() {
        barriers.stop();
    }

    /** The runner is not started once more: the job ends with it. Any thread may say so. */
    public void close() {
        barriers.close();
    }

    /**
     * The runner is started once more. Without effect unless it {@link #runnerEnded}. Any thread
     * may say so.
     *
     * @param tarGz files that replace those of the same path in the bundle
     */
    public void again(byte[] tarGz) {
        barriers.again(tarGz);
    }

    /** Whether this connection is not needed any more. Close it, also if others hold it open. */
    public boolean over() {
        return !open() || conversation.stage() == Stage.OVER;
    }

    /**
     * Takes bytes of the channel.
     *
     * @return frames of whole lines to store, up to 64 KiB each unless a line is longer; a line
     *     over 1 MiB is cut. Empty while no line is complete
     */
    public List<Frame> read(boolean ofStderr, byte[] bytes) {
        if (over()) {
            return List.of();
        }
        conversation.read(ofStderr, bytes);
        if (!over()) {
            judge(conversation.trouble(spec.maxOutput()));
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
                                    + conversation.lastForeignLine());
        }
    }

    /** Another program wrote into a frame. The bytes are fetched again. */
    private void damaged() {
        if (refetches.afterDamage()) {
            reconnectAtOnce();
        } else {
            leave(
                    "other programs on the worker repeatedly write into the job's output on the"
                            + " connection");
        }
    }

    private void reconnectAtOnce() {
        outage.hurry();
        conversation.reaches(Stage.OVER);
    }

    /** This connection is of no use any more. */
    private void leave(String reason) {
        broken(reason);
        conversation.reaches(Stage.OVER);
    }

    /** The worker sent what the script never sends. */
    private void violated(String what) {
        if (conversation.stage() != Stage.SILENT) {
            progress.commandMayHaveWorked();
        }
        giveUp("protocol error of the worker: " + what);
    }

    /** The script sent nothing. If it was to start the job, the job certainly did not start. */
    private void unanswered(String reason) {
        String text =
                "the login did not run the job script: "
                        + reason
                        + ": "
                        + conversation.lastForeignLine();
        if (wantsBundle()) {
            giveUp(text);
        } else {
            leave(text);
        }
    }

    /** Takes the lines and frames of the script. */
    private final class Answer implements ScriptOutput.Listener {
        @Override
        public void line(String text) {
            if (over()) {
                return;
            }
            ScriptLine word = ScriptLine.of(text);
            if (conversation.stage() != Stage.SILENT) {
                take(word, text);
            } else if (word.kind() == ScriptLine.Kind.HELLO) {
                conversation.greeted(clock.instant());
            } else {
                violated("a line came before the greeting");
            }
        }

        private void take(ScriptLine word, String line) {
            switch (word.kind()) {
                case HAS -> has(word.rest(), line);
                case VERIFYING -> verifies();
                case WAITING -> waits();
                case STARTED, STARTED_ALONE, ATTACHED -> runs(word);
                case REFUSED -> {
                    refused(word.rest());
                    conversation.reaches(Stage.OVER);
                }
                case REPLACED -> replaced(word.rest(), line);
                case ELSEWHERE -> {
                    progress.isElsewhere();
                    leave(oneLine(word.rest()));
                }
                case NONE -> {
                    isNotThere();
                    conversation.reaches(Stage.OVER);
                }
                case STANDS, BARRIER, PASSED, STOPPED, RUNNER_ENDED, AGAIN -> stepped(word, line);
                case END -> ended(EndReport.of(word.rest()));
                case HELLO, UNKNOWN -> conversation.said(line);
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
                reconnectAtOnce();
            }
            limits.logsCome(clock.instant());
        }
    }

    /** The worker says how much of the payload it has. */
    private void has(String number, String line) {
        OptionalLong more = payload.hear(number);
        if (!hasPayload() || conversation.stage() != Stage.HELLO || more.isEmpty()) {
            violated("the worker cannot say '" + oneLine(line) + "'");
            return;
        }
        if (more.getAsLong() > 0) {
            outage.ends(); // the last connection was good
        }
        conversation.receives(clock.instant());
    }

    private void verifies() {
        if (!hasPayload() || following() || !payload.mayBeBusy()) {
            violated("the worker verifies without end");
            return;
        }
        conversation.isBusy(clock.instant());
    }

    private void waits() {
        if (spec.maxJobs().isEmpty() || progress.hasRun() || !isStarting()) {
            violated("the job waits although max_jobs does not apply");
            return;
        }
        conversation.reaches(Stage.WAITING);
        progress.waits();
        limits.waits();
    }

    private boolean isStarting() {
        Stage stage = conversation.stage();
        return stage == Stage.HELLO || stage == Stage.RECEIVING;
    }

    private void runs(ScriptLine word) {
        if (following()) {
            violated("the job begins twice");
            return;
        }
        conversation.reaches(Stage.FOLLOWING);
        if (progress.isWaiting()) {
            limits.runs(clock.instant());
        }
        progress.runs(word);
        if (word.kind() != ScriptLine.Kind.ATTACHED) {
            barriers.begins();
        }
    }

    /** The worker reports how far the job is in its plays. */
    private void stepped(ScriptLine step, String line) {
        if (!following() || !waitsBetweenPlays() || !barriers.hear(step)) {
            violated("the job cannot have come to '" + oneLine(line) + "'");
        }
    }

    private void refused(String text) {
        String reason = oneLine(text.substring(text.indexOf(' ') + 1));
        if (conversation.command() == Command.CANCEL) {
            verdict.lost("cannot end the job: " + reason);
        } else if (text.startsWith("unpack ") && !unpackedBadly) {
            unpackedBadly = true;
            progress.commandHadNoEffect();
            broken(reason);
        } else {
            verdict.refused(reason);
        }
    }

    /** The worker says that another owner has taken the run over. */
    private void replaced(String rest, String line) {
        OptionalLong later = fence.laterOwner(rest);
        if (later.isEmpty()) {
            violated("no owner of the run can have told it '" + oneLine(line) + "'");
            return;
        }
        laterOwner = later;
        verdict.replaced("taken over by another instance (term " + later.getAsLong() + ")");
        conversation.reaches(Stage.OVER);
    }

    /**
     * The term of the owner elsewhere that has taken the run over, as the worker proves; empty if
     * there is none.
     */
    public OptionalLong laterOwner() {
        return laterOwner;
    }

    /** The worker knows nothing of the job. */
    private void isNotThere() {
        if (started()) {
            lost(
                    "the worker no longer knows the job: somebody removed its folder or replaced"
                            + " the machine");
        } else if (conversation.command() == Command.ATTACH) {
            progress.isNotThere();
        } else {
            violated("the worker does not know the job that it was to start or end");
        }
    }

    /** The worker reports that the job has ended and that it has sent all of the logs. */
    private void ended(Optional<EndReport> report) {
        if (report.isEmpty() || !following()) {
            leave("protocol error of the worker: invalid end line");
            return;
        }
        JobLogs.Match match = logs.finish(report.get());
        if (match == JobLogs.Match.WHOLE) {
            verdict.whole(report.get());
        } else if (match == JobLogs.Match.SHORTER && refetches.afterMissing(logs.offset())) {
            outage.hurry();
        } else {
            verdict.incomplete(report.get(), logs.told(match, report.get()));
        }
        conversation.reaches(Stage.OVER);
    }

    /** The whole lines that have arrived since the last call. */
    public List<Frame> flush() {
        if (open()) {
            logs.flush();
        }
        return logs.frames();
    }

    /**
     * The channel has ended, and all of its bytes have been read.
     *
     * @param exitStatus the script's; empty if the worker gave none
     * @return the last frames to store
     */
    public List<Frame> closed(OptionalInt exitStatus) {
        List<Frame> last = flush();
        if (over()) {
            return last;
        }
        if (wantsBundle() && conversation.stage() == Stage.SILENT && exitStatus.isPresent()) {
            giveUp(
                    "the login did not run the job script (exit code "
                            + exitStatus.getAsInt()
                            + "): "
                            + conversation.lastForeignLine());
        } else {
            broken("the connection ended before the job ended");
        }
        return last;
    }

    /** {@link #deadline} or {@link #answerBy} has passed, and the connection is being closed. */
    public void expired() {
        if (over() || overdue() || !open()) {
            return;
        }
        switch (conversation.stage()) {
            case SILENT -> unanswered("no answer within " + seconds(spec.answerTimeout()));
            case HELLO, RECEIVING -> broken("no answer for " + seconds(LONGEST_SILENCE));
            default -> broken("closed");
        }
    }

    /** The connection broke after the command may have been sent. */
    public void broken(Exception cause) {
        broken(oneLine(cause));
    }

    /** The worker was not reached: the command certainly was not sent. */
    public void unreached(Exception cause) {
        progress.commandHadNoEffect();
        conversation = Conversation.none(clock.instant());
        broken(oneLine(cause));
    }

    private void broken(String reason) {
        if (!open()) {
            return;
        }
        if (hasPayload() && !payload.wasSent()) {
            progress.commandHadNoEffect();
        }
        progress.commandMayHaveWorked();
        progress.commandHadNoEffect();
        Instant now = clock.instant();
        if (conversation.wasGood(logs.offset(), now)) {
            outage.ends();
        }
        outage.fails(now);
        limits.disconnected();
        if (limits.isEndGivenUp(now)) {
            verdict.lost("cannot end the job: " + reason);
        } else if (outage.isTooLong(now)) {
            Duration length = outage.length(now);
            verdict.lost(
                    (length.isZero() ? "" : "no connection for " + seconds(length) + ": ")
                            + reason);
        }
    }

    /** Gives up: another attempt would fail too (host key unknown, login refused). */
    public void giveUp(String reason) {
        verdict.giveUp(reason);
    }

    /** Gives up: nobody will ever know what became of the job. */
    public void lost(String reason) {
        verdict.gone(reason);
    }

    /** Ends the job on its worker: close the channel, then send the next command. */
    public void cancel() {
        requestEnd(JobEnd.State.CANCELLED);
    }

    /**
     * Whether the job's deadline has just passed. True once only. Then close the channel and send
     * the next command, which ends the job on its worker.
     */
    public boolean overdue() {
        Instant now = clock.instant();
        limits.notEnded(now)
                .ifPresent(
                        mute ->
                                verdict.lost(
                                        "cannot end the job: the worker did not confirm within "
                                                + seconds(mute)
                                                + " that it has ended"));
        return limits.isOver(now) && requestEnd(JobEnd.State.TIMED_OUT);
    }

    private boolean requestEnd(JobEnd.State as) {
        if (!verdict.requestEnd(as)) {
            return false;
        }
        outage.ends();
        limits.endBegins(clock.instant());
        barriers.ends();
        return true;
    }

    /** How many bytes of a stream were given so far, with those that were stored before. */
    public long offset(Stream stream) {
        return logs.offset(stream);
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
}
