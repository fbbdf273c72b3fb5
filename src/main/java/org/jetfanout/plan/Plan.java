package org.jetfanout.plan;

import java.util.List;
import java.util.Set;

/**
 * Who configures what in one run. The same input gives the same batches.
 *
 * @param guid the run
 * @param batches one per worker that has hosts, by worker group and worker
 * @param unmatched hosts that no entry of the worker map holds, and that workers.yml says to skip
 */
public record Plan(String guid, List<Batch> batches, List<String> unmatched) {
    public Plan {
        batches = List.copyOf(batches);
        unmatched = List.copyOf(unmatched);
    }

    /** The same with some of the batches. */
    public Plan only(Set<String> ids) {
        return new Plan(
                guid,
                batches.stream().filter(batch -> ids.contains(batch.id())).toList(),
                unmatched);
    }

    /** Number of hosts in all batches. */
    public int hosts() {
        return batches.stream().mapToInt(batch -> batch.hosts().size()).sum();
    }
}
