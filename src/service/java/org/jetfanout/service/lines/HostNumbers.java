package org.jetfanout.service.lines;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;

/** Numbers for the hosts of each batch: their places in the plan, from 1. Immutable. */
final class HostNumbers {
    /** Hosts behind this place of a batch have no number. */
    private static final int MOST = (1 << 24) - 2;

    static final HostNumbers NONE = new HostNumbers(Map.of());

    private final Map<String, Hosts> batches;

    private HostNumbers(Map<String, Hosts> batches) {
        this.batches = batches;
    }

    /** The hosts of one batch, and their places sorted by name. Two are never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Hosts(List<String> names, Integer[] sorted) {
        int number(String name) {
            int from = 0;
            int to = sorted.length - 1;
            while (from <= to) {
                int middle = (from + to) >>> 1;
                int order = names.get(sorted[middle]).compareTo(name);
                if (order == 0) {
                    return sorted[middle] < MOST ? sorted[middle] + 1 : 0;
                }
                if (order < 0) {
                    from = middle + 1;
                } else {
                    to = middle - 1;
                }
            }
            return 0;
        }
    }

    static HostNumbers of(Optional<Plan> plan) {
        if (plan.isEmpty()) {
            return NONE;
        }
        Map<String, Hosts> batches = new HashMap<>();
        for (Batch batch : plan.get().batches()) {
            Integer[] sorted = new Integer[batch.hosts().size()];
            Arrays.setAll(sorted, place -> place);
            Arrays.sort(sorted, Comparator.comparing(batch.hosts()::get));
            batches.put(batch.id(), new Hosts(batch.hosts(), sorted));
        }
        return new HostNumbers(batches);
    }

    /** The number of a host in a batch; 0 where the batch has none of this name. */
    int number(String batch, String host) {
        Hosts hosts = batches.get(batch);
        return hosts == null || host.isEmpty() ? 0 : hosts.number(host);
    }

    /** The host with this number; empty where there is none. */
    String name(String batch, int number) {
        Hosts hosts = batches.get(batch);
        return hosts == null || number < 1 || number > hosts.names().size()
                ? ""
                : hosts.names().get(number - 1);
    }

    /** The batches that have a host of this name. */
    List<String> batchesOf(String host) {
        List<String> found = new ArrayList<>();
        batches.forEach(
                (batch, hosts) -> {
                    if (hosts.number(host) > 0) {
                        found.add(batch);
                    }
                });
        return found;
    }
}
