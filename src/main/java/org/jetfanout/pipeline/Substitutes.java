package org.jetfanout.pipeline;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.workers.Worker;

/**
 * Who takes over from workers that are lost: the worker of the same group that took over least so
 * far. Thread-safe.
 */
final class Substitutes {
    private final Map<String, List<Worker>> groups;

    // Mutable state
    private final Set<Worker> lost = new HashSet<>();
    private final Map<Worker, Integer> taken = new HashMap<>();

    /**
     * @param groups the workers of each worker group
     */
    Substitutes(Map<String, List<Worker>> groups) {
        this.groups = groups;
    }

    /**
     * Another worker of the group; empty where all of them are lost. The lost one gets no batch of
     * others any more.
     */
    synchronized Optional<Worker> insteadOf(Worker worker) {
        lost.add(worker);
        Optional<Worker> other =
                groups.getOrDefault(worker.group(), List.of()).stream()
                        .filter(candidate -> !lost.contains(candidate))
                        .min(Comparator.comparing(candidate -> taken.getOrDefault(candidate, 0)));
        other.ifPresent(chosen -> taken.merge(chosen, 1, Integer::sum));
        return other;
    }
}
