package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.dispatch.TakenOverException;
import org.jetfanout.machine.ProcessLimits;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.FanOut;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.SinkRequest;
import org.jetfanout.screen.Screen;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunStatus;

/** Carries out a run from the command line: GUID, record, log, screen, Ctrl-C, exit code. */
final class Launch {
    private static final ProcessLimits LIMITS = new ProcessLimits();

    private final Surroundings surroundings;
    private final boolean gathers;
    private final Path runs;

    /**
     * The progress of the run that this process carries out. The screen and the metrics read it.
     */
    private final Progress progress = new Progress();

    Launch(ScreenFlags flags) {
        this(flags, SshSettings.ofUser(), true);
    }

    /** Shows the output of hosts at the end, equal output once. */
    static Launch gathering(ScreenFlags flags) {
        return new Launch(new OwnProcess(flags, SshSettings.ofUser(), true), true);
    }

    /**
     * @param lasting whether the workers still exist after the run; the demo's do not
     */
    Launch(ScreenFlags flags, SshSettings ssh, boolean lasting) {
        this(new OwnProcess(flags, ssh, lasting), false);
    }

    /** A run of a process that may have others. */
    Launch(Surroundings surroundings) {
        this(surroundings, false);
    }

    private Launch(Surroundings surroundings, boolean gathers) {
        this.surroundings = surroundings;
        this.gathers = gathers;
        this.runs = surroundings.runs();
    }

    /** Starts a new run in this process. Returns its exit code. */
    int run(RunRequest request) throws IOException {
        return run(UUID.randomUUID().toString(), request);
    }

    /** Starts a new run with a GUID that nobody else has. Returns its exit code. */
    int run(String guid, RunRequest request) throws IOException {
        return run(guid, request, () -> {});
    }

    /**
     * The same for a run that somebody wants to note.
     *
     * @param packed is called when all batches are packed: the run is not refused any more
     */
    int run(String guid, RunRequest request, Runnable packed) throws IOException {
        LIMITS.requireThreads(request.threads());
        try (SinksAndMetrics outputs = sinksAndMetrics(request.sinks(), request);
                Screen screen = openScreen(guid, outputs)) {
            screen.doing("reading playbooks and inventory");
            CheckedRequest prepared = prepare(request);
            outputs.await();
            try (RunRecord record = RunRecord.create(runs, guid)) {
                CheckedRequest kept = storeRequest(record, prepared, outputs);
                surroundings.accepted(record);
                try {
                    return new Execution(
                                    record, progress, shown(screen, record), outputs, surroundings)
                            .run(fanOut -> fanOut.run(kept, packed));
                } catch (ConfigurationException e) {
                    if (!FanOut.maySend(record) && surroundings.unattended()) {
                        storeRefused(record);
                    } else if (!FanOut.maySend(record)) {
                        // a run that was refused leaves nothing behind that could hinder the next
                        // one
                        outputs.abandon();
                        record.remove();
                    }
                    throw e;
                }
            }
        }
    }

    /** Starts a new run in the background, in a session of its own. */
    int detach(RunRequest request) throws IOException {
        LIMITS.requireThreads(request.threads());
        String guid = UUID.randomUUID().toString();
        // nobody reads the standard output of a process in the background
        Optional<String> flag = Optional.of("--detach");
        try (SinksAndMetrics outputs =
                SinksAndMetrics.open(request.sinks(), request.routes(), flag)) {
            openScreen(guid, outputs).close();
            CheckedRequest prepared = prepare(request);
            outputs.await();
            try (RunRecord record = RunRecord.create(runs, guid)) {
                storeRequest(record, prepared, outputs);
            }
        }
        Background.start(runs.resolve(guid));
        return ExitCode.OK.code();
    }

    /**
     * Takes up a run that no process works on any more. This process becomes a later owner of it:
     * it replaces whoever works on a copy of the record.
     *
     * @param sinks are added to the run's own
     * @param takeOver whether to take it even from an owner elsewhere that has taken it over
     */
    int resume(RunRecord record, SinkRequest sinks, boolean takeOver) throws IOException {
        return resume(record, sinks, takeOver, () -> {});
    }

    /**
     * The same for somebody who wants to note it.
     *
     * @param goesOn is called where there is something to go on with
     */
    int resume(RunRecord record, SinkRequest sinks, boolean takeOver, Runnable goesOn)
            throws IOException {
        Background.own(record);
        if (record.takenOver().isPresent() && !takeOver) {
            return refuseTakenOver(record);
        }
        boolean ended = record.summary().isPresent();
        if (ended && record.plan().isEmpty()) {
            throw new ConfigurationException(
                    ("run %s has no plan and sent nothing to its workers: start it again with its"
                                    + " original command line")
                            .formatted(record.guid()));
        }
        boolean canGoOn = RunStatus.canGoOn(record);
        if (ended && canGoOn) {
            int lost = RunStatus.withoutSinks(record).resumable();
            Main.say(
                    ("run %s has ended, but the workers may still have the jobs of %d %s: asking"
                                    + " these workers again")
                            .formatted(record.guid(), lost, lost == 1 ? "batch" : "batches"));
        } else if (ended) {
            boolean behind = record.sinks().statuses().stream().anyMatch(SinkStatus::isBehind);
            Main.say(
                    "run %s has ended: %s"
                            .formatted(
                                    record.guid(),
                                    behind
                                            ? ("shipping the records that its sinks did not get,"
                                                            + " as jet-fanout logs %s --ship does")
                                                    .formatted(record.guid())
                                            : "nothing to resume (jet-fanout rerun starts a new"
                                                    + " run for its failed hosts)"));
        }
        RunRequest request = request(record);
        boolean justBegun = surroundings.unattended() && !ended && !FanOut.maySend(record);
        if (canGoOn && !justBegun) {
            record.raiseTerm(record.nextTerm());
        }
        SinkRequest all = sinks(record, request).and(sinks);
        // what a sink needs of the machine of the owner before does not keep the run from going on
        try (SinksAndMetrics outputs =
                        record.inherited().isPresent()
                                ? SinksAndMetrics.openOrNone(
                                        all, request.routes(), surroundings.ofStdout())
                                : sinksAndMetrics(all, request);
                Screen screen = openScreen(record.guid(), outputs)) {
            outputs.await();
            if (canGoOn) {
                goesOn.run();
            }
            return new Execution(record, progress, screen, outputs, surroundings)
                    .run(
                            fanOut ->
                                    ended || fanOut.isPacked()
                                            ? fanOut.resume(request, batch -> true)
                                            : planAnew(record, fanOut, request));
        }
    }

