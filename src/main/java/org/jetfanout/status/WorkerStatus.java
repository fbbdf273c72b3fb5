package org.jetfanout.status;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;

/**
 * How a worker's batch stands.
 *
 * @param worker its name
 * @param state of the batch
 * @param batch its id
 * @param counts of its hosts
 * @param failedHosts hosts that are failed, unreachable, unfinished or not started and will not get
 *     better by waiting
 * @param complete whether all of its output is stored (not part of the status shape)
 * @param time from its start to its end, or to now (not part of the status shape)
 * @param reason why it did not end well; may be empty (not part of the status shape)
 * @param resumable whether the worker may still have the job of a batch that was given up (not part
 *     of the status shape)
 * @param misconfigured whether the routes did not do with it what they must (not part of the status
 *     shape)
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
    /** Of a batch that is under way, or came to its end by itself. */
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

    public WorkerStatus {
        failedHosts = List.copyOf(failedHosts);
    }

    /** Whether somebody should look at it. */
    public boolean isTrouble() {
        return state.isTrouble() || (state.isLast() && (counts.trouble() > 0 || !complete));
    }
}
