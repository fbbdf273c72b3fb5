package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jetfanout.log.Redaction;
import org.jetfanout.log.Text;
import org.jetfanout.runner.PlainText;

/**
 * The events of a batch's runner (jetp: src/playbooks/visitor.rs). Each field that jetp is known to
 * write has one type for ever; whatever else an event holds goes as text into one field, so that no
 * event can spoil the mapping of a store.
 */
final class EventDrafts implements Drafts {
    private static final Set<String> TEXTS =
            Set.of(
                    "event",
                    "run",
                    "playbook",
                    "play",
                    "role",
                    "task",
                    "host",
                    "task_status",
                    "cmd",
                    "cmd_out");
    private static final Set<String> TIMES = Set.of("now", "start");
    private static final Set<String> NUMBERS = Set.of("elapsed", "task_ct", "cmd_rc");
    private static final Set<String> COUNTED =
            Set.of(
                    "matched",
                    "created",
                    "modified",
                    "removed",
                    "executed",
                    "passive",
                    "skipped",
                    "unchanged",
                    "adjusted",
                    "failed");

    /** Of what is not known, in characters. */
    private static final int MOST_OTHER = 8 << 10;

    private static final int LONGEST_NAME = 255;

    private final Place place;
    private final BatchWorkers workers;
    private final Redaction redaction;

    // Mutable state
    private Optional<Instant> taskStart = Optional.empty();
    private boolean settled;

    EventDrafts(Place place, BatchWorkers workers, Redaction redaction) {
        this.place = place;
        this.workers = workers;
        this.redaction = redaction;
    }

    @Override
    public boolean isSettled() {
        return settled;
    }

    @Override
    public Optional<Draft> of(TextLine line) {
        if (line.text().isBlank()) {
            return Optional.empty();
        }
        Draft draft = new Draft(place, line.offset());
        draft.time = line.time();
        draft.worker = workers.worker(place.batch(), line.time());
        draft.cut = line.cut();
        JsonNode event = line.cut() ? null : parsed(line.text());
        if (event instanceof ObjectNode object) {
            draft.jet = fields(object);
            tell(draft);
        } else {
            draft.message = clean(line.text());
        }
        return Optional.of(draft);
    }

    private static JsonNode parsed(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (IOException e) {
            return null;
        }
    }

    /** The event with each field of its own type. */
    private ObjectNode fields(ObjectNode event) {
        ObjectNode fields = Json.MAPPER.createObjectNode();
        ObjectNode other = Json.MAPPER.createObjectNode();
        for (Map.Entry<String, JsonNode> field : event.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (TEXTS.contains(name) && value.isTextual()) {
                fields.put(name, clean(value.textValue()));
            } else if (NUMBERS.contains(name) && isWhole(value)) {
                fields.put(name, value.longValue());
            } else if (TIMES.contains(name) && time(value).isPresent()) {
                fields.put(name, Ecs.time(time(value).get()));
            } else if (name.equals("summary") && value instanceof ObjectNode counts) {
                summary(counts, fields, other);
            } else {
                other.set(name, value);
            }
        }
        if (!other.isEmpty()) {
            String text = clean(other.toString());
            fields.put("other", text.length() > MOST_OTHER ? text.substring(0, MOST_OTHER) : text);
        }
        return fields;
    }

    private static void summary(ObjectNode counts, ObjectNode fields, ObjectNode other) {
        ObjectNode known = Json.MAPPER.createObjectNode();
        ObjectNode rest = Json.MAPPER.createObjectNode();
        for (Map.Entry<String, JsonNode> count : counts.properties()) {
            String name = count.getKey();
            int mark = name.lastIndexOf('_');
            boolean ours =
                    mark > 0
                            && COUNTED.contains(name.substring(0, mark))
                            && (name.endsWith("_ct") || name.endsWith("_hosts"));
            if (ours && isWhole(count.getValue())) {
                known.put(name, count.getValue().longValue());
            } else {
                rest.set(name, count.getValue());
            }
        }
        if (!known.isEmpty()) {
            fields.set("summary", known);
        }
        if (!rest.isEmpty()) {
            other.set("summary", rest);
        }
    }

