package org.jetfanout.runner;

/**
 * How a batch stands, from what its runner has said so far. Immutable.
 *
 * @param hosts hosts of the batch
 * @param ok configured without a change; hosts count as ok or changed only when the runner has come
 *     to its end
 * @param changed configured with a change
 * @param failed hosts on which a task failed
 * @param unreachable hosts the runner could not connect to
 * @param unfinished all others
 * @param play name of the play that runs, or empty; one line, no escape codes
 * @param task name of the task that runs, or empty; one line, no escape codes
 * @param reported hosts that have a result in this task
 * @param complete the runner has come to its end
 * @param foreign events of hosts that are not of the batch (delegation), and ignored
 * @param unreadable events that were no JSON, and ignored
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
