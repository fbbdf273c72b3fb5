package org.jetfanout.runner;

import java.util.Optional;

/**
 * What a runner reports of its work. These are all kinds of events, in terms that do not depend on
 * the runner. Immutable.
 */
public sealed interface RunnerEvent {
    /** A playbook begins. */
    record PlaybookBegins() implements RunnerEvent {}

    /** A play begins. */
    record PlayBegins(String play) implements RunnerEvent {}

    /** A role begins. */
    record RoleBegins(String role) implements RunnerEvent {}

    /** A task begins on all hosts of the play. */
    record TaskBegins(String play, String task) implements RunnerEvent {}

    /**
     * A task ended on a host, and the host continues.
     *
     * @param changed whether the task changed something, or would change it
     * @param ignored whether the task failed and the playbook ignores that
     * @param word how it ended, for people
     */
    record TaskEnded(String host, String task, boolean changed, boolean ignored, String word)
            implements RunnerEvent {}

    /**
     * A task failed on a host, and the host does not continue.
     *
     * @param command the command that failed, if it was one
     * @param message why it failed, in the runner's words; may be empty
     */
    record TaskFailed(String host, String task, Optional<Command> command, String message)
            implements RunnerEvent {
        /** A failure for which the runner gives no words. */
        public TaskFailed(String host, String task, Optional<Command> command) {
            this(host, task, command, "");
        }

        /** The reason, where the event gives one. */
        public String reason() {
            if (!message.isEmpty()) {
                return task.isEmpty() ? message : task + ": " + message;
            }
            return (task.isEmpty() ? "a task failed" : task)
                    + command.map(failed -> ": exit code " + failed.ending()).orElse("");
        }
    }

    /** The runner could not connect to a host. */
    record HostUnreachable(String host) implements RunnerEvent {}

    /** The runner has come to its end. */
    record Summary(long changedHosts, long unchangedHosts, long failedHosts, long failures)
            implements RunnerEvent {}

    /**
     * Any other event.
     *
     * @param name the runner's word for it; may be empty
     */
    record Other(String name) implements RunnerEvent {}

    /**
     * A command that failed.
     *
     * @param exitCode as the runner wrote it; may be empty
     * @param output all of its output that is known; may be long
     */
    record Command(String exitCode, String output) {
        /** Its exit code and the first line of its output. */
        public String ending() {
            String first = output.strip().lines().findFirst().orElse("");
            return exitCode + (first.isEmpty() ? "" : ": " + PlainText.line(first));
        }
    }
}
