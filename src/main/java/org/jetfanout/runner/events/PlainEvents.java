package org.jetfanout.runner.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.runner.EventObject;
import org.jetfanout.runner.RunnerEvent;

/**
 * The meaning of plain events: one JSON object a line, which says what became of one host. Keys and
 * events that are not known here are ignored. Pure functions.
 */
final class PlainEvents {
    /** The keys that have a meaning. */
    static final String EVENT = "event";

    static final String HOST = "host";
    static final String NAME = "name";
    static final String CODE = "rc";
    static final String REASON = "reason";
    static final String FINAL = "final";

    private PlainEvents() {}

    /**
     * The meaning of an event.
     *
     * @param task name of the task that runs; may be empty
     */
    static RunnerEvent event(ObjectNode event, String task) {
        String name = EventObject.text(event, EVENT);
        String host = EventObject.text(event, HOST);
        return switch (name) {
            case "task" -> new RunnerEvent.TaskBegins("", EventObject.text(event, NAME));
            case "ok", "changed", "ignored" ->
                    new RunnerEvent.TaskEnded(
                            host,
                            task,
                            name.equals("changed"),
                            name.equals("ignored"),
                            name.equals("ignored") ? "failed (ignored)" : name);
            case "failed" ->
                    new RunnerEvent.TaskFailed(host, task, Optional.empty(), failure(event));
            case "unreachable" -> new RunnerEvent.HostUnreachable(host);
            case "end" -> new RunnerEvent.Summary(0, 0, 0, 0);
            default -> new RunnerEvent.Other(name);
        };
    }

    /** Why a host failed, as far as the event says it. */
    private static String failure(ObjectNode event) {
        String reason = EventObject.text(event, REASON);
        OptionalInt code = code(event);
        return reason.isEmpty() && code.isPresent() ? ending(code.getAsInt()) : reason;
    }

    /** How a command ended, from its exit code as a shell gives it. */
    private static String ending(int code) {
        return code > 128 && code <= 192
                ? "killed by signal " + (code - 128) + " (exit code " + code + ")"
                : "exit code " + code;
    }

    /** The exit code that an event gives. */
    static OptionalInt code(ObjectNode event) {
        return EventObject.code(event.path(CODE));
    }

    /** Whether nothing more comes for the host of this event. */
    static boolean isFinal(ObjectNode event) {
        return event.path(FINAL).asBoolean(false);
    }
}
