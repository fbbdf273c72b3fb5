package org.jetfanout.plan;

import java.util.List;
import java.util.Set;

/**
 * Which worker configures which hosts in one run. The same input gives the same batches.
 *
 * @param guid the run
 * @param batches one for each worker that has hosts, in each wave, in the order of wave, worker
 *     group and worker
 * @param unmatched hosts that no entry of the worker map covers and that workers.yml says to skip
 */
public record Plan(String guid, List<Batch> batches, List<String> unmatched) {
    /** Copies the lists. */
    public Plan {
        batches = List.copyOf(batches);
        unmatched = List.copyOf(unmatched);
    }

    /** The plan with these batches only. */
    public Plan only(Set<String> ids) {
        return new Plan(
                guid,
                batches.stream().filter(batch -> ids.contains(batch.id())).toList(),
                unmatched);
    }

    /** The number of the last wave; 1 in a plan without waves. */
    public int waves() {
        return batches.stream().mapToInt(Batch::wave).max().orElse(1);
    }

    /** The plan with the batches of one wave only. */
    public Plan wave(int number) {
        return new Plan(
                guid, batches.stream().filter(batch -> batch.wave() == number).toList(), unmatched);
    }

    /** The number of hosts in all batches. */
    public int hosts() {
        return batches.stream().mapToInt(batch -> batch.hosts().size()).sum();
    }
}
