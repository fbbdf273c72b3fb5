package org.jetfanout.runner.ansible.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jetfanout.runner.EventObject;
import org.jetfanout.runner.EventReader;
import org.jetfanout.runner.LoggedEvent;

/**
 * Reads the events of our callback plugin for a log store. Each field that it is known to write
 * always has the same type. Lists of hosts, which only we understand, are left out. Everything else
 * becomes one text field, so that no event can break the mapping of a store.
 */
public final class AnsibleEventReader implements EventReader {
    private static final String NAMESPACE = "ansible";
    private static final Set<String> TEXTS =
            Set.of(
                    "event",
                    "ansible",
                    "play",
                    "task",
                    "action",
                    "role",
                    "path",
                    "host",
                    "item",
                    "msg",
                    "stdout",
                    "stderr",
                    "delegate_to",
                    "of",
                    "error");
    private static final Set<String> NUMBERS =
            Set.of(
                    "seq",
                    "number",
                    "start",
                    "playbook",
                    "playbooks",
                    "rc",
                    "attempts",
                    "unchanged",
                    "failed",
                    "failures");
    private static final Set<String> FLAGS = Set.of("changed", "ignored", "rescued", "no_log");

    /** What only our reader of results needs. */
    private static final Set<String> OURS = Set.of("hosts", "names", "first", "end");

    private final UnaryOperator<String> clean;

    /**
     * @param clean makes each text harmless before it is used
     */
    public AnsibleEventReader(UnaryOperator<String> clean) {
        this.clean = clean;
    }

    @Override
    public Optional<LoggedEvent> read(String line) {
        return EventObject.of(line).map(this::logged);
    }

    private LoggedEvent logged(ObjectNode event) {
        ObjectNode fields = fields(event);
        String name = AnsibleEvents.text(fields, "event");
        return new LoggedEvent(
                AnsibleEvents.event(cleaned(event)),
                name.matches("[a-z_]{1,60}") ? name.replace('_', '-') : "unknown",
                AnsibleEvents.text(fields, "host"),
                EventObject.code(fields.path("rc")),
                NAMESPACE,
                fields);
    }

    /** The event with clean texts. */
    private ObjectNode cleaned(ObjectNode event) {
        ObjectNode copy = EventObject.empty();
        for (Map.Entry<String, JsonNode> field : event.properties()) {
            JsonNode value = field.getValue();
            if (value.isTextual()) {
                copy.put(field.getKey(), clean.apply(value.textValue()));
            } else {
                copy.set(field.getKey(), value);
            }
        }
        return copy;
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
            } else if (FLAGS.contains(name) && value.isBoolean()) {
                fields.put(name, value.booleanValue());
            } else if (!OURS.contains(name)) {
                other.set(name, value);
            }
        }
        EventObject.addOther(fields, other, clean);
        return fields;
    }
}
