package org.jetfanout.runner.ansible.output;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jetfanout.runner.RunnerEvent;

/**
 * The meaning of the events of our callback plugin (jet_fanout.py), which have ansible's names. No
 * other class knows them. Pure functions.
 */
final class AnsibleEvents {
    /** The first event of a process of ansible. */
    static final String START = "jet_start";

    /** Names of hosts, which have numbers from then on. */
    static final String NAMES = "jet_names";

    /** Which hosts the play addresses that has begun. */
    static final String ADDRESSES = "jet_addresses";

    /** Which of them begin now, if not all. */
    static final String BEGINS = "jet_begins";

    /** Hosts that ansible took out of a play that ends: they failed, or others did. */
    static final String CUT = "jet_cut";

    /** Hosts that have a play before them which ansible does not come to. */
    static final String LEFT = "jet_left";

    /** Counts of hosts, before the last event. */
    static final String STATS = "jet_stats";

    /** The callback itself failed, and an event is missing. */
    static final String ERROR = "jet_error";

    /** Another play, or the same one on the next hosts. */
    static final String PLAY = "playbook_on_play_start";

    /** All hosts that are left in the play have failed, or count as failed. */
    static final String NO_HOSTS_LEFT = "playbook_on_no_hosts_remaining";

    static final String FAILED = "runner_on_failed";
    static final String UNREACHABLE = "runner_on_unreachable";

    /** How ansible begins a message about a connection. */
    private static final Pattern CONNECTION =
            Pattern.compile(
                    "(Task failed: )?(Failed to connect to the (new )?host via |Data could not be sent"
                            + " to (the )?remote host|SSH Error: ).*",
                    Pattern.DOTALL);

    private AnsibleEvents() {}

    /** A field as text; empty where it is none. */
    static String text(ObjectNode event, String name) {
        JsonNode value = event.path(name);
        return value.isTextual() ? value.textValue() : "";
    }

    /** Whether a field is there and true. */
    static boolean is(ObjectNode event, String name) {
        return event.path(name).booleanValue();
    }

    /** The meaning of an event. */
    static RunnerEvent event(ObjectNode event) {
        String name = text(event, "event");
        return switch (name) {
            case "playbook_on_start" -> new RunnerEvent.PlaybookBegins();
            case PLAY -> new RunnerEvent.PlayBegins(text(event, "play"));
            case "playbook_on_task_start",
                    "playbook_on_handler_task_start",
                    "playbook_on_cleanup_task_start" ->
                    new RunnerEvent.TaskBegins(text(event, "play"), text(event, "task"));
            case "runner_on_ok" ->
                    ended(
                            event,
                            is(event, "changed"),
                            false,
                            is(event, "changed") ? "changed" : "ok");
            case "runner_on_skipped" -> ended(event, false, false, "skipped");
            case FAILED -> failed(event);
            case UNREACHABLE ->
                    is(event, "ignored")
                            ? ended(event, false, true, "unreachable (ignored)")
                            : new RunnerEvent.HostUnreachable(text(event, "host"));
            case "runner_item_on_ok" -> item(event, is(event, "changed") ? "changed" : "ok");
            case "runner_item_on_skipped" -> item(event, "skipped");
            case "runner_item_on_failed" -> item(event, "failed");
            case "runner_retry" -> item(event, "failed, tried again");
            case "playbook_on_stats" -> stats(event);
            default -> new RunnerEvent.Other(name);
        };
    }

    private static RunnerEvent ended(
            ObjectNode event, boolean changed, boolean ignored, String word) {
        return new RunnerEvent.TaskEnded(
                text(event, "host"), text(event, "task"), changed, ignored, word);
    }

    private static RunnerEvent failed(ObjectNode event) {
        if (is(event, "ignored")) {
            return ended(event, is(event, "changed"), true, "failed (ignored)");
        }
        if (is(event, "rescued")) {
            return ended(event, false, true, "failed (rescued)");
        }
        if (isConnection(event)) {
            return new RunnerEvent.HostUnreachable(text(event, "host"));
        }
        return new RunnerEvent.TaskFailed(
                text(event, "host"),
                text(event, "task"),
                Optional.empty(),
                AnsibleFailure.of(event).ofTask());
    }

    /**
     * Whether a failure is one of the connection: a connection that breaks in the middle of a task
     * can come so, without what every result of a task has.
     */
    static boolean isConnection(ObjectNode event) {
        return !event.has("changed")
                && !event.has("rc")
                && !is(event, "no_log")
                && CONNECTION.matcher(text(event, "msg")).matches();
    }

    private static RunnerEvent item(ObjectNode event, String word) {
        String item = text(event, "item");
        return new RunnerEvent.Other(
                text(event, "host")
                        + ": "
                        + text(event, "task")
                        + (item.isEmpty() ? "" : ": item " + item)
                        + ": "
                        + word);
    }

    private static RunnerEvent stats(ObjectNode event) {
        return is(event, "end")
                ? new RunnerEvent.Summary(
                        event.path("changed").asLong(),
                        event.path("unchanged").asLong(),
                        event.path("failed").asLong(),
                        event.path("failures").asLong())
                : new RunnerEvent.Other(text(event, "event"));
    }
}
