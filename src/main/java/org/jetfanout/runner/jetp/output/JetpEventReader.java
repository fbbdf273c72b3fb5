package org.jetfanout.runner.jetp.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jetfanout.runner.EventObject;
import org.jetfanout.runner.EventReader;
import org.jetfanout.runner.LoggedEvent;
import org.jetfanout.text.Times;

/**
 * Reads jetp's events for a log store. Each field that jetp is known to write always has the same
 * type. Everything else in an event becomes one text field, so that no event can break the mapping
 * of a store.
 */
public final class JetpEventReader implements EventReader {
    private static final String NAMESPACE = "jet";
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

    private final UnaryOperator<String> clean;

    /**
     * @param clean makes each text harmless before it is used
     */
    public JetpEventReader(UnaryOperator<String> clean) {
        this.clean = clean;
    }

    @Override
    public Optional<LoggedEvent> read(String line) {
        return EventObject.of(line).map(this::logged);
    }

    private LoggedEvent logged(ObjectNode event) {
        ObjectNode fields = fields(event);
        String name = fields.path("event").asText();
        return new LoggedEvent(
                JetpEvents.event(fields),
                name.matches("[A-Z_]{1,40}")
                        ? name.toLowerCase(Locale.ROOT).replace('_', '-')
                        : "unknown",
                fields.path("host").asText(),
                EventObject.code(fields.path("cmd_rc")),
                NAMESPACE,
                fields);
    }

    /** The fields of the event, each of its own type. */
    private ObjectNode fields(ObjectNode event) {
        ObjectNode fields = EventObject.empty();
        ObjectNode other = EventObject.empty();
        for (Map.Entry<String, JsonNode> field : event.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (TEXTS.contains(name) && value.isTextual()) {
                fields.put(name, clean.apply(value.textValue()));
            } else if (NUMBERS.contains(name) && EventObject.isWhole(value)) {
                fields.put(name, value.longValue());
            } else if (TIMES.contains(name) && time(value).isPresent()) {
                fields.put(name, Times.utc(time(value).get()));
            } else if (name.equals("summary") && value instanceof ObjectNode counts) {
                summary(counts, fields, other);
            } else {
                other.set(name, value);
            }
        }
        EventObject.addOther(fields, other, clean);
        return fields;
    }

    private static void summary(ObjectNode counts, ObjectNode fields, ObjectNode other) {
        ObjectNode known = EventObject.empty();
        ObjectNode rest = EventObject.empty();
        for (Map.Entry<String, JsonNode> count : counts.properties()) {
            String name = count.getKey();
            int mark = name.lastIndexOf('_');
            boolean ours =
                    mark > 0
                            && COUNTED.contains(name.substring(0, mark))
                            && (name.endsWith("_ct") || name.endsWith("_hosts"));
            if (ours && EventObject.isWhole(count.getValue())) {
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

    private static Optional<Instant> time(JsonNode value) {
        try {
            return Optional.of(
                    DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.asText(), Instant::from));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
