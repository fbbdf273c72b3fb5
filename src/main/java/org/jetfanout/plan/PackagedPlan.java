package org.jetfanout.plan;

import java.util.List;
import org.jetfanout.site.workers.WorkerGroups;

/**
 * The plan of the packaged plan route, without Camel: the same steps in the same order as in {@link
 * PlanSteps}. For one run and one thread.
 */
public final class PackagedPlan {
    private final WorkerMap workerMap;
    private final RoundRobin deal;
    private final Batches batches;

    /** For a run without any hosts yet. */
    public PackagedPlan(WorkerMap workerMap, WorkerGroups groups, Batches batches) {
        this.workerMap = workerMap;
        this.deal = new RoundRobin(groups);
        this.batches = batches;
    }

    /** Deals the hosts. */
    public Plan of(String guid, List<String> hosts) {
        for (String host : hosts) {
            String group = workerMap.match(host);
            if (group == null) {
                batches.addUnmatched(host);
            } else {
                batches.add(host, deal.next(group));
            }
        }
        return batches.plan(guid);
    }
}
