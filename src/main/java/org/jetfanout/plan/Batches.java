package org.jetfanout.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.Groups;
import org.jetfanout.site.workers.UnmatchedPolicy;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * Collects the hosts of a run into batches, one per worker of a worker group, in each wave. A
 * machine that is in two worker groups may get two batches, each with the settings of its group.
 * For one run and one thread.
 */
public final class Batches {
    private static final int MOST_CHARACTERS = 300;
    private static final int MOST_GROUPS = 10;
    private static final Comparator<Worker> ORDER =
            Comparator.comparing(Worker::group)
                    .thenComparing(Worker::name)
                    .thenComparing(Worker::address)
                    .thenComparingInt(Worker::port)
                    .thenComparing(Worker::user);

    private final WorkersConfig config;
    private final Groups inventory;
    private final Function<? super Collection<String>, String> fold;
    private final Waves waves;

    // Mutable state
    /** The hosts of each worker, by wave. */
    private final SortedMap<Integer, Map<Worker, List<String>>> batches = new TreeMap<>();

    private final List<String> unmatched = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    /**
     * @param config says what happens to hosts without a worker
     * @param inventory gives the groups of such hosts, for the error
     * @param fold shortens host names to ranges, for the error
     * @param waves in which wave each host is
     */
    public Batches(
            WorkersConfig config,
            Groups inventory,
            Function<? super Collection<String>, String> fold,
            Waves waves) {
        this.config = config;
        this.inventory = inventory;
        this.fold = fold;
        this.waves = waves;
    }

    /**
     * Gives the host to the worker.
     *
     * @throws ConfigurationException where the host was added before: two workers would configure
     *     it at the same time
     */
    public void add(String host, Worker worker) {
        requireFirst(host);
        give(host, worker);
    }

    private void give(String host, Worker worker) {
        batches.computeIfAbsent(waves.of(host), wave -> new HashMap<>())
                .computeIfAbsent(worker, key -> new ArrayList<>())
                .add(host);
    }

    /** Notes a host that no entry of the worker map covers. */
    public void addUnmatched(String host) {
        requireFirst(host);
        if (config.unmatched() == UnmatchedPolicy.LOCAL) {
            give(host, Worker.CONTROL_MACHINE);
        } else {
            unmatched.add(host);
        }
    }

    /**
     * Notes a host that a step of the user's own route left out. Nobody configures it, and the plan
     * says so.
     */
    public void leaveOut(String host) {
        requireFirst(host);
        leftOut.add(host);
    }

    private void requireFirst(String host) {
        if (!seen.add(host)) {
            throw new ConfigurationException(
                    "host '"
                            + host
                            + "' reached the plan twice: the routes must send each host exactly"
                            + " once");
        }
    }

    /**
     * The plan for all hosts that were added: batches in the order of wave, worker group and
     * worker, hosts in the order in which they were added.
     *
     * @throws ConfigurationException where hosts have no worker and workers.yml does not say what
     *     to do then
     */
    public Plan plan(String guid) {
        if (!unmatched.isEmpty() && config.unmatched() != UnmatchedPolicy.SKIP) {
            throw noWorker();
        }
        List<Batch> numbered = new ArrayList<>();
        int wave = 0;
        for (Map<Worker, List<String>> ofWave : batches.values()) {
            wave++; // a wave without hosts has no number
            for (Worker worker : ofWave.keySet().stream().sorted(ORDER).toList()) {
                numbered.add(new Batch(id(numbered.size() + 1), worker, ofWave.get(worker), wave));
            }
        }
        List<String> nobody = new ArrayList<>(unmatched);
        nobody.addAll(leftOut);
        return new Plan(guid, numbered, nobody);
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "%04d", number);
    }

    private ConfigurationException noWorker() {
        Set<String> groups = new TreeSet<>();
        unmatched.forEach(host -> groups.addAll(inventory.groupsOf(host)));
        return ConfigurationException.at(
                config.file(),
                (unmatched.size() == 1 ? "1 host has" : unmatched.size() + " hosts have")
                        + " no worker: "
                        + FoldedHosts.text(unmatched, MOST_CHARACTERS, fold)
                        + " ("
                        + groups(groups)
                        + "). Add one of their groups to the worker map, or set 'unmatched: skip'"
                        + " or 'unmatched: local'");
    }

    private static String groups(Set<String> groups) {
        if (groups.isEmpty()) {
            return "only in group all";
        }
        List<String> shown = groups.stream().limit(MOST_GROUPS).toList();
        return (groups.size() == 1 ? "group " : "groups ")
                + String.join(", ", shown)
                + (groups.size() > MOST_GROUPS
                        ? " and " + (groups.size() - MOST_GROUPS) + " more"
                        : "");
    }
}
