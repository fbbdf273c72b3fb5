package org.jetfanout.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.PrivateFiles;
import org.jetfanout.ProcessLimits;
import org.jetfanout.pipeline.FanOut;
import org.jetfanout.pipeline.Prepared;
import org.jetfanout.pipeline.RunRequest;
import org.jetfanout.pipeline.SinkRequest;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.Progress;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.RunStatus;
import org.jetfanout.record.Runs;
import org.jetfanout.record.Screen;
import org.jetfanout.record.ScreenOptions;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.record.Terminal;
import org.jetfanout.ssh.SshSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Carries out a run: GUID, record, log, screen, Ctrl-C, exit code. */
final class Launch {
    private static final Logger LOG = LoggerFactory.getLogger(Launch.class);

    /** What a detached run says, in its folder. */
    static final String BACKGROUND_LOG = "background.log";

    /** Set for a process that another one started to take over its run. */
    private static final String BACKGROUND = "JET_FANOUT_BACKGROUND";

    private static final int HEAD_START_MILLIS = 10_000;
    private static final int POLL_MILLIS = 50;
    private static final ProcessLimits LIMITS = new ProcessLimits();

    private final ScreenFlags flags;
    private final SshSettings ssh;
    private final boolean lasting;
    private final Path runs = Runs.of(System.getenv()).folder();

    /** Of the one run that is carried out; its screen and its metrics look at it. */
    private final Progress progress = new Progress();

    Launch(ScreenFlags flags) {
        this(flags, SshSettings.ofUser(), true);
    }

    /**
     * @param lasting whether the workers are still there afterwards
     */
    Launch(ScreenFlags flags, SshSettings ssh, boolean lasting) {
        this.flags = flags;
        this.ssh = ssh;
        this.lasting = lasting;
    }

    /** A new run in this process; its exit code. */
    int run(RunRequest request) throws IOException {
        LIMITS.requireThreads(request.threads());
        String guid = UUID.randomUUID().toString();
        try (Outlets outlets = outlets(request.sinks(), request);
                Screen screen = open(guid, outlets)) {
            screen.doing("reading playbooks and inventory");
            Prepared prepared = prepare(request);
            outlets.await();
            try (RunRecord record = RunRecord.create(runs, guid)) {
                Prepared kept = keep(record, prepared, outlets);
                try {
                    return follow(record, screen, outlets, fanOut -> fanOut.run(kept));
                } catch (ConfigurationException e) {
                    if (!FanOut.maySend(record)) {
                        // one that was refused is in nobody's way, as if it had not been
                        outlets.abandon();
                        record.remove();
                    }
                    throw e;
                }
            }
        }
    }

    /** A new run in the background, in a session of its own. */
    int detach(RunRequest request) throws IOException {
        LIMITS.requireThreads(request.threads());
        String guid = UUID.randomUUID().toString();
        // nobody reads what a process in the background prints
        Optional<String> flag = Optional.of("--detach");
        try (Outlets outlets = Outlets.open(request.sinks(), request.routes(), flag)) {
            open(guid, outlets).close();
            Prepared prepared = prepare(request);
            outlets.await();
            try (RunRecord record = RunRecord.create(runs, guid)) {
                keep(record, prepared, outlets);
            }
        }
        background(guid);
        return ExitCode.OK.code();
    }

