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
import org.jetfanout.record.FileNames;
import org.jetfanout.record.Json;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.TextLine;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/**
 * Reads the record's own lines of JSON: states, results, ended batches, and what people did.
 * Invalid lines are skipped.
 */
final class StoredEventParser implements LineParser {
    private final RecordStream stream;
    private final Instant before;
    private final Redaction redaction;

    /**
     * @param before the time of a line that has none
     */
    StoredEventParser(RecordStream stream, Instant before, Redaction redaction) {
        this.stream = stream;
        this.before = before;
        this.redaction = redaction;
    }

    @Override
    public Optional<DocumentFields> parse(TextLine line) {
        JsonNode stored;
        try {
            stored = Json.mapper().readTree(line.text());
        } catch (IOException e) {
            return Optional.empty();
        }
        if (stream.name().equals(RecordStream.PEOPLE)) {
            return deed(line, stored);
        }
        if (stored == null || !FileNames.isSafe(stored.path("batch").asText())) {
            return Optional.empty();
        }
        DocumentFields fields = new DocumentFields(stream, line.offset());
        fields.batch = stored.path("batch").asText();
        fields.worker = clean(stored, "worker");
        if (stream.name().equals(RecordStream.STATES)) {
            fillState(fields, stored);
        } else if (stream.name().equals(RecordStream.RESULTS)) {
            fillResult(fields, stored);
        } else {
            fillBatch(fields, stored);
        }
        if (fields.outcome.equals("failure")) {
            fields.level = "error";
        }
        return Optional.of(fields);
    }

    private Optional<DocumentFields> deed(TextLine line, JsonNode stored) {
        String who = stored == null ? "" : clean(stored, "who");
        String what = stored == null ? "" : clean(stored, "what");
        if (who.isEmpty() || what.isEmpty()) {
            return Optional.empty();
        }
        DocumentFields fields = new DocumentFields(stream, line.offset());
        fields.time = time(stored, "time").orElse(before);
        fields.user = who;
        int blank = what.indexOf(' ');
        fields.action = "run-" + (blank < 0 ? what : what.substring(0, blank));
        fields.message = who + ": " + what;
        return Optional.of(fields);
    }

    private void fillState(DocumentFields fields, JsonNode stored) {
        fields.time = time(stored, "time").orElse(before);
        fields.state = clean(stored, "state");
        fields.reason = clean(stored, "detail");
        fields.action = "batch-" + fields.state;
        fields.message =
                "batch "
                        + fields.batch
                        + " on "
                        + fields.worker
                        + ": "
                        + fields.state
                        + reasonSuffix(fields);
        fields.outcome = outcome(fields.state);
    }

    private void fillResult(DocumentFields fields, JsonNode stored) {
        fields.time = time(stored, "time").orElse(before);
        fields.host = clean(stored, "host");
        fields.hostOutcome = clean(stored, "outcome");
        fields.reason = clean(stored, "reason");
        fields.action = "host-result";
        boolean good = fields.hostOutcome.equals("ok") || fields.hostOutcome.equals("changed");
        fields.outcome = good ? "success" : "failure";
        fields.message =
                fields.host + ": " + fields.hostOutcome.replace('_', ' ') + reasonSuffix(fields);
    }

    private void fillBatch(DocumentFields fields, JsonNode stored) {
        fields.state = clean(stored, "state");
        fields.reason = clean(stored, "reason");
        fields.action = "batch-result";
        fields.start = time(stored, "started").orElse(null);
        fields.end = time(stored, "ended").orElse(null);
        fields.time = fields.end == null ? before : fields.end;
        if (fields.start != null && fields.end != null) {
            fields.duration = Math.max(0, Duration.between(fields.start, fields.end).toNanos());
        }
        if (stored.path("exitCode").isInt()) {
            fields.exitCode = OptionalInt.of(stored.path("exitCode").intValue());
        }
        fields.complete = stored.path("complete").asBoolean();
        fields.counts = Counts.read(stored).orElse(null);
        boolean well = fields.counts != null && fields.counts.trouble() == 0;
        fields.outcome = well ? outcome(fields.state) : "failure";
        fields.message =
                "batch %s on %s %s%s%s"
                        .formatted(
                                fields.batch,
                                fields.worker,
                                fields.state,
                                fields.counts == null ? "" : ", " + fields.counts.text(),
                                reasonSuffix(fields));
    }

    private static String outcome(String word) {
        Optional<BatchState> state = BatchState.of(word).filter(BatchState::isLast);
        return state.isEmpty() ? "" : state.get().isTrouble() ? "failure" : "success";
    }

    private static String reasonSuffix(DocumentFields fields) {
        return fields.reason.isEmpty() ? "" : ", " + fields.reason;
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
