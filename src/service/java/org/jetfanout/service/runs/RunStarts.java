package org.jetfanout.service.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.cli.NextWave;
import org.jetfanout.cli.RunBeside;
import org.jetfanout.dispatch.CancelRequest;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.Home;
import org.jetfanout.record.People;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.rollout.GateRequests;
import org.jetfanout.run.FanOut;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.ssh.KeptConnections;
import org.jetfanout.ssh.PassphrasePrompt;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.Runs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs that this service carries out, and what may be done with any run of this machine. What
 * is accepted is on the disk before its GUID is given away. Thread-safe.
 */
public final class RunStarts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunStarts.class);

    /** How long who asks waits for what is wrong with the files that his words name. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    /** How long the same key means the same start. */
    private static final Duration KEY_LIFE = Duration.ofHours(24);

    /** How often starts are removed whose keys mean nothing any more. */
    private static final Duration SWEEP = Duration.ofHours(1);

    /** How long runs may take to follow their jobs no more. */
    private static final Duration LEAVING = Duration.ofSeconds(15);

    private final RunsConfig config;
    private final Path runs;
    private final UnaryOperator<SshSettings> ssh;
    private final KeptStarts files;
    private final Clock clock;
    private final Optional<KeptConnections> kept;
    private final ExecutorService after;
    private final List<Consumer<EndedRun>> listeners = new ArrayList<>();

    // Mutable state, guarded by this
    private final Map<String, KeptStart> waiting = new LinkedHashMap<>();
    private final Map<String, Going> going = new LinkedHashMap<>();
    private final Map<String, KeptStart> keys = new HashMap<>();
    private final List<KeptStart> untold = new ArrayList<>();
    private final Map<String, KeptStart> left = new LinkedHashMap<>();
    private Instant swept = Instant.EPOCH;
    private boolean begun;
    private boolean draining;

    /**
     * A run that goes on.
     *
     * @param answer whether who asked for it knows its GUID, or what is wrong
     */
    private record Going(KeptStart start, RunBeside run, CompletableFuture<Boolean> answer) {}

    private RunStarts(
            RunsConfig config,
            Path runs,
            UnaryOperator<SshSettings> ssh,
            KeptStarts files,
            Clock clock) {
        this.config = config;
        this.runs = runs;
        this.ssh = ssh;
        this.files = files;
        this.clock = clock;
        this.kept =
                config.keepConnections().isZero()
                        ? Optional.empty()
                        : Optional.of(new KeptConnections(config.keepConnections()));
        this.after = Executors.newSingleThreadExecutor(Daemons.named("starts"));
    }

    /**
     * Reads what an earlier process has left: waiting starts wait again, and its runs go on as soon
     * as {@link #begin} is called.
     *
     * @param runs the folder with the records
     * @param state the folder of the service
     */
    public static RunStarts open(ServiceConfig config, Path runs, Path state) throws IOException {
        return open(config, runs, state, settings -> settings);
    }

    /**
     * The same for other keys and known hosts.
     *
     * @param ssh changes the settings of the user
     */
    public static RunStarts open(
            ServiceConfig config, Path runs, Path state, UnaryOperator<SshSettings> ssh)
            throws IOException {
        RunStarts starts =
                new RunStarts(
                        RunsConfig.of(config),
                        runs,
                        ssh,
                        new KeptStarts(state.resolve("starts")),
                        Clock.systemUTC());
        starts.read();
        return starts;
    }

    private synchronized void read() throws IOException {
        for (KeptStart start : files.all()) {
            switch (start.stage()) {
                case WAITING -> waiting.put(start.guid(), start);
                case BEGUN -> left.put(start.guid(), start);
                case ENDED -> untold.add(start);
                case DONE -> {}
            }
            start.key().ifPresent(key -> keys.put(key, start));
        }
        forgetOld();
    }

    /** Begins to carry out what waits, and resumes what an earlier process has left. */
    public synchronized void begin() {
        begun = true;
        untold.forEach(this::tellLater);
        untold.clear();
        List<KeptStart> before = List.copyOf(left.values());
        left.clear();
        // they had their turn already, however many they are
        before.forEach(this::goOnWith);
        next();
    }

    private void goOnWith(KeptStart start) {
        try {
            if (hasEnded(start.guid())) {
                ended(start, exitCode(start.guid()));
            } else {
                LOG.info("run {} was left by an earlier process: it goes on", start.guid());
                carryOut(start, CompletableFuture.completedFuture(true));
            }
        } catch (RuntimeException e) {
            // one that is broken does not keep the others from going on
            LOG.error("run {} cannot go on: {}", start.guid(), e.getMessage());
        }
    }

    /**
     * Starts a run, now or when it is its turn.
     *
     * @throws ConfigurationException where something is wrong with the words; the message is one
     *     line
     * @throws TemplateBusyException where only one run of the template may be
     * @throws QueueFullException where too many wait
     * @throws KeyInUseException where its key was used for another start
     */
    public Started start(StartRequest request) {
        boolean ofCaller = request.template().isEmpty();
        if (ofCaller && config.roots().isEmpty()) {
            throw new ConfigurationException(
                    "this service starts runs from templates only: no 'roots' are set for command"
                            + " lines");
        }
        Task task = Task.run(request.words(), ofCaller);
        Optional<Started> same = same(request.key(), task);
        if (same.isPresent()) {
            return same.get();
        }
        RunBeside.check(request.words(), ofCaller ? config.roots() : Optional.empty());
        return accept(
                task,
                request.who(),
                request.template(),
                request.concurrency(),
                request.environment(),
                request.key());
    }

    /**
     * Starts a run for hosts of an earlier one of this machine.
     *
     * @throws NotNowException where it has no such hosts
     */
    public Started rerun(String guid, RerunSelection selection, String who) {
        for (String value : selection.extraVars()) {
            if (config.roots().isPresent()) {
                config.roots().get().checkExtraVars(value);
            } else if (value.startsWith("@")) {
                throw new ConfigurationException("--extra-vars: no 'roots' are set for files");
            }
        }
        Task task = Task.rerun(guid, selection.outcomes(), selection.extraVars());
        Optional<Started> same = same(selection.key(), task);
        if (same.isPresent()) {
            return same.get();
        }
        Optional<String> template;
        Map<String, String> environment;
        try (RunRecord record = open(guid)) {
            try {
                RunBeside.checkRerun(record, selection.outcomes());
            } catch (ConfigurationException e) {
                throw new NotNowException(e.getMessage());
            }
            template = template(record);
            environment = environment(record);
        }
        return accept(task, who, template, Concurrency.FREE, environment, selection.key());
    }

    /** The start that was accepted with this key. */
    private synchronized Optional<Started> same(Optional<String> key, Task task) {
        forgetOld();
        KeptStart before = key.map(keys::get).orElse(null);
        if (before == null) {
            return Optional.empty();
        }
        if (!KeptStarts.isMark(before.mark(), task)) {
            throw new KeyInUseException("this key was used for another start within a day");
        }
        return Optional.of(new Started(before.guid(), waiting.containsKey(before.guid()), true));
    }

    private Started accept(
            Task task,
            String who,
            Optional<String> template,
            Concurrency concurrency,
            Map<String, String> environment,
            Optional<String> key) {
        KeptStart start =
                new KeptStart(
                        UUID.randomUUID().toString(),
                        clock.instant(),
                        who,
                        template,
                        concurrency,
                        environment,
                        key,
                        key.isPresent() ? KeptStarts.mark(task, "") : "",
                        task,
                        KeptStart.Stage.WAITING,
                        0);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        RunBeside run;
        synchronized (this) {
            Optional<Started> same = same(key, task); // asked twice at the same time
            if (same.isPresent()) {
                return same.get();
            }
            if (draining) {
                throw new QueueFullException("the service is stopping: ask its next process");
            }
            requireFree(start);
            boolean now = begun && going.size() < config.atOnce() && isTurn(start);
            if (!now && waiting.size() >= config.mostWaiting()) {
                throw new QueueFullException(
                        waiting.size() + " starts wait already, and no more may");
            }
            if (!now) {
                files.store(start);
                waiting.put(start.guid(), start);
                start.key().ifPresent(text -> keys.put(text, start));
                return new Started(start.guid(), true, false);
            }
            start.key().ifPresent(text -> keys.put(text, start));
            run = carryOut(start, answer);
        }
        boolean known = true;
        try {
            run.accepted().get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConfigurationException wrong && !hasRecord(start.guid())) {
                known = false;
                throw wrong;
            }
            // it is a run that has failed
        } catch (TimeoutException e) {
            // it takes long to read; who asks sees what becomes of it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            answer.complete(known);
        }
        return new Started(start.guid(), false, false);
    }

    private void requireFree(KeptStart start) {
        if (start.concurrency() != Concurrency.ONE) {
            return;
        }
        String template = start.template().orElseThrow();
        Optional<KeptStart> busy = ofTemplate(template, true);
        if (busy.isPresent()) {
            throw new TemplateBusyException(template, busy.get().guid());
        }
    }

    /** A start of this template that has not ended. */
    private Optional<KeptStart> ofTemplate(String template, boolean alsoWaiting) {
        Optional<KeptStart> goes =
                going.values().stream()
                        .map(Going::start)
                        .filter(other -> other.template().equals(Optional.of(template)))
                        .findFirst();
        return goes.isPresent() || !alsoWaiting
                ? goes
                : waiting.values().stream()
                        .filter(other -> other.template().equals(Optional.of(template)))
                        .findFirst();
    }

    /** Whether it may begin as far as its template is concerned. */
    private boolean isTurn(KeptStart start) {
        return start.concurrency() == Concurrency.FREE
                || (ofTemplate(start.template().orElseThrow(), false).isEmpty()
                        && waiting.values().stream()
                                .takeWhile(other -> !other.guid().equals(start.guid()))
                                .noneMatch(other -> other.template().equals(start.template())));
    }

    /** Begins those whose turn it is. */
    private void next() {
        if (!begun || draining) {
            return;
        }
        for (KeptStart start : List.copyOf(waiting.values())) {
            if (going.size() >= config.atOnce()) {
                return;
            }
            if (isTurn(start)) {
                waiting.remove(start.guid());
                try {
                    carryOut(start, CompletableFuture.completedFuture(true));
                } catch (RuntimeException e) {
                    // its file says that it waits: the next process tries again
                    LOG.error("run {} cannot begin: {}", start.guid(), e.getMessage());
                }
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what follows says itself what went wrong
    private RunBeside carryOut(KeptStart start, CompletableFuture<Boolean> answer) {
        KeptStart now = start.at(KeptStart.Stage.BEGUN);
        files.store(now);
        Path folder = runs.resolve(now.guid());
        boolean isThere = Files.exists(RunFile.REQUEST.in(folder));
        if (!isThere && Files.isDirectory(folder)) {
            // a process ended before it had stored the request: nothing was sent
            try (RunRecord record = RunRecord.at(folder)) {
                record.own();
                record.remove();
            }
        }
        RunBeside run = beside(now);
        going.put(now.guid(), new Going(now, run, answer));
        run.accepted().thenRunAsync(() -> accepted(now), after);
        run.ended().thenAcceptAsync(code -> over(now.guid(), code), after);
        if (isThere || now.task().kind() == Task.Kind.RESUME) {
            run.resume();
        } else if (now.task().kind() == Task.Kind.RERUN) {
            String earlier = now.task().earlier();
            run.rerun(
                    earlier,
                    now.task().outcomes(),
                    now.task().words(),
                    () -> note(earlier, now.who(), "rerun as " + now.guid()));
        } else {
            run.run(now.task().words(), now.task().ofCaller() ? config.roots() : Optional.empty());
        }
        return run;
    }

    private RunBeside beside(KeptStart start) {
        return new RunBeside(start.guid(), runs, ssh(start.environment()), start.startedBy());
    }

    private SshSettings ssh(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(System.getenv());
        all.putAll(environment);
        SshSettings settings =
                ssh.apply(
                        SshSettings.of(
                                SshFiles.ofUser(all, Home.ofUser().path()),
                                PassphrasePrompt.none()));
        return kept.map(settings::keeping).orElse(settings);
    }

    /** The record of its run has all that is needed to go on. */
    private void accepted(KeptStart start) {
        synchronized (this) {
            Going goes = going.get(start.guid());
            if (goes == null || !hasRecord(start.guid())) {
                return;
            }
            KeptStart kept = goes.start().withoutWords();
            going.put(start.guid(), new Going(kept, goes.run(), goes.answer()));
            storeQuietly(kept);
        }
        if (start.task().kind() != Task.Kind.RESUME && !wasNoted(start.guid())) {
            note(start.guid(), start.who(), "started");
        }
    }

    /** This process works on the run no more. */
    @SuppressWarnings("FutureReturnValueIgnored") // what follows says itself what went wrong
    private synchronized void over(String guid, int code) {
        Going goes = going.get(guid);
        if (!hasRecord(guid)) {
            goes.answer().thenAcceptAsync(told -> refused(goes, told), after);
            return;
        }
        going.remove(guid);
        if (hasEnded(guid)) {
            ended(goes.start(), exitCode(guid));
        } else if (code == ExitCode.TAKEN_OVER.code()) {
            ended(goes.start(), code);
        } else {
            // the next process, or somebody, goes on with it
            storeQuietly(goes.start().withoutWords());
        }
        next();
        notifyAll();
    }

    /**
     * What was asked for is wrong, which showed before the run had a record.
     *
     * @param told whether somebody has its GUID
     */
    private synchronized void refused(Going goes, boolean told) {
        KeptStart start = goes.start();
        going.remove(start.guid());
        if (told) {
            endBefore(start, ExitCode.CONFIGURATION, reason(goes.run()));
        } else {
            files.remove(start.guid());
            start.key().ifPresent(keys::remove);
        }
        next();
        notifyAll();
    }

    private static String reason(RunBeside run) {
        return run.accepted()
                .handle(
                        (none, thrown) -> {
                            Throwable cause =
                                    thrown instanceof CompletionException
                                            ? thrown.getCause()
                                            : thrown;
                            return cause == null
                                    ? "it did not begin"
                                    : String.valueOf(cause.getMessage());
                        })
                .join();
    }

    /** The run of a start has ended before it began. */
    private void endBefore(KeptStart start, ExitCode code, String reason) {
        try {
            beside(start).refused(code, reason);
            note(start.guid(), start.who(), "started");
        } catch (RuntimeException e) {
            LOG.error("run {}: {}", start.guid(), e.getMessage());
        }
        ended(start, code.code());
    }

    private void ended(KeptStart start, int code) {
        KeptStart now = start.withoutWords().at(KeptStart.Stage.ENDED, code);
        storeQuietly(now);
        tellLater(now);
    }

    private void tellLater(KeptStart start) {
        try {
            after.execute(() -> tell(start));
        } catch (RejectedExecutionException e) {
            // this process ends: the next one tells
        }
    }

    private void tell(KeptStart start) {
        EndedRun run = new EndedRun(start.guid(), start.template(), start.who(), start.exitCode());
        boolean heard = true;
        for (Consumer<EndedRun> listener : listeners) {
            try {
                listener.accept(run);
            } catch (RuntimeException e) {
                heard = false;
                LOG.error("run {}: nobody heard of its end", start.guid(), e);
            }
        }
        if (heard) {
            storeQuietly(start.at(KeptStart.Stage.DONE));
        }
    }

    private synchronized void storeQuietly(KeptStart start) {
        try {
            files.store(start);
        } catch (RuntimeException e) {
            LOG.error("{}", e.getMessage());
        }
    }

    /** Forgets starts whose keys mean nothing any more. */
    private void forgetOld() {
        Instant old = clock.instant().minus(KEY_LIFE);
        keys.values().removeIf(start -> start.accepted().isBefore(old));
        if (clock.instant().isBefore(swept.plus(SWEEP))) {
            return;
        }
        swept = clock.instant();
        try {
            for (KeptStart start : files.all()) {
                boolean over = start.stage() == KeptStart.Stage.DONE;
                if (over && (start.key().isEmpty() || start.accepted().isBefore(old))) {
                    files.remove(start.guid());
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("old starts cannot be removed: {}", e.getMessage());
        }
    }

    private boolean hasRecord(String guid) {
        return Files.exists(RunFile.REQUEST.in(runs.resolve(guid)));
    }

    private boolean hasEnded(String guid) {
        return Files.exists(RunFile.SUMMARY.in(runs.resolve(guid)));
    }

    private int exitCode(String guid) {
        try (RunRecord record = RunRecord.at(runs.resolve(guid))) {
            return record.exitCode().orElse(ExitCode.INTERNAL.code());
        } catch (RecordException e) {
            LOG.error("run {}: {}", guid, e.getMessage());
            return ExitCode.INTERNAL.code();
        }
    }

    private boolean wasNoted(String guid) {
        return Files.exists(RunFile.PEOPLE.in(runs.resolve(guid)));
    }

    private void note(String guid, String who, String what) {
        try {
            People.note(runs.resolve(guid), who, what);
        } catch (RecordException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    private RunRecord open(String guid) {
        return new Runs(runs).open(guid);
    }

    private static Optional<String> template(RunRecord record) {
        return record.request()
                .map(request -> request.path("startedFrom").asText())
                .filter(name -> !name.isEmpty());
    }

    private static Map<String, String> environment(RunRecord record) {
        Map<String, String> environment = new HashMap<>();
        record.request()
                .ifPresent(
                        request ->
                                request.path("startedWith")
                                        .properties()
                                        .forEach(
                                                entry ->
                                                        environment.put(
                                                                entry.getKey(),
                                                                entry.getValue().asText())));
        return environment;
    }

    /**
     * Ends the jobs of a run, of this service or of another process, or takes a start from the
     * queue. Does not wait.
     *
     * @throws NotNowException where it has ended
     */
    @SuppressWarnings("FutureReturnValueIgnored") // what follows says itself what went wrong
    public synchronized void cancel(String guid, String who) {
        KeptStart start = waiting.remove(guid);
        if (start != null) {
            endBefore(start, ExitCode.INTERRUPTED, who + " has cancelled it before it began");
            note(guid, who, "cancelled");
            next();
            return;
        }
        Going goes = going.get(guid);
        if (goes != null) {
            if (hasRecord(guid)) {
                note(guid, who, "cancelled");
            }
            goes.run().cancel();
            return;
        }
        try (RunRecord record = open(guid)) {
            RunStatus status = RunStatus.of(record);
            if (status.exitCode().isPresent() && status.resumable() == 0) {
                throw new NotNowException("run " + guid + " has ended already");
            }
            if (record.isOwned()) {
                note(guid, who, "cancelled");
                CancelRequest.write(record.folder(), null);
                return;
            }
            note(guid, who, "cancelled");
            if (!FanOut.maySend(record)) {
                record.own();
                record.storeSummary(RunStatus.withoutPlan(guid, ExitCode.INTERRUPTED)::writeTo);
                return;
            }
            KeptStart ending = ofRecord(record, who).at(KeptStart.Stage.BEGUN);
            RunBeside run = beside(ending);
            going.put(guid, new Going(ending, run, CompletableFuture.completedFuture(true)));
            run.ended().thenAcceptAsync(code -> over(guid, code), after);
            run.endJobs();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "run " + guid + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** A start that takes up an earlier run. */
    private KeptStart ofRecord(RunRecord record, String who) {
        return new KeptStart(
                record.guid(),
                clock.instant(),
                record.request()
                        .map(request -> request.path("startedBy").asText())
                        .filter(name -> !name.isEmpty())
                        .orElse(who),
                template(record),
                Concurrency.FREE,
                environment(record),
                Optional.empty(),
                "",
                Task.resume(),
                KeptStart.Stage.WAITING,
                0);
    }

    /**
     * Takes up a run that no process works on any more.
     *
     * @throws NotNowException where one does, or there is nothing to resume
     */
    public synchronized void resume(String guid, String who) {
        try (RunRecord record = requireIdle(guid)) {
            if (!RunStatus.canGoOn(record)) {
                throw new NotNowException("run " + guid + " has ended: nothing to resume");
            }
            if (record.request().isEmpty()) {
                throw new NotNowException(
                        "run " + guid + " ended before its request was stored: nothing was sent");
            }
            if (record.takenOver().isPresent()) {
                throw new NotNowException("another instance has taken over run " + guid);
            }
            takeUp(record, who);
        }
        note(guid, who, "resumed");
    }

    /** The record of a run that nobody works on. */
    private RunRecord requireIdle(String guid) {
        if (waiting.containsKey(guid)) {
            throw new NotNowException("run " + guid + " waits for its turn");
        }
        if (going.containsKey(guid)) {
            throw new NotNowException("run " + guid + " goes on in this service");
        }
        RunRecord record = open(guid);
        if (record.isOwned()) {
            record.close();
            throw new NotNowException("run " + guid + " goes on in another process");
        }
        return record;
    }

    private void takeUp(RunRecord record, String who) {
        if (draining) {
            throw new QueueFullException("the service is stopping: ask its next process");
        }
        KeptStart start = ofRecord(record, who);
        if (begun && going.size() < config.atOnce()) {
            carryOut(start, CompletableFuture.completedFuture(true));
        } else {
            files.store(start);
            waiting.put(start.guid(), start);
        }
    }

    /**
     * Lets a run wait before its next wave.
     *
     * @return number of that wave
     */
    public int pause(String guid, String who) {
        return gate(guid, who, GateRequests.Kind.PAUSE, "paused before wave ");
    }

    /**
     * Ends a pause.
     *
     * @return number of the wave that may begin
     */
    public int goOn(String guid, String who) {
        return gate(guid, who, GateRequests.Kind.CONTINUE, "continued with wave ");
    }

    /**
     * Approves the wave that a run waits for. A run whose process has ended at the gate goes on.
     *
     * @return number of that wave
     */
    public synchronized int approve(String guid, String who) {
        int wave = gate(guid, who, GateRequests.Kind.APPROVE, "approved wave ");
        try (RunRecord record = open(guid)) {
            if (!going.containsKey(guid) && !waiting.containsKey(guid) && !record.isOwned()) {
                takeUp(record, who);
            }
        }
        return wave;
    }

    private int gate(String guid, String who, GateRequests.Kind kind, String what) {
        try (RunRecord record = open(guid)) {
            int wave =
                    kind == GateRequests.Kind.APPROVE
                            ? NextWave.awaitingApproval(record)
                            : NextWave.of(record);
            GateRequests.write(record.folder(), kind, wave);
            note(guid, who, what + wave);
            return wave;
        } catch (ConfigurationException e) {
            throw new NotNowException(e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "run " + guid + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** The starts that wait, in the order of their turns. */
    public synchronized List<WaitingStart> waiting() {
        return waiting.values().stream().map(KeptStart::waiting).toList();
    }

    /** The starts whose turn has come, and that have no record yet. */
    public synchronized List<WaitingStart> beginning() {
        return going.values().stream()
                .map(Going::start)
                .filter(start -> !hasRecord(start.guid()))
                .map(KeptStart::waiting)
                .toList();
    }

    /** How many runs go on in this process. */
    public synchronized int running() {
        return going.size();
    }

    /**
     * Is told of each run of this service that has ended, at least once, also after a restart. Call
     * it before {@link #begin}. It may block.
     */
    public void onEnd(Consumer<EndedRun> told) {
        listeners.add(told);
    }

    /**
     * Takes nothing new, and waits for the runs. What has not ended by then is left: the next
     * process resumes it.
     *
     * @return whether all have ended
     */
    public boolean drain(Duration longest) throws InterruptedException {
        boolean whole = awaitNone(longest);
        close();
        return whole;
    }

    private synchronized boolean awaitNone(Duration longest) throws InterruptedException {
        draining = true;
        long end = System.nanoTime() + longest.toNanos();
        while (!going.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /** Leaves what goes on: its jobs go on. */
    @Override
    public void close() {
        synchronized (this) {
            draining = true;
            going.values().forEach(goes -> goes.run().leave());
        }
        try {
            awaitNone(LEAVING);
            after.shutdown();
            if (!after.awaitTermination(LEAVING.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("not all who wait for the end of a run could be told: next time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kept.ifPresent(KeptConnections::close);
    }

    /** How many connections to workers are kept for the next run. */
    public int keptConnections() {
        return kept.map(KeptConnections::count).orElse(0);
    }
}
