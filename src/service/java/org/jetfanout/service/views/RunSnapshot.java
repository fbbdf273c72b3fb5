package org.jetfanout.service.views;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.PlaysPassed;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.StoredResults;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.status.RolloutStatus;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.WorkerStatus;

/** A record as it was at one moment. Hosts are read when somebody asks for them. Thread-safe. */
final class RunSnapshot {
    private final RunHead head;
    private final RunStatus status;
    private final Plan plan;
    private final StoredResults results;
    private final Optional<JsonNode> request;
    private final Optional<PlaysPassed> passed;
    private final Map<String, Course> courses;

    // Mutable state
    private HostTable hosts;

    /** What the changes of state tell of one batch. */
    static final class Course {
        // Mutable state, while it is read
        Optional<Instant> started = Optional.empty();
        int reconnects;
        final Set<String> workers = new LinkedHashSet<>();
    }

    private RunSnapshot(RunRecord record) {
        status = RunStatus.withoutSinks(record);
        plan =
                record.plan()
                        .orElseGet(
                                () ->
                                        new Plan(
                                                record.guid(),
                                                java.util.List.of(),
                                                java.util.List.of()));
        results = record.results();
        request = record.request();
        passed =
                record.file(RunFile.PLAYS).toFile().exists()
                        ? Optional.of(record.passed())
                        : Optional.empty();
        courses = courses(record);
        head = head(record);
    }

    static RunSnapshot of(RunRecord record) {
        return new RunSnapshot(record);
    }

    RunHead head() {
        return head;
    }

    RunStatus status() {
        return status;
    }

    Plan plan() {
        return plan;
    }

    StoredResults results() {
        return results;
    }

    /**
     * The outcomes of the hosts of a batch that runs, in its order; empty where nothing is known of
     * them.
     */
    Optional<OutcomesSoFar> soFar(String batch) {
        return Optional.ofNullable(status.soFar().get(batch));
    }

    Optional<JsonNode> request() {
        return request;
    }

    Optional<PlaysPassed> passed() {
        return passed;
    }

    /** The course of a batch. */
    Course course(String batch) {
        return courses.getOrDefault(batch, new Course());
    }

    /** The hosts with their outcomes. */
    synchronized HostTable hosts() {
        if (hosts == null) {
            hosts = HostTable.of(this);
        }
        return hosts;
    }

    private RunHead head(RunRecord record) {
        RequestFacts facts = RequestFacts.of(request);
        RunPhase phase = RunPhase.of(status.state());
        return new RunHead(
                record.guid(),
                record.created(),
                phase == RunPhase.ENDED ? ended(record) : Optional.empty(),
                phase,
                status.exitCode(),
                status.totals(),
                facts.runner(),
                facts.title(),
                facts.template(),
                facts.startedBy(),
                status.rollout().map(RunSnapshot::wave),
                phase == RunPhase.RUNNING ? barrier() : Optional.empty(),
                status.resumable());
    }

    private Optional<Instant> ended(RunRecord record) {
        long time = record.file(RunFile.SUMMARY).toFile().lastModified();
        if (time != 0) {
            return Optional.of(Instant.ofEpochMilli(time));
        }
        return results.batches().stream()
                .flatMap(batch -> results.batch(batch).stream())
                .map(StoredResults.EndedBatch::ended)
                .max(Instant::compareTo);
    }

    private static RunHead.Wave wave(RolloutStatus rollout) {
        RolloutState state = rollout.state();
        return new RunHead.Wave(
                state.wave(),
                state.waves(),
                rollout.text(),
                state.waits().map(wait -> wait.kind().word()).orElse(""),
                state.waits().map(RolloutState.Wait::wave).orElse(0),
                state.waits().map(RolloutState.Wait::since),
                Shown.reason(state.stopped()));
    }

    private Optional<RunHead.Barrier> barrier() {
        int waiting = 0;
        String text = "";
        for (WorkerStatus worker : status.workers()) {
            if (worker.state() == BatchState.WAITING) {
                waiting++;
                text = text.isEmpty() ? worker.reason() : text;
            }
        }
        if (waiting == 0) {
            return Optional.empty();
        }
        int play = passed.map(PlaysPassed::front).orElse(0);
        return Optional.of(new RunHead.Barrier(play, waiting, Shown.reason(text)));
    }

    private static Map<String, Course> courses(RunRecord record) {
        Map<String, Course> courses = new HashMap<>();
        record.states(
                line -> {
                    Optional<BatchState> state = BatchState.of(line.path("state").asText());
                    if (state.isEmpty()) {
                        return;
                    }
                    Course course =
                            courses.computeIfAbsent(
                                    line.path("batch").asText(), id -> new Course());
                    String worker = line.path("worker").asText();
                    course.workers.remove(worker);
                    course.workers.add(worker);
                    if (state.get() == BatchState.RECONNECTING) {
                        course.reconnects++;
                    }
                    if (course.started.isEmpty() && state.get() != BatchState.QUEUED) {
                        course.started = time(line);
                    }
                });
        return courses;
    }

    private static Optional<Instant> time(JsonNode line) {
        try {
            return Optional.of(Instant.parse(line.path("time").asText()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
