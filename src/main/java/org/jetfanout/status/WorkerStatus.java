package org.jetfanout.status;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;

/**
 * The status of a worker's batch.
 *
 * @param worker its name
 * @param state of the batch
 * @param batch its id
 * @param counts of its hosts
 * @param failedHosts hosts that are failed, unreachable, unfinished or not started, and for which
 *     no result is still to come
 * @param complete whether all of its output is stored (not in the JSON)
 * @param time from its start to its end, or to now (not in the JSON)
 * @param reason why it did not succeed, or what it waits for; may be empty (in the JSON only where
 *     it waits)
 * @param resumable whether the batch was given up although the worker may still have its job (not
 *     in the JSON)
 * @param misconfigured whether the routes did not do with it what they must (not in the JSON)
 */
public record WorkerStatus(
        String worker,
        BatchState state,
        String batch,
        Counts counts,
        List<HostReason> failedHosts,
        boolean complete,
        Optional<Duration> time,
        String reason,
        boolean resumable,
        boolean misconfigured) {
    /** The status of a batch that is under way, or was not given up. */
    public WorkerStatus(
            String worker,
            BatchState state,
            String batch,
            Counts counts,
            List<HostReason> failedHosts,
            boolean complete,
            Optional<Duration> time,
            String reason) {
        this(worker, state, batch, counts, failedHosts, complete, time, reason, false, false);
    }

    /** Copies the list. */
    public WorkerStatus {
        failedHosts = List.copyOf(failedHosts);
    }

    /** Whether someone should look at it. */
    public boolean isTrouble() {
        return state.isTrouble() || (state.isLast() && (counts.trouble() > 0 || !complete));
    }
}
