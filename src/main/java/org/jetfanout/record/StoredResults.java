package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Times;

/**
 * The results of the batches that ended, as the record has them. Hosts are read on demand, because
 * there may be a million. Thread-safe.
 */
public final class StoredResults {
    private final Map<String, EndedBatch> batches;
    private final int broken;
    private final Ndjson hosts;

    private StoredResults(Map<String, EndedBatch> batches, int broken, Ndjson hosts) {
        this.batches = batches;
        this.broken = broken;
        this.hosts = hosts;
    }

    /**
     * A batch that has ended. Most parameters are those of {@link BatchResult}.
     *
     * @param counts of its hosts
     * @param range of its hosts in results.ndjson
     */
    public record EndedBatch(
            String batch,
            String worker,
            BatchState state,
            OptionalInt exitCode,
            boolean complete,
            Counts counts,
            Instant started,
            Instant ended,
            String reason,
            boolean resumable,
            boolean misconfigured,
            Ndjson.Range range) {
        Duration time() {
            return Durations.between(started, ended);
        }
    }

    static StoredResults read(Ndjson batches, Ndjson hosts) {
        Map<String, EndedBatch> ended = new LinkedHashMap<>();
        int[] strange = {0};
        int broken =
                batches.read(
                        line ->
                                batch(line)
                                        .ifPresentOrElse(
                                                batch -> ended.put(batch.batch(), batch),
                                                () -> strange[0]++));
        return new StoredResults(ended, broken + strange[0], hosts);
    }

    /** Ids of the batches that ended. */
    public List<String> batches() {
        return List.copyOf(batches.keySet());
    }

    /** Whether a batch was given up although its worker may still have its job. */
    public boolean isResumable(String batch) {
        EndedBatch ended = batches.get(batch);
        return ended != null && ended.resumable();
    }

    /** Whether the routes did not do with a batch what they must. */
    public boolean isMisconfigured(String batch) {
        EndedBatch ended = batches.get(batch);
        return ended != null && ended.misconfigured();
    }

    /** How many lines were skipped because they are invalid. */
    public int broken() {
        return broken;
    }

    /** A batch; empty where it has not ended. */
    public Optional<EndedBatch> batch(String id) {
        return Optional.ofNullable(batches.get(id));
    }

    /** The result of every host of a batch; empty where the batch has not ended. */
    public List<HostResult> hosts(String batch) {
        List<HostResult> results = new ArrayList<>();
        EndedBatch ended = batches.get(batch);
        if (ended != null) {
            hosts.read(
                    ended.range(),
                    line -> {
                        if (line.path("batch").asText().equals(batch)) {
                            host(line).ifPresent(results::add);
                        }
                    });
        }
        return results;
    }

    /**
     * Passes on each host that is failed, unreachable, unfinished or not started, with the id of
     * its batch.
     */
    public void forEachInTrouble(BiConsumer<String, HostResult> to) {
        for (EndedBatch batch : batches.values()) {
            if (batch.counts().trouble() > 0) {
                for (HostResult host : hosts(batch.batch())) {
                    if (host.outcome() != Outcome.OK && host.outcome() != Outcome.CHANGED) {
                        to.accept(batch.batch(), host);
                    }
                }
            }
        }
    }

    private static Optional<EndedBatch> batch(JsonNode line) {
        Optional<BatchState> state =
                BatchState.of(line.path("state").asText()).filter(BatchState::isLast);
        Optional<Counts> counts = Counts.read(line);
        if (state.isEmpty() || counts.isEmpty() || line.path("batch").asText().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new EndedBatch(
                            line.path("batch").asText(),
                            line.path("worker").asText(),
                            state.get(),
                            line.path("exitCode").isInt()
                                    ? OptionalInt.of(line.path("exitCode").intValue())
                                    : OptionalInt.empty(),
                            line.path("complete").asBoolean(),
                            counts.get(),
                            Times.parse(line.path("started").asText()),
                            Times.parse(line.path("ended").asText()),
                            line.path("reason").asText(),
                            line.path("resumable").asBoolean(),
                            line.path("misconfigured").asBoolean(),
                            new Ndjson.Range(
                                    line.path("resultsFrom").asLong(),
                                    line.path("resultsTo").asLong())));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<HostResult> host(JsonNode line) {
        for (Outcome outcome : Outcome.values()) {
            if (outcome.word().equals(line.path("outcome").asText())) {
                return Optional.of(
                        new HostResult(
                                line.path("host").asText(), outcome, line.path("reason").asText()));
            }
        }
        return Optional.empty();
    }
}
