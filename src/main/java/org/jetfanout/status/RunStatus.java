package org.jetfanout.status;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jetfanout.ExitCode;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Json;
import org.jetfanout.record.People;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.record.StoredResults;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.text.Times;

/**
 * The status of a run. Its JSON is printed by {@code status --json} and as the last record of
 * {@code --json}: {@code {"guid", "state", "exitCode", "totals": {"hosts", "ok", "changed",
 * "failed", "unreachable", "unfinished", "notStarted"}, "workers": [{"worker", "state", "batch",
 * …the same counts…, "failedHosts": [{"host", "reason"}]}], and only where the run has sinks
 * "sinks": [{"sink", "state", "reason", …its counts}]}}, see {@link SinkStatus}. {@code
 * "resumable"} is the number of batches that {@link #resumable} counts, and is left out where that
 * is 0. Only {@code status --json} has {@code "takenOver"}, where another instance has taken the
 * run over: the term of that owner; and {@code "people": [{"time", "who", "what"}]}, where somebody
 * did something with the run, see {@link People}. There is one entry in {@code workers} per batch.
 * Counts are disjoint, see {@link Counts}; {@code exitCode} is null until the run has ended. {@code
 * failedHosts} lists the failed, unreachable, unfinished and not started hosts of the batches that
 * ended, and in an interrupted run those of all batches. Immutable.
 *
 * @param guid the run
 * @param state its state
 * @param exitCode the program's exit code; empty until the run has ended
 * @param totals of all hosts of the plan; hosts that were skipped as unmatched do not count
 * @param workers in the plan's order
 * @param sinks by name
 * @param rollout how it stands from wave to wave; empty where it has no such rules
 * @param soFar what runners have told of the hosts of batches that run, by batch; not in the JSON
 */