    /** Whether another instance has taken a run over, and nobody has taken it back. */
    static boolean isElsewhere(RunRecord record) {
        return record.takenOver().isPresent() && !record.isOwned();
    }

    /** Says that another instance has taken a run over. Returns the exit code for that. */
    static int refuseTakenOver(RunRecord record) {
        Main.say(
                new TakenOverException(record.guid(), record.takenOver().getAsLong()).getMessage()
                        + ". To take it back: jet-fanout resume --take-over "
                        + record.guid());
        return ExitCode.TAKEN_OVER.code();
    }

    private RunStatus planAnew(RunRecord record, FanOut fanOut, RunRequest request)
            throws IOException {
        try {
            return fanOut.run(prepare(request), () -> {});
        } catch (ConfigurationException e) {
            if (surroundings.unattended() && !FanOut.maySend(record)) {
                storeRefused(record);
            }
            throw e;
        }
    }

    /** The run has ended: nothing was sent, because something is wrong with what was asked. */
    private static void storeRefused(RunRecord record) {
        record.storeSummary(RunStatus.withoutPlan(record.guid(), ExitCode.CONFIGURATION)::writeTo);
    }

    private SinksAndMetrics sinksAndMetrics(SinkRequest sinks, RunRequest request) {
        return SinksAndMetrics.open(sinks, request.routes(), surroundings.ofStdout());
    }

    /** The sinks that the run shipped to so far. */
    private static SinkRequest sinks(RunRecord record, RunRequest request) {
        return request.sinks().and(SinkRequest.of(record.sinks().names()));
    }

    /** Ends the jobs of the given batches of a run that no process works on any more. */
    int cancel(RunRecord record, Predicate<Batch> batches) throws IOException {
        Background.own(record);
        if (record.takenOver().isPresent()) {
            Main.say(
                    new TakenOverException(record.guid(), record.takenOver().getAsLong())
                            .getMessage());
            return ExitCode.TAKEN_OVER.code();
        }
        RunRequest request = request(record);
        SinkRequest sinks = sinks(record, request).unseen();
        // a broken sink does not keep the jobs from being ended
        try (SinksAndMetrics outputs =
                        SinksAndMetrics.openOrNone(
                                sinks, request.routes(), surroundings.ofStdout());
                Screen screen = openScreen(record.guid(), outputs)) {
            return new Execution(record, progress, screen, outputs, surroundings)
                    .run(
                            fanOut -> {
                                if (!fanOut.isPacked()) {
                                    throw new ConfigurationException(
                                            "run "
                                                    + record.guid()
                                                    + " was interrupted before it sent anything: nothing"
                                                    + " to cancel");
                                }
                                fanOut.cancel();
                                return fanOut.resume(request, batches);
                            });
        }
    }

    private Screen openScreen(String guid, SinksAndMetrics outputs) {
        Screen screen = surroundings.screen(guid, outputs.arePrinting(), progress);
        screen.run(guid);
        return screen;
    }

    private Screen shown(Screen screen, RunRecord record) {
        return gathers
                ? new GatheringScreen(screen, record, surroundings.ofStdout().isPresent())
                : screen;
    }

    private CheckedRequest prepare(RunRequest request) {
        CheckedRequest prepared = CheckedRequest.read(request, Main::say);
        prepared.requireAgent(surroundings.ssh()).warnings().forEach(Main::say);
        return prepared;
    }

    private CheckedRequest storeRequest(
            RunRecord record, CheckedRequest prepared, SinksAndMetrics outputs) throws IOException {
        CheckedRequest kept =
                prepared.keptIn(record.file(RunFile.BUNDLES), outputs.addedTo(prepared.request()));
        Map<String, Object> stored = new LinkedHashMap<>(kept.request().toRecord());
        stored.putAll(surroundings.startedBy());
        record.storeRequest(stored);
        return kept;
    }

    private static RunRequest request(RunRecord record) {
        RunRequest request = stored(record);
        LIMITS.requireThreads(request.threads());
        return request;
    }

    private static RunRequest stored(RunRecord record) {
        return RunRequest.fromRecord(
                record.request()
                        .orElseThrow(
                                () ->
                                        new ConfigurationException(
                                                "run "
                                                        + record.guid()
                                                        + " ended before jet-fanout stored its"
                                                        + " request: nothing was sent. Start it"
                                                        + " again with its original command line")));
    }
}
