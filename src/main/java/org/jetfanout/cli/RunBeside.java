package org.jetfanout.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.FanOut;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.SinkRequest;
import org.jetfanout.runner.Outcome;
import org.jetfanout.screen.Screen;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Progress;
import org.jetfanout.status.RunStatus;
import org.jetfanout.text.Text;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * A run that this process carries out beside others, in the same record folders as the command
 * line. It has threads of its own: its log goes to its record, and so does what is said to people
 * ({@code background.log}). An error in it ends no other run. Thread-safe; one of the methods that
 * begin is called, once.
 */
public final class RunBeside {
    private static final Logger LOG = LoggerFactory.getLogger(RunBeside.class);

    /** Lines that are said before there is a record. */
    private static final int MOST_LINES = 100;

    private final String guid;
    private final Path runs;
    private final SshSettings ssh;
    private final Map<String, Object> startedBy;
    private final RunThreads threads;
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();

    // Mutable state, guarded by this
    private final List<String> unsaid = new ArrayList<>();
    private FanOut fanOut;
    private SinksAndMetrics outputs;
    private boolean cancelled;
    private RuntimeException failure;

    /**
     * @param guid of the run
     * @param runs the folder with the records
     * @param ssh how workers are reached
     * @param startedBy what the record keeps of who began the run, by the keys of request.json
     */
    public RunBeside(String guid, Path runs, SshSettings ssh, Map<String, Object> startedBy) {
        this.guid = guid;
        this.runs = runs;
        this.ssh = ssh;
        this.startedBy = Map.copyOf(startedBy);
        this.threads = new RunThreads(guid, this::say, this::fail);
    }

    /**
     * Reads a command line as far as that is possible with it alone.
     *
     * @param words without the name of the program
     * @param files which it may name; empty for all
     * @throws ConfigurationException where something is wrong; the message is one line
     */
    public static void check(List<String> words, Optional<NamedFiles> files) {
        request(words, files);
    }

