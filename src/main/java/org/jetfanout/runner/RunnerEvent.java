package org.jetfanout.runner;

import java.util.Optional;

/** What a runner tells of its work: all there is, whatever words it has for it. Immutable. */
public sealed interface RunnerEvent {
    /** It begins with a playbook. */
    record PlaybookBegins() implements RunnerEvent {}

    /** It begins with a play. */
    record PlayBegins(String play) implements RunnerEvent {}

    /** It begins with a role. */
    record RoleBegins(String role) implements RunnerEvent {}

    /** It begins with a task, on all hosts of the play. */
    record TaskBegins(String play, String task) implements RunnerEvent {}

    /**
     * A task came to its end on a host, and the host goes on.
     *
     * @param changed something was changed, or would be
     * @param ignored it failed, which the playbook ignores
     * @param word how it ended, for people
     */
    record TaskEnded(String host, String task, boolean changed, boolean ignored, String word)
            implements RunnerEvent {}

    /**
     * A task failed on a host, which has nothing more to do.
     *
     * @param command what failed, where that is a command
     */
    record TaskFailed(String host, String task, Optional<Command> command) implements RunnerEvent {
        /** Why, as far as the event says. */
        public String reason() {
            return (task.isEmpty() ? "a task failed" : task)
                    + command.map(failed -> ": exit code " + failed.ending()).orElse("");
        }
    }

    /** A host was not reached. */
    record HostUnreachable(String host) implements RunnerEvent {}

    /** The runner has come to its end. */
    record Summary(long changedHosts, long unchangedHosts, long failedHosts, long failures)
            implements RunnerEvent {}

    /**
     * Any other.
     *
     * @param name the runner's word for it; may be empty
     */
    record Other(String name) implements RunnerEvent {}

    /**
     * A command that failed.
     *
     * @param exitCode as the runner wrote it; may be empty
     * @param output all that is known of it; may be long
     */
    record Command(String exitCode, String output) {
        /** Its exit code and the first line of its output. */
        public String ending() {
            String first = output.strip().lines().findFirst().orElse("");
            return exitCode + (first.isEmpty() ? "" : ": " + PlainText.line(first));
        }
    }
}