    /**
     * Takes up a run that has no process any more.
     *
     * @param sinks in addition to its own
     */
    int resume(RunRecord record, SinkRequest sinks) throws IOException {
        own(record);
        boolean ended = record.summary().isPresent();
        if (ended && record.plan().isEmpty()) {
            throw new ConfigurationException(
                    ("run %s has no plan and sent nothing to its workers: start it again with its"
                                    + " original command line")
                            .formatted(record.guid()));
        }
        int lost = ended ? RunStatus.of(record).resumable() : 0;
        if (lost > 0) {
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
        try (Outlets outlets = outlets(sinks(record, request).and(sinks), request);
                Screen screen = open(record.guid(), outlets)) {
            outlets.await();
            return follow(
                    record,
                    screen,
                    outlets,
                    fanOut ->
                            ended || fanOut.isPacked()
                                    ? fanOut.resume(request, batch -> true)
                                    : planAnew(record, fanOut, request));
        }
    }

    private RunStatus planAnew(RunRecord record, FanOut fanOut, RunRequest request)
            throws IOException {
        try {
            return fanOut.run(prepare(request));
        } catch (ConfigurationException e) {
            if (System.getenv(BACKGROUND) != null && !FanOut.maySend(record)) {
                record.summary(
                        RunStatus.withoutPlan(record.guid(), ExitCode.CONFIGURATION)::writeTo);
            }
            throw e;
        }
    }

    private Outlets outlets(SinkRequest sinks, RunRequest request) {
        return Outlets.open(sinks, request.routes(), flags.ofStdout());
    }

    /** Those that the run had. */
    private static SinkRequest sinks(RunRecord record, RunRequest request) {
        return request.sinks().and(SinkRequest.of(record.sinks().names()));
    }

    /** Ends the jobs of a run that has no process any more, or those of some batches. */
    int cancel(RunRecord record, Predicate<Batch> batches) throws IOException {
        own(record);
        RunRequest request = request(record);
        SinkRequest sinks = sinks(record, request).unseen();
        // jobs are ended, whatever is wrong with a sink
        try (Outlets outlets = Outlets.openOrNone(sinks, request.routes(), flags.ofStdout());
                Screen screen = open(record.guid(), outlets)) {
            return follow(
                    record,
                    screen,
                    outlets,
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

    /** What is done with a fan-out until it has ended. */
    @FunctionalInterface
    private interface Work {
        RunStatus of(FanOut fanOut) throws IOException;
    }

    private int follow(RunRecord record, Screen screen, Outlets outlets, Work work)
            throws IOException {
        ThreadProbe.start();
        Logging.toFile(record.folder().resolve("jet-fanout.log"), record.guid());
        MDC.put("JetGuid", record.guid());
        FanOut fanOut = new FanOut(record, progress, screen, ssh, Main::say);
        Interrupts interrupts =
                new Interrupts(
                        (count, all) -> {
                            if (outlets.isFinishing()) {
                                outlets.leave();
                            } else {
                                interrupted(count, all, fanOut, screen, record.guid());
                            }
                        });
        RunStatus status;
        try {
            outlets.start(record, progress::snapshot);
            status = work.of(fanOut);
        } catch (IOException | UncheckedIOException e) {
            LOG.error("the run was interrupted", e);
            screen.close();
            Main.say(
                    e.getMessage()
                            + "; the run record is safe, and jobs continue on the workers."
                            + " Correct the problem, then run: jet-fanout resume "
                            + record.guid());
            return ExitCode.INTERNAL.code();
        }
        // Ctrl-C during the wait for sinks is none for the run
        boolean interrupted = interrupts.happened();
        status = shipped(record, outlets, status);
        screen.summary(status);
        return interrupted
                ? ExitCode.INTERRUPTED.code()
                : status.exitCode().orElse(ExitCode.INTERNAL.code());
    }

    /** Waits for the sinks; the status with how they stand then. */
    private static RunStatus shipped(RunRecord record, Outlets outlets, RunStatus status) {
        boolean whole = record.summary().isPresent();
        try {
            outlets.finish(record, whole);
            RunStatus now = status.withSinks(record.sinks().statuses());
            if (whole) {
                record.summary(now::writeTo);
            }
            return now;
        } catch (UncheckedIOException e) {
            // the run's own result is stored and stands
            Main.say(
                    e.getMessage()
                            + "; correct the problem, then run: jet-fanout logs "
                            + record.guid()
                            + " --ship");
            return status;
        }
    }

    private Screen open(String guid, Outlets outlets) {
        ScreenOptions options = flags.options(runs.resolve(guid));
        if (!lasting) {
            options = options.withoutAdvice();
        }
        if (outlets.arePrinting()) {
            options = options.onErrorOnly();
        }
        Screen screen = options.open(System.getenv(), progress);
        screen.run(guid);
        return screen;
    }

    private Prepared prepare(RunRequest request) {
        Prepared prepared = Prepared.read(request, Main::say);
        prepared.requireAgent(ssh).warnings().forEach(Main::say);
        return prepared;
    }

    private static Prepared keep(RunRecord record, Prepared prepared, Outlets outlets)
            throws IOException {
        RunRequest kept =
                outlets.in(prepared.request()).withVariablesIn(record.folder().resolve("bundles"));
        record.request(kept.toRecord());
        return prepared.with(kept);
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

    /** A process that has just handed the run over may still be about to end. */
    private static void own(RunRecord record) throws IOException {
        boolean handedOver = System.getenv(BACKGROUND) != null;
        for (int waited = 0;
                handedOver && record.isOwned() && waited < HEAD_START_MILLIS;
                waited += POLL_MILLIS) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                throw new InterruptedIOException(
                        "interrupted while waiting for the process that owns the run");
            }
        }
        record.own();
    }

    /** Starts another process that takes up the run; it says nothing but to the run's folder. */
    private void background(String guid) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of("setsid", ProcessHandle.current().info().command().orElse("java")));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "resume",
                        guid));
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment().put(BACKGROUND, "yes");
        process.environment().put("XDG_STATE_HOME", runs.getParent().getParent().toString());
        process.redirectInput(new File("/dev/null"));
        Path log = runs.resolve(guid).resolve(BACKGROUND_LOG);
        if (!Files.exists(log)) {
            Files.createFile(log, PrivateFiles.FILE);
        }
        process.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        process.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        process.start();
        Main.say(
                "the run continues in the background. To see its status: jet-fanout status "
                        + guid);
    }

    private void interrupted(int count, Interrupts all, FanOut fanOut, Screen screen, String guid) {
        if (count > 1) {
            screen.close();
            Main.say(
                    "stopped here. Jobs may still run on the workers. To continue: jet-fanout"
                            + " resume "
                            + guid);
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
        }
        screen.hold();
        try {
            carryOut(answer(), all, fanOut, screen, guid);
        } finally {
            screen.release();
        }
    }

    private void carryOut(
            String answer, Interrupts all, FanOut fanOut, Screen screen, String guid) {
        switch (answer) {
            case "d" -> {
                screen.close();
                try {
                    background(guid);
                } catch (IOException e) {
                    Main.say(
                            "cannot continue in the background ("
                                    + e.getMessage()
                                    + "). To continue: jet-fanout resume "
                                    + guid);
                }
                Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
            }
            case "g" -> {
                all.forget();
                Main.say("continuing the run");
            }
            default -> {
                Main.say(
                        "cancelling: ending the jobs on the workers (press Ctrl-C again to stop"
                                + " at once)");
                fanOut.cancel();
            }
        }
    }

    /** What to do now; where there is nobody to ask, to cancel. */
    @SuppressWarnings(
            "SystemConsoleNull") // where it is not null without a terminal, the terminal is asked
    // for first
    private static String answer() {
        Console console =
                Terminal.isTerminal(1) && Terminal.isTerminal(2) ? System.console() : null;
        String answer =
                console == null
                        ? "c"
                        : console.readLine(
                                "%njet-fanout: interrupted. [c]ancel the run, [d]etach (the run"
                                        + " continues in the background), [g]o on? ");
        return answer == null || answer.isBlank()
                ? "c"
                : answer.strip().substring(0, 1).toLowerCase(java.util.Locale.ROOT);
    }
}
