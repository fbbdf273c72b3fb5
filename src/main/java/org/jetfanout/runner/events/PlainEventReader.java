package org.jetfanout.runner.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jetfanout.runner.EventReader;
import org.jetfanout.runner.LoggedEvent;

/**
 * Reads plain events for a log store. Each known key always has the same type. Everything else
 * becomes one text field, so that no event can break the mapping of a store. Thread-safe where
 * {@code clean} is.
 */
public final class PlainEventReader implements EventReader {
    private static final String NAMESPACE = "runner";

    /** The field of a log document for each key with a text. */
    private static final Map<String, String> TEXTS =
            Map.of(
                    PlainEvents.EVENT, "event",
                    PlainEvents.HOST, "host",
                    PlainEvents.NAME, "task",
                    PlainEvents.REASON, "reason");

    /** How many characters of unknown keys are kept. */
    private static final int MOST_OTHER = 8 << 10;

    private final UnaryOperator<String> clean;

    /**
     * @param clean makes each text harmless before it is used
     */
    public PlainEventReader(UnaryOperator<String> clean) {
        this.clean = clean;
    }

    @Override
    public Optional<LoggedEvent> read(String line) {
        return PlainEvents.parsed(line).map(this::logged);
    }

    private LoggedEvent logged(ObjectNode event) {
        ObjectNode fields = PlainEvents.empty();
        ObjectNode known = PlainEvents.empty();
        ObjectNode other = PlainEvents.empty();
        for (Map.Entry<String, JsonNode> field : event.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (TEXTS.containsKey(name) && value.isTextual()) {
                String text = clean.apply(value.textValue());
                known.put(name, text);
                fields.put(TEXTS.get(name), text);
            } else if (name.equals(PlainEvents.CODE) && PlainEvents.code(event).isPresent()) {
                known.set(name, value);
                fields.put("exit_code", value.longValue());
            } else {
                other.set(name, value);
            }
        }
        if (!other.isEmpty()) {
            String text = clean.apply(other.toString());
            fields.put("other", text.length() > MOST_OTHER ? text.substring(0, MOST_OTHER) : text);
        }
        String word = PlainEvents.text(known, PlainEvents.EVENT);
        return new LoggedEvent(
                PlainEvents.event(known, ""),
                word.matches("[a-z][a-z_-]{0,39}") ? "host-" + word : "unknown",
                PlainEvents.text(known, PlainEvents.HOST),
                PlainEvents.code(event),
                NAMESPACE,
                fields);
    }
}
