package org.jetfanout.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetfanout.site.workers.Amount;

/**
 * In which wave of a run each host is. The canary is a wave of its own, the first. Each size counts
 * all hosts of the waves up to its own, with the canary, and hosts that no size covers are the last
 * wave. Immutable.
 */
public final class Waves {
    private final List<String> order;
    private final Map<String, Integer> waves;

    private Waves(List<String> order, Map<String, Integer> waves) {
        this.order = List.copyOf(order);
        this.waves = waves;
    }

    /** Of a run without waves. */
    public static Waves none(List<String> hosts) {
        return new Waves(hosts, Map.of());
    }

    /**
     * The waves of a run.
     *
     * @param hosts all hosts of the run, in order
     * @param canary hosts of the first wave; those that are no hosts of the run do not count
     * @param sizes how many hosts are in each wave and those before it
     */
    public static Waves of(List<String> hosts, Collection<String> canary, List<Amount> sizes) {
        Set<String> first = new LinkedHashSet<>(canary);
        first.retainAll(Set.copyOf(hosts));
        if (first.isEmpty() && sizes.isEmpty()) {
            return none(hosts);
        }
        Set<String> ordered = new LinkedHashSet<>(first);
        ordered.addAll(hosts);
        Map<String, Integer> waves = new HashMap<>();
        int wave = first.isEmpty() ? 0 : 1;
        first.forEach(host -> waves.put(host, 1));
        List<String> order = new ArrayList<>(ordered);
        for (Amount size : sizes) {
            int upTo = Math.min(order.size(), size.of(order.size()));
            if (upTo > waves.size()) {
                wave++;
                for (int at = waves.size(); at < upTo; at++) {
                    waves.put(order.get(at), wave);
                }
            }
        }
        for (int at = waves.size(); at < order.size(); at++) {
            waves.put(order.get(at), wave + 1);
        }
        return new Waves(order, waves);
    }

    /** All hosts of the run, wave by wave. */
    public List<String> hosts() {
        return order;
    }

    /** Number of the wave of a host, from 1. */
    public int of(String host) {
        return waves.getOrDefault(host, 1);
    }
}
