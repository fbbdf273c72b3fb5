package org.jetfanout.logs;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Json;
import org.jetfanout.record.Names;
import org.jetfanout.record.Place;
import org.jetfanout.record.TextLine;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/** The record's own lines of JSON: states, results and ended batches. Broken ones are skipped. */
final class StoredDrafts implements Drafts {
    private final Place place;
    private final Instant before;
    private final Redaction redaction;

    /**
     * @param before the time of a line that has none
     */
    StoredDrafts(Place place, Instant before, Redaction redaction) {
        this.place = place;
        this.before = before;
        this.redaction = redaction;
    }

    @Override
    public Optional<Draft> of(TextLine line) {
        JsonNode stored;
        try {
            stored = Json.MAPPER.readTree(line.text());
        } catch (IOException e) {
            return Optional.empty();
        }
        if (stored == null || !Names.isSafe(stored.path("batch").asText())) {
            return Optional.empty();
        }
        Draft draft = new Draft(place, line.offset());
        draft.batch = stored.path("batch").asText();
        draft.worker = clean(stored, "worker");
        if (place.stream().equals(Place.STATES)) {
            state(draft, stored);
        } else if (place.stream().equals(Place.RESULTS)) {
            result(draft, stored);
        } else {
            batch(draft, stored);
        }
        if (draft.outcome.equals("failure")) {
            draft.level = "error";
        }
        return Optional.of(draft);
    }

    private void state(Draft draft, JsonNode stored) {
        draft.time = time(stored, "time").orElse(before);
        draft.state = clean(stored, "state");
        draft.reason = clean(stored, "detail");
        draft.action = "batch-" + draft.state;
        draft.message =
                "batch " + draft.batch + " on " + draft.worker + ": " + draft.state + why(draft);
        draft.outcome = outcome(draft.state);
    }

    private void result(Draft draft, JsonNode stored) {
        draft.time = time(stored, "time").orElse(before);
        draft.host = clean(stored, "host");
        draft.hostOutcome = clean(stored, "outcome");
        draft.reason = clean(stored, "reason");
        draft.action = "host-result";
        boolean good = draft.hostOutcome.equals("ok") || draft.hostOutcome.equals("changed");
        draft.outcome = good ? "success" : "failure";
        draft.message = draft.host + ": " + draft.hostOutcome + why(draft);
    }

    private void batch(Draft draft, JsonNode stored) {
        draft.state = clean(stored, "state");
        draft.reason = clean(stored, "reason");
        draft.action = "batch-result";
        draft.start = time(stored, "started").orElse(null);
        draft.end = time(stored, "ended").orElse(null);
        draft.time = draft.end == null ? before : draft.end;
        if (draft.start != null && draft.end != null) {
            draft.duration = Math.max(0, Duration.between(draft.start, draft.end).toNanos());
        }
        if (stored.path("exitCode").isInt()) {
            draft.exitCode = OptionalInt.of(stored.path("exitCode").intValue());
        }
        draft.complete = stored.path("complete").asBoolean();
        draft.counts = Counts.read(stored).orElse(null);
        boolean well = draft.counts != null && draft.counts.trouble() == 0;
        draft.outcome = well ? outcome(draft.state) : "failure";
        draft.message =
                "batch %s on %s %s%s%s"
                        .formatted(
                                draft.batch,
                                draft.worker,
                                draft.state,
                                draft.counts == null ? "" : ", " + draft.counts.text(),
                                why(draft));
    }

    private static String outcome(String word) {
        Optional<BatchState> state = BatchState.of(word).filter(BatchState::isLast);
        return state.isEmpty() ? "" : state.get().isTrouble() ? "failure" : "success";
    }

    private static String why(Draft draft) {
        return draft.reason.isEmpty() ? "" : ", " + draft.reason;
    }

    private String clean(JsonNode stored, String key) {
        return redaction.apply(Text.plainLines(stored.path(key).asText()));
    }

    private static Optional<Instant> time(JsonNode stored, String key) {
        try {
            return Optional.of(Instant.parse(stored.path(key).asText()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