public record RunStatus(
        String guid,
        RunState state,
        OptionalInt exitCode,
        Counts totals,
        List<WorkerStatus> workers,
        List<SinkStatus> sinks,
        Optional<RolloutStatus> rollout,
        Map<String, OutcomesSoFar> soFar) {
    /** Copies the lists. */
    public RunStatus {
        workers = List.copyOf(workers);
        sinks = List.copyOf(sinks);
        soFar = Map.copyOf(soFar);
    }

    /** The status of a run whose runners tell nothing now. */
    public RunStatus(
            String guid,
            RunState state,
            OptionalInt exitCode,
            Counts totals,
            List<WorkerStatus> workers,
            List<SinkStatus> sinks,
            Optional<RolloutStatus> rollout) {
        this(guid, state, exitCode, totals, workers, sinks, rollout, Map.of());
    }

    /** The status of a run without sinks. */
    public RunStatus(
            String guid,
            RunState state,
            OptionalInt exitCode,
            Counts totals,
            List<WorkerStatus> workers) {
        this(guid, state, exitCode, totals, workers, List.of(), Optional.empty());
    }

    /**
     * The same status with the exit code for routes that did not do what they must. The exit code
     * of a run that was cancelled or ended by a deadline does not change.
     */
    public RunStatus misconfigured() {
        boolean cut =
                exitCode.isEmpty()
                        || exitCode.getAsInt() == ExitCode.INTERRUPTED.code()
                        || exitCode.getAsInt() == ExitCode.DEADLINE.code();
        return cut
                ? this
                : new RunStatus(
                        guid,
                        state,
                        OptionalInt.of(ExitCode.CONFIGURATION.code()),
                        totals,
                        workers,
                        sinks,
                        rollout,
                        soFar);
    }

    /**
     * The status of a run whose process ends before a wave that somebody must approve: the exit
     * code is that of the batches that have ended.
     */
    public RunStatus leftAtGate() {
        List<WorkerStatus> ended =
                workers.stream().filter(worker -> worker.state().isLast()).toList();
        return new RunStatus(
                guid,
                RunState.INTERRUPTED,
                OptionalInt.of(exitCode(ended).code()),
                totals,
                workers,
                sinks,
                rollout);
    }

    /** The same status with these states of the sinks. */
    public RunStatus withSinks(List<SinkStatus> now) {
        return new RunStatus(guid, state, exitCode, totals, workers, now, rollout, soFar);
    }

    /**
     * How many batches were given up although their workers may still have the jobs. Such a run can
     * be resumed even after it has ended.
     */
    public int resumable() {
        return (int) workers.stream().filter(WorkerStatus::resumable).count();
    }

    /**
     * Whether a run can go on after its process has ended: it has no final status, or it has one
     * and {@link #resumable} batches.
     */
    public static boolean canGoOn(RunRecord record) {
        return record.summary().isEmpty() || withoutSinks(record).resumable() > 0;
    }

    /** The status of a run that ended before it had a plan. */
    public static RunStatus withoutPlan(String guid, ExitCode exitCode) {
        return new RunStatus(
                guid, RunState.ENDED, OptionalInt.of(exitCode.code()), Counts.NONE, List.of());
    }

    /**
     * The status of a run from its record, whether the run has ended, was interrupted, or is still
     * carried out by this or another process.
     */
    public static RunStatus of(RunRecord record) {
        return of(record, Clock.systemUTC());
    }

    static RunStatus of(RunRecord record, Clock clock) {
        return ofBatches(record, clock).withSinks(record.sinks().statuses());
    }

    /** The status without the states of the sinks, which may take long to compute. */
    public static RunStatus withoutSinks(RunRecord record) {
        return ofBatches(record, Clock.systemUTC());
    }

    private static RunStatus ofBatches(RunRecord record, Clock clock) {
        boolean owned = record.isOwned();
        OptionalInt stored = record.exitCode();
        Optional<Plan> planned = record.plan();
        if (planned.isEmpty()) {
            RunState state =
                    stored.isPresent()
                            ? RunState.ENDED
                            : owned ? RunState.PLANNING : RunState.INTERRUPTED;
            return new RunStatus(record.guid(), state, stored, Counts.NONE, List.of());
        }
        Plan plan = planned.get();
        StoredResults results = record.results();
        Progress progress = progress(record, plan, results, owned && stored.isEmpty(), clock);
        Progress.Snapshot snapshot = progress.snapshot();
        boolean ended = snapshot.batches().stream().allMatch(batch -> batch.state().isLast());
        RunState state =
                ended || stored.isPresent()
                        ? RunState.ENDED
                        : owned ? RunState.RUNNING : RunState.INTERRUPTED;
        Map<String, List<HostReason>> trouble = trouble(results);
        Map<String, OutcomesSoFar> soFar = Map.of();
        if (state == RunState.RUNNING) {
            soFar = soFar(plan, record.outcomes(), snapshot);
            addSoFar(plan, soFar, trouble);
        } else {
            addUnstored(plan, results, trouble);
        }
        Instant now = clock.instant();
        List<WorkerStatus> workers = new ArrayList<>(snapshot.batches().size());
        for (Progress.BatchProgress batch : snapshot.batches()) {
            workers.add(
                    new WorkerStatus(
                            batch.worker(),
                            batch.state(),
                            batch.batch(),
                            batch.counts(),
                            trouble.getOrDefault(batch.batch(), List.of()),
                            batch.complete(),
                            batch.time(now),
                            batch.state().isTrouble() || batch.state() == BatchState.WAITING
                                    ? batch.detail()
                                    : "",
                            batch.state().isLast() && results.isResumable(batch.batch()),
                            batch.state().isLast() && results.isMisconfigured(batch.batch())));
        }
        boolean stopped = snapshot.waves().filter(RolloutState::isStopped).isPresent();
        OptionalInt exitCode =
                stored.isPresent() || state != RunState.ENDED
                        ? stored
                        : OptionalInt.of(exitCode(workers, stopped).code());
        return new RunStatus(
                record.guid(),
                state,
                exitCode,
                snapshot.totals(),
                workers,
                List.of(),
                snapshot.rollout(),
                soFar);
    }

    /** When each batch was taken up for the first time. Batches that never were are left out. */
    public static Map<String, Instant> startTimes(RunRecord record) {
        Map<String, Instant> begun = new HashMap<>();
        record.states(
                line -> {
                    Optional<BatchState> state = BatchState.of(line.path("state").asText());
                    if (state.isPresent()
                            && state.get() != BatchState.QUEUED
                            && state.get() != BatchState.WAITING) {
                        begun.putIfAbsent(
                                line.path("batch").asText(), time(line, Clock.systemUTC()));
                    }
                });
        return begun;
    }

    /**
     * The exit code of a run whose batches have all ended. The first rule that applies counts:
     *
     * <ul>
     *   <li>a batch was cancelled: 130
     *   <li>a batch was ended by its deadline: 124
     *   <li>routes did not do what they must: 78
     *   <li>the only problem is that runners accepted neither playbook nor inventory, before any
     *       host was touched: 78
     *   <li>hosts failed, and others are unreachable, unfinished or on a worker that was lost or
     *       refused the job: 6
     *   <li>there are only such others: 4
     *   <li>there are only failed hosts, and maybe hosts that were not started: 2
     *   <li>there are only hosts that were not started: 4
     *   <li>all hosts are well, but output is missing: 3
     *   <li>otherwise: 0
     * </ul>
     *
     * A run that was cut short says so first, because the counts of its hosts do not tell
     * everything.
     */
    public static ExitCode exitCode(List<WorkerStatus> workers) {
        return exitCode(workers, false);
    }

    /**
     * @param stopped whether a rule has stopped the run: then batches that were cancelled are
     *     unfinished only
     */
    private static ExitCode exitCode(List<WorkerStatus> workers, boolean stopped) {
        boolean cancelled = false;
        boolean late = false;
        boolean misconfigured = false;
        boolean failed = false;
        boolean unreachable = false;
        boolean incomplete = false;
        boolean rejected = false;
        boolean notStarted = false;
        for (WorkerStatus worker : workers) {
            BatchState state = worker.state();
            if (state == BatchState.REJECTED) {
                rejected = true;
                continue;
            }
            cancelled |= state == BatchState.CANCELLED && !stopped;
            late |= state == BatchState.TIMED_OUT;
            misconfigured |= worker.misconfigured();
            failed |= worker.counts().failed() > 0;
            unreachable |=
                    worker.counts().unreachable() > 0
                            || worker.counts().unfinished() > 0
                            || state == BatchState.LOST
                            || state == BatchState.REFUSED;
            notStarted |= worker.counts().notStarted() > 0;
            incomplete |= state == BatchState.INCOMPLETE || !worker.complete();
        }
        if (cancelled) {
            return ExitCode.INTERRUPTED;
        }
        if (late) {
            return ExitCode.DEADLINE;
        }
        if (misconfigured) {
            return ExitCode.CONFIGURATION;
        }
        if (rejected && !failed && !unreachable) {
            return ExitCode.CONFIGURATION;
        }
        unreachable |= rejected;
        if (failed) {
            return unreachable ? ExitCode.FAILED_AND_UNREACHABLE : ExitCode.FAILED;
        }
        if (unreachable || notStarted) {
            return ExitCode.UNREACHABLE;
        }
        return incomplete ? ExitCode.INCOMPLETE : ExitCode.OK;
    }

    /** Writes the JSON as one line and leaves the stream open. */
    public void writeTo(OutputStream out) throws IOException {
        Json.line(out, json -> write(json, OptionalLong.empty(), List.of()));
    }

    /**
     * Writes it as {@code status --json} prints it.
     *
     * @param record of this run: who did what with it, and whether an owner elsewhere has taken it
     *     over; then this is how the run stood before
     */
    public void writeTo(OutputStream out, RunRecord record) throws IOException {
        List<JsonNode> people = new ArrayList<>();
        record.people(people::add);
        Json.line(out, json -> write(json, record.takenOver(), people));
    }

    private void write(JsonGenerator json, OptionalLong takenOver, List<JsonNode> people)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("guid", guid);
        json.writeStringField("state", state.word());
        if (exitCode.isPresent()) {
            json.writeNumberField("exitCode", exitCode.getAsInt());
        } else {
            json.writeNullField("exitCode");
        }
        if (takenOver.isPresent()) {
            json.writeNumberField("takenOver", takenOver.getAsLong());
        }
        if (resumable() > 0) {
            json.writeNumberField("resumable", resumable());
        }
        json.writeObjectFieldStart("totals");
        totals.write(json);
        json.writeEndObject();
        if (rollout.isPresent()) {
            json.writeObjectFieldStart("rollout");
            rollout.get().write(json);
            json.writeEndObject();
        }
        json.writeArrayFieldStart("workers");
        for (WorkerStatus worker : workers) {
            json.writeStartObject();
            json.writeStringField("worker", worker.worker());
            json.writeStringField("state", worker.state().word());
            json.writeStringField("batch", worker.batch());
            if (worker.state() == BatchState.WAITING && !worker.reason().isEmpty()) {
                json.writeStringField("detail", worker.reason());
            }
            worker.counts().write(json);
            json.writeArrayFieldStart("failedHosts");
            for (HostReason host : worker.failedHosts()) {
                json.writeStartObject();
                json.writeStringField("host", host.host());
                json.writeStringField("reason", host.reason());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        if (!sinks.isEmpty()) {
            json.writeArrayFieldStart("sinks");
            for (SinkStatus sink : sinks) {
                sink.write(json);
            }
            json.writeEndArray();
        }
        if (!people.isEmpty()) {
            json.writeArrayFieldStart("people");
            for (JsonNode deed : people) {
                json.writeStartObject();
                for (String key : List.of("time", "who", "what")) {
                    json.writeStringField(key, deed.path(key).asText());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static Progress progress(
            RunRecord record, Plan plan, StoredResults results, boolean running, Clock clock) {
        Progress progress = new Progress(clock);
        progress.planned(new RunEvent.Planned(plan));
        record.rollout().map(RunEvent.Rollout::new).ifPresent(progress::rollout);
        Set<String> ended = new HashSet<>(results.batches());
        record.states(
                line ->
                        BatchState.of(line.path("state").asText())
                                .ifPresent(
                                        state -> {
                                            String id = line.path("batch").asText();
                                            if (!state.isLast()) {
                                                progress.state(
                                                        new RunEvent.State(
                                                                id,
                                                                line.path("worker").asText(),
                                                                state,
                                                                line.path("detail").asText()),
                                                        time(line, clock));
                                            }
                                            // a final state counts only together with its result;
                                            // where another state follows it, the batch was taken
                                            // up again
                                            noteEnd(results, id, state, ended);
                                        }));
        for (String id : results.batches()) {
            results.batch(id).ifPresent(batch -> addResult(progress, batch, ended.contains(id)));
        }
        if (running) {
            // of an interrupted run only what is stored counts; resume fetches the rest
            record.tallies()
                    .forEach((id, counts) -> progress.tally(new RunEvent.Tally(id, counts)));
        }
        return progress;
    }

    private static void noteEnd(
            StoredResults results, String batch, BatchState state, Set<String> ended) {
        if (state.isLast()) {
            if (results.batch(batch).isPresent()) {
                ended.add(batch);
            }
        } else if (results.isResumable(batch)) {
            ended.remove(batch);
        }
    }

    private static void addResult(Progress progress, StoredResults.EndedBatch batch, boolean last) {
        if (last) {
            progress.ended(batch);
        } else {
            progress.tally(new RunEvent.Tally(batch.batch(), batch.counts()));
        }
    }

    private static Instant time(JsonNode line, Clock clock) {
        try {
            return Times.parse(line.path("time").asText());
        } catch (DateTimeParseException e) {
            return clock.instant();
        }
    }

    private static Map<String, List<HostReason>> trouble(StoredResults results) {
        Map<String, List<HostReason>> trouble = new HashMap<>();
        results.forEachInTrouble(
                (batch, host) ->
                        trouble.computeIfAbsent(batch, id -> new ArrayList<>()).add(reason(host)));
        return trouble;
    }

    /** What counts of what was stored: it is of this plan, and its batch has not ended. */
    private static Map<String, OutcomesSoFar> soFar(
            Plan plan, Map<String, OutcomesSoFar> stored, Progress.Snapshot now) {
        if (stored.isEmpty()) {
            return Map.of();
        }
        Map<String, OutcomesSoFar> soFar = new HashMap<>();
        for (Batch batch : plan.batches()) {
            OutcomesSoFar told = stored.get(batch.id());
            if (told != null && told.size() == batch.hosts().size()) {
                soFar.put(batch.id(), told);
            }
        }
        for (Progress.BatchProgress batch : now.batches()) {
            if (batch.state().isLast()) {
                soFar.remove(batch.batch());
            }
        }
        return soFar;
    }

    /** Adds what the runners have told of hosts whose batch has not ended. */
    private static void addSoFar(
            Plan plan, Map<String, OutcomesSoFar> soFar, Map<String, List<HostReason>> trouble) {
        for (Batch batch : plan.batches()) {
            OutcomesSoFar told = soFar.get(batch.id());
            if (told != null) {
                trouble.put(batch.id(), trouble(batch, told));
            }
        }
    }

    private static List<HostReason> trouble(Batch batch, OutcomesSoFar told) {
        List<HostReason> hosts = new ArrayList<>();
        for (int place = 0; place < told.size(); place++) {
            Optional<Outcome> outcome = told.at(place);
            if (outcome.filter(it -> it == Outcome.FAILED || it == Outcome.UNREACHABLE)
                    .isPresent()) {
                hosts.add(
                        new HostReason(batch.hosts().get(place), outcome.get(), HostReason.SO_FAR));
            }
        }
        return hosts;
    }

    private static HostReason reason(HostResult host) {
        return new HostReason(host.host(), host.outcome(), host.reason());
    }

    /** Adds the hosts of batches that no process works on any more. */
    private static void addUnstored(
            Plan plan, StoredResults results, Map<String, List<HostReason>> trouble) {
        for (Batch batch : plan.batches()) {
            if (results.batch(batch.id()).isEmpty()) {
                List<HostReason> hosts = new ArrayList<>(batch.hosts().size());
                for (String host : batch.hosts()) {
                    hosts.add(
                            new HostReason(
                                    host,
                                    Outcome.UNFINISHED,
                                    "the run was interrupted before jet-fanout stored the result"));
                }
                trouble.put(batch.id(), hosts);
            }
        }
    }
}
