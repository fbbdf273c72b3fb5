package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jetfanout.plan.Batch;
import org.jetfanout.workers.Worker;

/**
 * Who had which batch when, as {@link Assignments} says, but for a run that goes on: only what is
 * new is read again. Not thread-safe.
 */
final class BatchWorkers {
    private static final int CHUNK = 64 << 10;

    private final RunRecord record;
    private final Path planFile;
    private final GrowingLines states;

    // Mutable state
    private final Map<String, NavigableMap<Instant, String>> batches = new HashMap<>();
    private Map<String, Worker> planned = Map.of();
    private Map<String, HostSet> hosts = Map.of();
    private long planTime = -1;

    BatchWorkers(RunRecord record) {
        this.record = record;
        this.planFile = record.folder().resolve("plan.json");
        this.states =
                new GrowingLines(record.folder().resolve("states.ndjson"), Optional.empty(), 0);
    }

    /** Takes in what the record has more by now. */
    void readOn() {
        long changed = planFile.toFile().lastModified();
        if (changed != planTime && changed != 0) {
            Map<String, Worker> workers = new HashMap<>();
            Map<String, HostSet> all = new HashMap<>();
            record.plan()
                    .ifPresent(
                            plan -> {
                                for (Batch batch : plan.batches()) {
                                    workers.put(batch.id(), batch.worker());
                                    all.put(batch.id(), HostSet.of(batch.hosts()));
                                }
                            });
            planned = workers;
            hosts = all;
            planTime = changed;
        }
        while (states.fill(CHUNK, false)) {
            take(states.take().text());
        }
    }

    /** Who had a batch at a time, or first; empty where nobody is known. */
    String worker(String batch, Instant time) {
        NavigableMap<Instant, String> workers = batches.get(batch);
        if (workers == null) {
            Worker worker = planned.get(batch);
            return worker == null ? "" : worker.name();
        }
        Map.Entry<Instant, String> then = workers.floorEntry(time);
        return then == null ? workers.firstEntry().getValue() : then.getValue();
    }

    /** The group of a batch's worker, also of one that stands in; empty where it is not known. */
    String group(String batch) {
        Worker worker = planned.get(batch);
        return worker == null ? "" : worker.group();
    }

    /**
     * Whether a worker that has this batch may speak of a host: it is one of the batch, or the
     * batch is not known.
     */
    boolean isOf(String batch, String host) {
        HostSet own = hosts.get(batch);
        return own == null || own.has(host);
    }

    private void take(String line) {
        try {
            JsonNode state = Json.MAPPER.readTree(line);
            String worker = state.path("worker").asText();
            Instant time = Instant.parse(state.path("time").asText());
            NavigableMap<Instant, String> workers =
                    batches.computeIfAbsent(state.path("batch").asText(), id -> new TreeMap<>());
            if (workers.isEmpty() || !workers.lastEntry().getValue().equals(worker)) {
                workers.put(time, worker);
            }
        } catch (IOException | DateTimeParseException e) {
            // torn: no change that could be placed
        }
    }
}
