package org.jetfanout.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.status.RunStatus;

/** A run record as a run writes it, for tests of what reads records. */
public final class RecordedRun implements AutoCloseable {
    /** When it begins. */
    public static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final RunRecord record;
    private final List<Batch> batches = new ArrayList<>();

    // Mutable state
    private Instant now = START;

    /** A new record in a folder. */
    public RecordedRun(Path runs, String guid) {
        this(runs, guid, START);
    }

    /** A new record of a run that began then. */
    public RecordedRun(Path runs, String guid, Instant start) {
        record = RunRecord.create(runs, guid, Clock.fixed(start, java.time.ZoneOffset.UTC));
        now = start;
    }

    /** The record, owned by this process. */
    public RunRecord record() {
        return record;
    }

    /** What was asked for. */
    public RecordedRun request(Map<String, Object> more) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("runner", "exec");
        request.put("command", "uptime");
        request.putAll(more);
        record.storeRequest(request);
        return this;
    }

    /** Stores a plan: so many workers w1, w2, … with so many hosts each. */
    public RecordedRun plan(int workers, int hosts) {
        for (int w = 1; w <= workers; w++) {
            List<String> names = new ArrayList<>();
            for (int h = 1; h <= hosts; h++) {
                names.add("host%d-%05d".formatted(w, h));
            }
            batches.add(
                    new Batch(
                            id(w),
                            new Worker("w" + w, "workers", "10.0.0." + w % 250, 22, "ops"),
                            names));
        }
        record.storePlan(new Plan(record.guid(), batches, List.of()));
        return this;
    }

    /** The id of a batch. */
    public static String id(int batch) {
        return "%04d".formatted(batch);
    }

    /** The hosts of a batch. */
    public List<String> hosts(int batch) {
        return batches.get(batch - 1).hosts();
    }

    /** A batch changes its state. */
    public RecordedRun state(int batch, BatchState state) {
        record.storeState(id(batch), "w" + batch, state, "");
        return this;
    }

    /** Time goes on. */
    public RecordedRun later(Duration time) {
        now = now.plus(time);
        return this;
    }

    /** A worker says something. */
    public RecordedRun says(int batch, String text) {
        return says(batch, text.getBytes(UTF_8));
    }

    /** A worker says something. */
    public RecordedRun says(int batch, byte[] text) {
        record.append(
                new Frame(
                        record.guid(),
                        id(batch),
                        "w" + batch,
                        Stream.OUTPUT,
                        record.storedBytes(id(batch), Stream.OUTPUT),
                        text,
                        now));
        return this;
    }

    /** Workers say so many lines in turn, with a frame for each thousand. */
    public RecordedRun lines(int workers, int lines) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int said = 0;
        for (int turn = 0; said < lines; turn++) {
            int worker = turn % workers + 1;
            for (int i = 0; i < 1000 && said < lines; i++) {
                said++;
                text.write("line %07d of worker %d\n".formatted(said, worker).getBytes(UTF_8));
            }
            later(Duration.ofMillis(10));
            says(worker, text.toByteArray());
            text.reset();
        }
        return this;
    }

    /** A batch ends; the hosts that have no other result are ok. */
    public RecordedRun ends(int batch, BatchState state, Map<String, HostResult> results) {
        List<HostResult> all = new ArrayList<>();
        for (String host : hosts(batch)) {
            all.add(results.getOrDefault(host, new HostResult(host, Outcome.OK, "")));
        }
        record.storeResult(
                new BatchResult(
                        id(batch),
                        "w" + batch,
                        state,
                        OptionalInt.of(0),
                        true,
                        all,
                        START,
                        now,
                        ""));
        return this;
    }

    /** The run ends. */
    public RecordedRun end() {
        record.storeSummary(RunStatus.of(record)::writeTo);
        return this;
    }

    /** The process gives the record up. */
    @Override
    public void close() {
        record.close();
    }

    /** An outcome of a host, by its name. */
    public static Map<String, HostResult> result(String host, Outcome outcome, String reason) {
        return Map.of(host, new HostResult(host, outcome, reason));
    }
}
