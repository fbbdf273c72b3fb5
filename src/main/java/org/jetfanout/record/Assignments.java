package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jetfanout.text.Times;

/**
 * Which worker had which batch at what time, read from the state changes of a run. A batch of a
 * lost worker may have moved to another one. While the run goes on, only new lines are read. Not
 * thread-safe.
 */
public final class Assignments {
    private static final int CHUNK = 64 << 10;

    private final LineFollower states;

    // Mutable state
    private final Map<String, NavigableMap<Instant, String>> batches = new HashMap<>();

    private Assignments(RunRecord record) {
        this.states = new LineFollower(record.file(RunFile.STATES), Optional.empty(), 0);
    }

    /** The assignments in the record now. */
    public static Assignments of(RunRecord record) {
        Assignments assignments = new Assignments(record);
        assignments.readOn();
        return assignments;
    }

    /** Reads what was added to the record. */
    public void readOn() {
        while (states.fill(CHUNK, false)) {
            take(states.take().text());
        }
    }

    /** The worker that had a batch at a time, or its first one; empty where that is unknown. */
    public Optional<String> worker(String batch, Instant time) {
        NavigableMap<Instant, String> workers = batches.get(batch);
        if (workers == null) {
            return Optional.empty();
        }
        Map.Entry<Instant, String> then = workers.floorEntry(time);
        return Optional.of(then == null ? workers.firstEntry().getValue() : then.getValue());
    }

    /** All workers that ever had a batch, each once, in order. */
    public Set<String> workers(String batch) {
        NavigableMap<Instant, String> workers = batches.get(batch);
        return workers == null ? Set.of() : new LinkedHashSet<>(workers.values());
    }

    /** Whether a worker ever had a batch of the run. */
    public boolean hasWorker(String name) {
        return batches.values().stream().anyMatch(workers -> workers.containsValue(name));
    }

    private void take(String line) {
        try {
            JsonNode state = JsonReader.document(line.getBytes(StandardCharsets.UTF_8));
            String worker = state.path("worker").asText();
            Instant time = Times.parse(state.path("time").asText());
            NavigableMap<Instant, String> workers =
                    batches.computeIfAbsent(state.path("batch").asText(), id -> new TreeMap<>());
            if (workers.isEmpty() || !workers.lastEntry().getValue().equals(worker)) {
                workers.put(time, worker);
            }
        } catch (IOException | DateTimeParseException e) {
            // an incomplete line, or one without a time, cannot be used
        }
    }
}
