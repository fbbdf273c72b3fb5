package org.jetfanout.record;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which worker had which batch when, as the state changes of a run tell: a batch whose worker was
 * lost may have gone to another one. Immutable.
 */
public final class Assignments {
    private final Map<String, NavigableMap<Instant, String>> batches;

    private Assignments(Map<String, NavigableMap<Instant, String>> batches) {
        this.batches = batches;
    }

    /** As they are in the record now. */
    public static Assignments of(RunRecord record) {
        Map<String, NavigableMap<Instant, String>> batches = new HashMap<>();
        record.states(
                line -> {
                    NavigableMap<Instant, String> workers =
                            batches.computeIfAbsent(
                                    line.path("batch").asText(), id -> new TreeMap<>());
                    String worker = line.path("worker").asText();
                    if (workers.isEmpty() || !workers.lastEntry().getValue().equals(worker)) {
                        try {
                            workers.put(Instant.parse(line.path("time").asText()), worker);
                        } catch (DateTimeParseException e) {
                            // a change without a time is none that could be placed
                        }
                    }
                });
        return new Assignments(batches);
    }

    /** Who had a batch at a time, or first; {@code ?} where nobody is known. */
    public String worker(String batch, Instant time) {
        NavigableMap<Instant, String> workers = batches.get(batch);
        if (workers == null || workers.isEmpty()) {
            return "?";
        }
        Map.Entry<Instant, String> then = workers.floorEntry(time);
        return then == null ? workers.firstEntry().getValue() : then.getValue();
    }

    /** All who ever had a batch, in order; each once. */
    public Set<String> workers(String batch) {
        NavigableMap<Instant, String> workers = batches.get(batch);
        return workers == null ? Set.of() : new LinkedHashSet<>(workers.values());
    }

    /** Whether a worker ever had a batch of the run. */
    public boolean hasWorker(String name) {
        return batches.values().stream().anyMatch(workers -> workers.containsValue(name));
    }
}
