package org.jetfanout.runner.jetp.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import org.jetfanout.runner.EventObject;
import org.jetfanout.runner.RunnerEvent;

/**
 * The meaning of jetp's events (jetp: src/playbooks/visitor.rs). No other class knows their names.
 * Pure functions.
 */
final class JetpEvents {
    private JetpEvents() {}

    /** The id of the process of jetp that wrote the event; may be empty. */
    static String process(ObjectNode event) {
        return EventObject.text(event, "run");
    }

    /** The meaning of an event. */
    static RunnerEvent event(ObjectNode event) {
        String name = EventObject.text(event, "event");
        String task = EventObject.text(event, "task");
        String host = EventObject.text(event, "host");
        return switch (name) {
            case "PLAYBOOK_START" -> new RunnerEvent.PlaybookBegins();
            case "PLAY_START" -> new RunnerEvent.PlayBegins(EventObject.text(event, "play"));
            case "ROLE_START" -> new RunnerEvent.RoleBegins(EventObject.text(event, "role"));
            case "TASK_START" -> new RunnerEvent.TaskBegins(EventObject.text(event, "play"), task);
            case "TASK_STATUS", "TASK_CHECK_STATUS" -> ended(host, task, event);
            case "TASK_FAILED" -> new RunnerEvent.TaskFailed(host, task, command(event));
            case "HOST_CONNECT_FAILED" -> new RunnerEvent.HostUnreachable(host);
            case "SUMMARY" -> summary(event.path("summary"));
            default -> new RunnerEvent.Other(name);
        };
    }

    private static RunnerEvent ended(String host, String task, ObjectNode event) {
        String status = EventObject.text(event, "task_status");
        boolean changed =
                switch (status) {
                    case "IsExecuted", "IsCreated", "IsModified", "IsRemoved" -> true;
                    // check-ssh: the task would change the host
                    case "NeedsExecution", "NeedsCreation", "NeedsModification", "NeedsRemoval" ->
                            true;
                    default -> false;
                };
        return new RunnerEvent.TaskEnded(
                host, task, changed, status.equals("Failed"), word(status));
    }

    /**
     * The word for people: {@code IsExecuted} becomes executed. The words of {@code check-ssh} stay
     * as they are.
     */
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

    private static Optional<RunnerEvent.Command> command(ObjectNode event) {
        return event.has("cmd") || event.has("cmd_rc")
                ? Optional.of(
                        new RunnerEvent.Command(
                                EventObject.text(event, "cmd_rc"),
                                EventObject.text(event, "cmd_out")))
                : Optional.empty();
    }

    private static RunnerEvent summary(JsonNode counts) {
        return new RunnerEvent.Summary(
                counts.path("adjusted_hosts").asLong(),
                counts.path("unchanged_hosts").asLong(),
                counts.path("failed_hosts").asLong(),
                counts.path("failed_ct").asLong());
    }
}