    private static RunRequest request(List<String> words, Optional<NamedFiles> files) {
        try {
            return Main.request(words, parsed -> files.ifPresent(rule -> rule.check(parsed)));
        } catch (UsageException | CommandLine.ParameterException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()));
        } catch (InvalidPathException e) {
            throw new ConfigurationException(UnreadableTexts.ofThisJava().problem(e));
        }
    }

    /**
     * Looks whether an earlier run has hosts with one of these outcomes.
     *
     * @throws ConfigurationException where it has none, or no plan
     */
    public static void checkRerun(RunRecord earlier, Set<Outcome> outcomes) {
        RerunCommand.request(earlier, outcomes, List.of());
    }

    /** Begins a new run with a command line. */
    public void run(List<String> words, Optional<NamedFiles> files) {
        begin(launch -> launch.run(guid, request(words, files)));
    }

    /**
     * Begins a new run for the hosts of an earlier one that had one of these outcomes.
     *
     * @param earlier its GUID
     * @param extraVars in the place of those that were not kept
     * @param packed is called when all batches are packed: the run is not refused any more
     */
    public void rerun(
            String earlier, Set<Outcome> outcomes, List<String> extraVars, Runnable packed) {
        begin(
                launch -> {
                    try (RunRecord record = RunRecord.at(runs.resolve(earlier))) {
                        return launch.run(
                                guid, RerunCommand.request(record, outcomes, extraVars), packed);
                    }
                });
    }

    /** Takes up a run that no process works on any more. */
    public void resume() {
        begin(
                launch -> {
                    try (RunRecord record = RunRecord.at(runs.resolve(guid))) {
                        return launch.resume(record, SinkRequest.NONE, false);
                    }
                });
    }

    /** Ends the jobs of a run that no process works on any more. */
    public void endJobs() {
        begin(
                launch -> {
                    try (RunRecord record = RunRecord.at(runs.resolve(guid))) {
                        return launch.cancel(record, batch -> true);
                    }
                });
    }

    /** What is done. */
    private interface Work {
        int of(Launch launch) throws IOException;
    }

    private void begin(Work work) {
        threads.start("run", () -> carryOut(work));
    }

    private void carryOut(Work work) {
        ExitCode wrong = ExitCode.INTERNAL;
        Throwable thrown = null;
        int code = ExitCode.INTERNAL.code();
        try {
            code = work.of(new Launch(new Beside()));
        } catch (ConfigurationException e) {
            wrong = ExitCode.CONFIGURATION;
            thrown = e;
        } catch (UsageException e) {
            wrong = ExitCode.CONFIGURATION;
            thrown = new ConfigurationException(e.getMessage());
        } catch (InvalidPathException e) {
            wrong = ExitCode.CONFIGURATION;
            thrown = new ConfigurationException(UnreadableTexts.ofThisJava().problem(e));
        } catch (IOException | RuntimeException | Error e) {
            thrown = e;
        }
        try {
            end(thrown, wrong, code);
        } finally {
            threads.end();
        }
    }

    private void end(Throwable thrown, ExitCode wrong, int code) {
        Throwable why;
        synchronized (this) {
            fanOut = null;
            why = thrown == null ? failure : thrown;
        }
        if (thrown != null) {
            LOG.error("run {} has ended unexpectedly", guid, thrown);
            accepted.completeExceptionally(
                    thrown instanceof ConfigurationException || thrown instanceof RecordException
                            ? thrown
                            : internal(thrown));
            sayQuietly(
                    thrown instanceof ConfigurationException || thrown instanceof RecordException
                            ? thrown.getMessage()
                            : "internal error: " + thrown);
        }
        accepted.complete(null);
        ended.complete(thrown == null && why == null ? code : wrong.code());
    }

    /** Does something on a thread of this run. */
    Thread inThread(Runnable work) {
        return threads.start("more", work);
    }

    /** The run. */
    public String guid() {
        return guid;
    }

    /**
     * Done when the run is in its record, or has failed before. Then it has the error: a {@link
     * ConfigurationException} where something is wrong with what was asked.
     */
    public CompletableFuture<Void> accepted() {
        return accepted;
    }

    /** Done with the exit code when this process works on the run no more. */
    public CompletableFuture<Integer> ended() {
        return ended;
    }

    /**
     * The run has ended before it began: it gets a record that says so.
     *
     * @param code why
     * @param reason in one line
     */
    public void refused(ExitCode code, String reason) {
        try (RunRecord record = RunRecord.create(runs, guid)) {
            record.storeRequest(startedBy);
            say(reason);
            record.storeSummary(RunStatus.withoutPlan(guid, code)::writeTo);
        }
    }

    /** Ends the jobs, and starts no more. */
    public void cancel() {
        FanOut now;
        SinksAndMetrics shipping;
        synchronized (this) {
            cancelled = true;
            now = fanOut;
            shipping = outputs;
        }
        if (shipping != null && shipping.isFinishing()) {
            shipping.leave();
        } else if (now != null) {
            now.cancel();
        }
    }

    /** Follows the jobs no more; they go on. Somebody resumes the run later. */
    public void leave() {
        leave(new UncheckedIOException("this process ends", new IOException("it ends")));
    }

    /** An error that nobody has caught: others would wait for that thread for ever. */
    private void fail(Throwable thrown) {
        LOG.error("run {}: a thread has ended unexpectedly", guid, thrown);
        if (thrown instanceof Error) {
            leave(internal(thrown));
        } else {
            sayQuietly("internal error: " + thrown);
        }
    }

    private static RuntimeException internal(Throwable thrown) {
        return new UncheckedIOException("internal error: " + thrown, new IOException(thrown));
    }

    private void leave(RuntimeException why) {
        FanOut now;
        synchronized (this) {
            failure = failure == null ? why : failure;
            now = fanOut;
            if (outputs != null) {
                outputs.leave();
            }
        }
        if (now != null) {
            now.fail(why);
        }
    }

    private void say(String line) {
        synchronized (this) {
            if (Files.isDirectory(runs.resolve(guid))) {
                unsaid.forEach(this::append);
                unsaid.clear();
                append(line);
            } else if (unsaid.size() < MOST_LINES) {
                unsaid.add(line);
            }
        }
    }

    private void sayQuietly(String line) {
        try {
            say(line);
        } catch (RuntimeException e) {
            LOG.warn("run {}: {} ({})", guid, line, e.getMessage());
        }
    }

    private void append(String line) {
        Path file = RunFile.BACKGROUND_LOG.in(runs.resolve(guid));
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, PrivateFiles.FILE);
            }
            String text =
                    Instant.now().truncatedTo(ChronoUnit.SECONDS)
                            + " jet-fanout: "
                            + Text.forTerminal(line, false)
                            + "\n";
            Files.write(file, text.getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("{}: {}", line, e.getMessage());
        }
    }

    /** Nobody looks at this screen: the record is looked at. */
    private static final class NoScreen implements Screen {
        @Override
        public void run(String guid) {}

        @Override
        public void summary(RunStatus status) {}

        @Override
        public void close() {}
    }

    private final class Beside implements Surroundings {
        @Override
        public Path runs() {
            return runs;
        }

        @Override
        public SshSettings ssh() {
            return ssh;
        }

        @Override
        public Optional<String> ofStdout() {
            return Optional.of("jet-fanout serve");
        }

        @Override
        public Screen screen(String ofRun, boolean printing, Progress progress) {
            return new NoScreen();
        }

        @Override
        public Map<String, Object> startedBy() {
            return startedBy;
        }

        @Override
        public boolean unattended() {
            return true;
        }

        @Override
        public void accepted(RunRecord record) {
            accepted.complete(null);
        }

        @Override
        public void begin(RunRecord record, FanOut begun, Screen screen, SinksAndMetrics shipping) {
            RuntimeException over;
            boolean end;
            synchronized (RunBeside.this) {
                fanOut = begun;
                outputs = shipping;
                over = failure;
                end = cancelled;
            }
            accepted.complete(null);
            if (end) {
                begun.cancel();
            }
            if (over != null) {
                begun.fail(over);
            }
        }

        @Override
        public boolean interrupted() {
            return false;
        }
    }
}