    private static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }

    private static Optional<Instant> time(JsonNode value) {
        try {
            return Optional.of(
                    DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.asText(), Instant::from));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** What the event is in ECS, and for people. */
    private void tell(Draft draft) {
        JsonNode jet = draft.jet;
        String event = jet.path("event").asText();
        String task = jet.path("task").asText();
        String host = jet.path("host").asText();
        draft.action =
                event.matches("[A-Z_]{1,40}")
                        ? event.toLowerCase(Locale.ROOT).replace('_', '-')
                        : "unknown";
        switch (event) {
            case "PLAYBOOK_START" -> draft.message = "playbook begins";
            case "PLAY_START" -> draft.message = "play begins: " + jet.path("play").asText();
            case "ROLE_START" -> draft.message = "role begins: " + jet.path("role").asText();
            case "TASK_START" -> draft.message = "task begins: " + task;
            case "TASK_STATUS", "TASK_CHECK_STATUS" -> {
                String status = jet.path("task_status").asText();
                // a failure that the playbook ignores
                draft.outcome = status.equals("Failed") ? "unknown" : "success";
                draft.message = host + ": " + task + ": " + word(status);
            }
            case "TASK_FAILED" -> {
                draft.outcome = "failure";
                draft.message = host + " failed: " + task + failure(jet);
            }
            case "HOST_CONNECT_FAILED" -> {
                draft.outcome = "failure";
                draft.message = host + " was not reached";
            }
            case "SUMMARY" -> {
                JsonNode counts = jet.path("summary");
                draft.outcome = counts.path("failed_ct").asLong() > 0 ? "failure" : "success";
                draft.message =
                        "summary: %d hosts changed, %d unchanged, %d failed"
                                .formatted(
                                        counts.path("adjusted_hosts").asLong(),
                                        counts.path("unchanged_hosts").asLong(),
                                        counts.path("failed_hosts").asLong());
            }
            default -> draft.message = event.isEmpty() ? "event" : event;
        }
        if (draft.outcome.equals("failure")) {
            draft.level = "error";
        }
        if (host.length() <= LONGEST_NAME) {
            draft.about(host, workers);
        }
        if (!draft.foreignHost.isEmpty()) {
            draft.message = "of a host that is not in this batch: " + draft.message;
        }
        JsonNode code = jet.path("cmd_rc");
        if (code.isIntegralNumber() && code.canConvertToInt()) {
            draft.exitCode = OptionalInt.of(code.intValue());
        }
        duration(draft, event);
    }

    /** Since the task began in the batch: waiting for one of the runner's threads counts. */
    private void duration(Draft draft, String event) {
        switch (event) {
            case "TASK_START" -> {
                taskStart = Optional.of(draft.time);
                settled = true;
            }
            case "TASK_STATUS", "TASK_CHECK_STATUS", "TASK_FAILED", "HOST_CONNECT_FAILED" ->
                    taskStart.ifPresent(
                            start ->
                                    draft.duration =
                                            Math.max(
                                                    0,
                                                    Duration.between(start, draft.time).toNanos()));
            case "PLAYBOOK_START", "PLAY_START", "SUMMARY" -> {
                taskStart = Optional.empty();
                settled = true;
            }
            default -> {}
        }
    }

    private static String failure(JsonNode jet) {
        if (!jet.has("cmd_rc")) {
            return "";
        }
        String first = jet.path("cmd_out").asText().strip().lines().findFirst().orElse("");
        return ": exit code "
                + jet.path("cmd_rc").asLong()
                + (first.isEmpty() ? "" : ": " + PlainText.line(first));
    }

    /** {@code IsExecuted} as executed, and what {@code check-ssh} says as it says it. */
    private static String word(String status) {
        return switch (status) {
            case "NeedsCreation" -> "would create";
            case "NeedsModification" -> "would modify";
            case "NeedsRemoval" -> "would remove";
            case "NeedsExecution" -> "would run";
            case "Failed" -> "failed (ignored)";
            default ->
                    (status.startsWith("Is") ? status.substring(2) : status)
                            .toLowerCase(Locale.ROOT);
        };
    }

    /** A text of several lines, each made plain, without secrets. */
    private String clean(String text) {
        return redaction.apply(Text.plainLines(text));
    }
}
