package org.jetfanout.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.status.HostReason;
import org.jetfanout.status.RolloutStatus;
import org.jetfanout.status.RunState;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.WorkerStatus;
import org.jetfanout.text.Text;

/**
 * A run of a service, followed to its end. Its events are those that a run here would have, as far
 * as the API tells them. Each line comes once and in order, over however many connections. One
 * thread uses it.
 */
public final class FollowedRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LINES = 2000;
    private static final int HOSTS = 5000;

    /** So many lines are asked for where the last one of each batch is wanted. */
    private static final int LAST_LINES = 200;

    /** The number of a line behind all others. */
    private static final long FAR = Long.MAX_VALUE / 2;

    /** So often the states of the workers are asked for, at most. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    private final ServiceClient client;
    private final String guid;
    private final Output output;
    private final boolean hosts;
    private final Consumer<RunEvent> events;
    private final Consumer<String> said;
    private final String path;

    /** How much of the output is wanted. */
    public enum Output {
        /** Each line. */
        ALL,
        /** Now and then the last line of the batches that have said something of late. */
        LAST,
        /** Nothing. */
        NONE
    }

    // Mutable state
    private final Map<String, String> told = new HashMap<>();
    private boolean planned;
    private long looked = System.nanoTime() - LOOK_NANOS;
    private long line;
    private String wait = "";
    private int unmatched;

    /**
     * @param guid the run
     * @param output how much of its output is wanted
     * @param hosts whether the results of its hosts are wanted as soon as their batch has ended
     * @param events takes its events
     * @param said takes a line for people, about the connection or what the run waits for
     */
    public FollowedRun(
            ServiceClient client,
            String guid,
            Output output,
            boolean hosts,
            Consumer<RunEvent> events,
            Consumer<String> said) {
        this.client = client;
        this.guid = guid;
        this.output = output;
        this.hosts = hosts;
        this.events = events;
        this.said = said;
        this.path = "runs/" + guid;
    }

    /** How many hosts were skipped, because no entry of the worker map covers them. */
    public int unmatched() {
        return unmatched;
    }

    /**
     * Follows the run to its end.
     *
     * @return its final status
     * @throws IOException where the service cannot be reached any more
     */
    public RunStatus follow() throws IOException, InterruptedException {
        EventStream stream = new EventStream(client, path + "/stream" + (all() ? "" : "?lines=no"));
        stream.follow(this::take, said);
        look();
        if (all()) {
            // whatever the stream said: no line is left out
            catchUp(Long.MAX_VALUE);
        }
        return status();
    }

    private boolean all() {
        return output == Output.ALL;
    }

    private boolean take(ServerEventReader.Event event) throws IOException, InterruptedException {
        switch (event.type()) {
            case "line" -> {
                if (all()) {
                    JsonNode data = JSON.readTree(event.data());
                    lines(data.has("lines") ? data.get("lines") : JSON.createArrayNode().add(data));
                }
            }
            case "end" -> {
                return false;
            }
            default -> {
                // a change
                if (System.nanoTime() - looked >= LOOK_NANOS) {
                    look();
                }
            }
        }
        return true;
    }

    private void lines(JsonNode list) throws IOException, InterruptedException {
        plan();
        for (JsonNode next : list) {
            long number = next.path("number").asLong(line + 1);
            if (number > line + 1) {
                catchUp(number);
            }
            if (number == line + 1) {
                output(next);
                line = number;
            }
        }
    }

    /** Asks for the lines up to this number, which is not asked for. */
    private void catchUp(long before) throws IOException, InterruptedException {
        while (line + 1 < before) {
            JsonNode page =
                    client.get(
                            path
                                    + "/lines?from="
                                    + (line + 1)
                                    + "&limit="
                                    + Math.min(LINES, before - line - 1));
            JsonNode list = page.path("lines");
            if (list.isEmpty()) {
                return;
            }
            plan();
            for (JsonNode next : list) {
                long number = next.path("number").asLong();
                if (number > line) {
                    output(next);
                    line = number;
                }
            }
        }
    }

    private void output(JsonNode line) {
        String text = line.path("text").asText();
        byte[] bytes =
                (line.path("cut").asBoolean() ? text : text + "\n")
                        .getBytes(StandardCharsets.UTF_8);
        events.accept(
                new RunEvent.Output(
                        new Frame(
                                guid,
                                line.path("batch").asText(),
                                line.path("worker").asText(),
                                Stream.OUTPUT,
                                line.path("offset").asLong(),
                                bytes,
                                time(line.path("time")).orElseGet(Instant::now))));
    }

    /** Tells the plan once there is one. Returns whether there is. */
    private boolean plan() throws IOException, InterruptedException {
        if (planned) {
            return true;
        }
        List<Batch> batches = new ArrayList<>();
        for (JsonNode worker : client.get(path + "/workers").path("workers")) {
            batches.add(
                    new Batch(
                            worker.path("batch").asText(),
                            new Worker(
                                    worker.path("worker").asText(),
                                    worker.path("group").asText(),
                                    worker.path("address").asText(),
                                    0,
                                    ""),
                            // who looks at a run counts them only
                            Collections.nCopies(counts(worker).hosts(), ""),
                            worker.path("wave").asInt(1)));
        }
        if (batches.isEmpty()) {
            return false;
        }
        unmatched = client.get(path).path("unmatched").asInt();
        planned = true;
        events.accept(
                new RunEvent.Planned(new Plan(guid, batches, Collections.nCopies(unmatched, ""))));
        return true;
    }

    /** Asks how the run stands, and tells what has changed. */
    private void look() throws IOException, InterruptedException {
        looked = System.nanoTime();
        JsonNode run = client.get(path).path("run");
        String waits =
                run.path("state").asText().equals("waiting")
                        ? "the service has accepted the run; it waits for its turn"
                        : run.path("wave").path("waitsFor").asText("").isEmpty()
                                ? ""
                                : run.path("wave").path("text").asText("");
        if (!waits.equals(wait) && !waits.isEmpty()) {
            said.accept(Text.plain(waits));
        }
        wait = waits;
        if (!plan()) {
            return;
        }
        for (JsonNode worker : client.get(path + "/workers").path("workers")) {
            look(worker);
        }
        if (output == Output.LAST) {
            lastLines();
        }
    }

    /** Tells the last lines. A line may come again. */
    private void lastLines() throws IOException, InterruptedException {
        client.get(path + "/lines?before=" + FAR + "&limit=" + LAST_LINES)
                .path("lines")
                .forEach(this::output);
    }

    private void look(JsonNode worker) throws IOException, InterruptedException {
        String batch = worker.path("batch").asText();
        String name = worker.path("worker").asText();
        String detail = worker.path("detail").asText("");
        BatchState state = state(worker);
        String now = state + " " + name + " " + detail;
        if (now.equals(told.put(batch, now))) {
            if (!state.isLast()) {
                events.accept(new RunEvent.Tally(batch, counts(worker)));
            }
            return;
        }
        if (state.isLast()) {
            events.accept(new RunEvent.Result(result(worker, state, batch, name, detail)));
        } else if (state != BatchState.QUEUED) {
            events.accept(new RunEvent.State(batch, name, state, detail));
        }
    }

    private BatchResult result(
            JsonNode worker, BatchState state, String batch, String name, String detail)
            throws IOException, InterruptedException {
        Instant ended = time(worker.path("ended")).orElseGet(Instant::now);
        return new BatchResult(
                batch,
                name,
                state,
                OptionalInt.empty(),
                worker.path("complete").asBoolean(true),
                hosts ? hostsOf(batch, name) : counted(counts(worker)),
                time(worker.path("started")).orElse(ended),
                ended,
                detail,
                worker.path("resumable").asBoolean(),
                false);
    }

    /** The results of the hosts, without their names: for who counts them. */
    private static List<HostResult> counted(Counts counts) {
        List<HostResult> results = new ArrayList<>(counts.hosts());
        add(results, Outcome.OK, counts.ok());
        add(results, Outcome.CHANGED, counts.changed());
        add(results, Outcome.FAILED, counts.failed());
        add(results, Outcome.UNREACHABLE, counts.unreachable());
        add(results, Outcome.UNFINISHED, counts.unfinished());
        add(results, Outcome.NOT_STARTED, counts.notStarted());
        return results;
    }

    private static void add(List<HostResult> results, Outcome outcome, int count) {
        results.addAll(Collections.nCopies(count, new HostResult("", outcome, "")));
    }

    private List<HostResult> hostsOf(String batch, String worker)
            throws IOException, InterruptedException {
        List<HostResult> results = new ArrayList<>();
        hosts(
                "worker=" + QueryText.encoded(worker),
                host -> {
                    if (host.path("batch").asText().equals(batch)) {
                        outcome(host)
                                .ifPresent(
                                        outcome ->
                                                results.add(
                                                        new HostResult(
                                                                host.path("host").asText(),
                                                                outcome,
                                                                host.path("reason").asText(""))));
                    }
                });
        return results;
    }

    /** Asks for all hosts that a filter lets pass, page by page. */
    private void hosts(String filter, Consumer<JsonNode> to)
            throws IOException, InterruptedException {
        String after = "";
        do {
            JsonNode page =
                    client.get(
                            path
                                    + "/hosts?"
                                    + filter
                                    + "&limit="
                                    + HOSTS
                                    + (after.isEmpty()
                                            ? ""
                                            : "&after=" + QueryText.encoded(after)));
            page.path("hosts").forEach(to);
            after = page.path("next").asText("");
        } while (!after.isEmpty());
    }

    private RunStatus status() throws IOException, InterruptedException {
        JsonNode view = client.get(path);
        JsonNode run = view.path("run");
        Map<String, List<HostReason>> trouble = new HashMap<>();
        hosts(
                "outcome=failed,unreachable,unfinished,not_started",
                host ->
                        outcome(host)
                                .ifPresent(
                                        outcome ->
                                                trouble.computeIfAbsent(
                                                                host.path("batch").asText(),
                                                                batch -> new ArrayList<>())
                                                        .add(
                                                                new HostReason(
                                                                        host.path("host").asText(),
                                                                        outcome,
                                                                        host.path("reason")
                                                                                .asText("")))));
        List<WorkerStatus> workers = new ArrayList<>();
        for (JsonNode worker : client.get(path + "/workers").path("workers")) {
            Optional<Instant> started = time(worker.path("started"));
            Optional<Instant> ended = time(worker.path("ended"));
            workers.add(
                    new WorkerStatus(
                            worker.path("worker").asText(),
                            state(worker),
                            worker.path("batch").asText(),
                            counts(worker),
                            trouble.getOrDefault(worker.path("batch").asText(), List.of()),
                            worker.path("complete").asBoolean(true),
                            started.flatMap(from -> ended.map(to -> Duration.between(from, to))),
                            worker.path("detail").asText(""),
                            worker.path("resumable").asBoolean(),
                            false));
        }
        return new RunStatus(
                guid,
                RunState.ENDED,
                run.path("exitCode").isNumber()
                        ? OptionalInt.of(run.path("exitCode").asInt())
                        : OptionalInt.empty(),
                counts(run.path("totals")),
                workers,
                sinks(view.path("sinks")),
                rollout(run.path("wave"), workers));
    }

    private static List<SinkStatus> sinks(JsonNode list) {
        List<SinkStatus> sinks = new ArrayList<>();
        for (JsonNode sink : list) {
            sinks.add(SinkStatus.read(sink.path("sink").asText(), sink));
        }
        return sinks;
    }

    /** How it went from wave to wave, without the rules: they have done what they do. */
    private static Optional<RolloutStatus> rollout(JsonNode wave, List<WorkerStatus> workers) {
        if (!wave.isObject()) {
            return Optional.empty();
        }
        int hosts = 0;
        int notStarted = 0;
        int bad = 0;
        for (WorkerStatus worker : workers) {
            Counts counts = worker.counts();
            hosts += counts.hosts();
            notStarted += counts.notStarted();
            bad += counts.failed() + counts.unreachable() + counts.unfinished();
        }
        return Optional.of(
                new RolloutStatus(
                        new RolloutState(
                                RolloutRules.NONE,
                                wave.path("number").asInt(),
                                wave.path("waves").asInt(),
                                Optional.empty(),
                                wave.path("stopped").asText("")),
                        hosts,
                        hosts - notStarted,
                        hosts - notStarted,
                        bad));
    }

    private static BatchState state(JsonNode worker) {
        return BatchState.of(worker.path("state").asText()).orElse(BatchState.QUEUED);
    }

    private static Optional<Outcome> outcome(JsonNode host) {
        String word = host.path("outcome").asText();
        for (Outcome outcome : Outcome.values()) {
            if (outcome.word().equals(word)) {
                return Optional.of(outcome);
            }
        }
        return Optional.empty();
    }

    /** The counts of an object that has them, or has them as {@code counts}. */
    private static Counts counts(JsonNode of) {
        JsonNode counts = of.has("counts") ? of.get("counts") : of;
        int notStarted =
                counts.has("notStarted")
                        ? counts.get("notStarted").asInt()
                        : counts.path("not_started").asInt();
        return new Counts(
                counts.path("hosts").asInt(),
                counts.path("ok").asInt(),
                counts.path("changed").asInt(),
                counts.path("failed").asInt(),
                counts.path("unreachable").asInt(),
                counts.path("unfinished").asInt(),
                notStarted);
    }

    private static Optional<Instant> time(JsonNode of) {
        try {
            return of.isTextual() ? Optional.of(Instant.parse(of.asText())) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
