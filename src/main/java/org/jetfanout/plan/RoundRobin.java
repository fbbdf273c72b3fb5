package org.jetfanout.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerGroups;

/**
 * Deals hosts to workers in turns: round robin over the workers of a group by name. There is one
 * turn per worker group, whichever {@code from} group a host matched, so the numbers of hosts of
 * two workers of a group differ by at most one. For one run and one thread.
 */
public final class RoundRobin {
    private final WorkerGroups groups;

    // Mutable state
    private final Map<String, Turn> turns = new HashMap<>();

    /** Starts with the first worker of each group. */
    public RoundRobin(WorkerGroups groups) {
        this.groups = groups;
    }

    /**
     * The worker for the next host of a worker group.
     *
     * @throws ConfigurationException where the worker group does not exist
     */
    public Worker next(String workerGroup) {
        return turns.computeIfAbsent(workerGroup, name -> new Turn(groups.workers(name))).next();
    }

    private static final class Turn {
        private final List<Worker> workers;

        // Mutable state
        private int next;

        Turn(List<Worker> workers) {
            this.workers = workers;
        }

        Worker next() {
            Worker worker = workers.get(next);
            next = next + 1 == workers.size() ? 0 : next + 1;
            return worker;
        }
    }
}
