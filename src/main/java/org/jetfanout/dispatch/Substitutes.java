package org.jetfanout.dispatch;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.plan.Batch;
import org.jetfanout.site.workers.Worker;

/**
 * Chooses the worker that takes over from a lost one: the worker of the same group with the fewest
 * hosts, including those that it has already taken over. Among equals it prefers one that has
 * answered. Thread-safe.
 */
final class Substitutes {
    // Mutable state
    private Map<String, List<Worker>> groups = Map.of();
    private final Set<Worker> lost = new HashSet<>();
    private final Set<Worker> answered = new HashSet<>();
    private final Map<Worker, Integer> hosts = new HashMap<>();

    /**
     * Says which batches must get a result.
     *
     * @param groups the workers of each worker group
     * @param batches the batches without a result, each with its present worker
     */
    synchronized void expect(Map<String, List<Worker>> groups, Collection<Batch> batches) {
        this.groups = groups;
        batches.forEach(batch -> hosts.merge(batch.worker(), batch.hosts().size(), Integer::sum));
    }

    /** Notes that a worker has answered. */
    synchronized void answered(Worker worker) {
        answered.add(worker);
    }

    /**
     * Another worker of the group for a batch whose worker is lost; empty where all of them are
     * lost. The lost worker becomes no substitute any more.
     */
    synchronized Optional<Worker> insteadOf(Batch batch) {
        lost.add(batch.worker());
        Optional<Worker> other =
                groups.getOrDefault(batch.worker().group(), List.of()).stream()
                        .filter(candidate -> !lost.contains(candidate))
                        .min(
                                Comparator.<Worker>comparingInt(
                                                candidate -> hosts.getOrDefault(candidate, 0))
                                        .thenComparing(candidate -> !answered.contains(candidate)));
        other.ifPresent(chosen -> hosts.merge(chosen, batch.hosts().size(), Integer::sum));
        return other;
    }
}
