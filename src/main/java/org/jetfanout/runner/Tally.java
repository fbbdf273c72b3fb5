package org.jetfanout.runner;

/**
 * The state of a batch, from the output of its runner so far. Immutable.
 *
 * @param hosts hosts of the batch
 * @param ok hosts that are configured without a change; hosts count as ok or changed only when the
 *     runner has come to its end
 * @param changed hosts that are configured with a change
 * @param failed hosts on which a task failed
 * @param unreachable hosts the runner could not connect to
 * @param unfinished all others
 * @param play name of the play that runs, or empty; one line, no escape codes
 * @param task name of the task that runs, or empty; one line, no escape codes
 * @param reported hosts that have a result in this task
 * @param complete whether the runner has come to its end
 * @param foreign how many events were ignored because their host is not in the batch (delegation)
 * @param unreadable how many events were ignored because they are no JSON
 */
public record Tally(
        int hosts,
        int ok,
        int changed,
        int failed,
        int unreachable,
        int unfinished,
        String play,
        String task,
        int reported,
        boolean complete,
        long foreign,
        long unreadable) {}
