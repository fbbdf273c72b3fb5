package org.jetfanout.runner.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jetfanout.runner.EventObject;
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

    private final UnaryOperator<String> clean;

    /**
     * @param clean makes each text harmless before it is used
     */
    public PlainEventReader(UnaryOperator<String> clean) {
        this.clean = clean;
    }

    @Override
    public Optional<LoggedEvent> read(String line) {
        return EventObject.of(line).map(this::logged);
    }

    private LoggedEvent logged(ObjectNode event) {
        ObjectNode fields = EventObject.empty();
        ObjectNode known = EventObject.empty();
        ObjectNode other = EventObject.empty();
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
        EventObject.addOther(fields, other, clean);
        String word = EventObject.text(known, PlainEvents.EVENT);
        return new LoggedEvent(
                PlainEvents.event(known, ""),
                word.matches("[a-z][a-z_-]{0,39}") ? "host-" + word : "unknown",
                EventObject.text(known, PlainEvents.HOST),
                PlainEvents.code(event),
                NAMESPACE,
                fields);
    }
}
