package org.jetfanout.service.views;

import java.util.List;
import java.util.Map;

/**
 * Who configures what.
 *
 * @param hosts how many there are in all batches
 * @param waves how many there are; 1 in a run without waves
 * @param rules how the run goes from wave to wave, as the user gave them; empty for none
 * @param playsFront number of the first play that some batch may not have ended; 0 where workers do
 *     not wait for each other
 * @param playsStopped why later plays do not run; empty where all run
 * @param unmatched names of hosts without a worker, folded
 * @param batches in the plan's order: a page
 * @param total how many batches there are
 * @param next where the next page begins; empty on the last one
 */
public record PlanView(
        int hosts,
        int waves,
        Map<String, String> rules,
        int playsFront,
        String playsStopped,
        String unmatched,
        List<PlannedBatch> batches,
        int total,
        String next) {
    /** Copies the list. */
    public PlanView {
        batches = List.copyOf(batches);
    }

    /**
     * A batch of the plan.
     *
     * @param batch its id
     * @param wave its number, from 1
     * @param worker that configures it
     * @param group worker group
     * @param address of the worker
     * @param port of the worker
     * @param user login name there
     * @param hosts how many
     * @param ranges their names, folded to ranges
     * @param cut whether names were left out of the ranges
     */
    public record PlannedBatch(
            String batch,
            int wave,
            String worker,
            String group,
            String address,
            int port,
            String user,
            int hosts,
            String ranges,
            boolean cut) {}
}
