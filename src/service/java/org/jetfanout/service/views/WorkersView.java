package org.jetfanout.service.views;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;

/**
 * The workers of a run, one entry a batch, in the plan's order.
 *
 * @param workers the entries
 */
public record WorkersView(List<WorkerLine> workers) {
    /** Copies the list. */
    public WorkersView {
        workers = List.copyOf(workers);
    }

    /**
     * A worker with one batch.
     *
     * @param worker its name
     * @param batch id of the batch
     * @param group worker group
     * @param address of the worker that the plan names
     * @param wave of the batch, from 1
     * @param state of the batch
     * @param detail why it did not succeed, or what it waits for; may be empty
     * @param counts of its hosts
     * @param started when it was taken up
     * @param ended when it ended
     * @param reconnects how often the connection to it was lost
     * @param before workers that had the batch before this one
     * @param complete whether all of its output is stored; true until the opposite is known
     * @param resumable whether it was given up although its job may still be there
     */
    public record WorkerLine(
            String worker,
            String batch,
            String group,
            String address,
            int wave,
            BatchState state,
            String detail,
            Counts counts,
            Optional<Instant> started,
            Optional<Instant> ended,
            int reconnects,
            List<String> before,
            boolean complete,
            boolean resumable) {
        /** Copies the list. */
        public WorkerLine {
            before = List.copyOf(before);
        }

        /** Whether someone should look at it. */
        public boolean isTrouble() {
            return state.isTrouble() || (state.isLast() && (counts.trouble() > 0 || !complete));
        }
    }
}
