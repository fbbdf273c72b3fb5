package org.jetfanout.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.Groups;
import org.jetfanout.site.workers.MapEntry;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * The worker map of a run: which worker group configures a host. It is computed for the whole
 * inventory at once, so that a match is one look-up. A host may itself be one of the workers.
 * Immutable.
 */
public final class WorkerMap {
    private final Map<String, String> workerGroups;

    private WorkerMap(Map<String, String> workerGroups) {
        this.workerGroups = workerGroups;
    }

    /**
     * The worker map of workers.yml, applied to an inventory.
     *
     * @throws ConfigurationException where the map names a group that the inventory does not have
     */
    public static WorkerMap of(WorkersConfig config, Groups inventory) {
        for (MapEntry entry : config.map()) {
            if (!inventory.hasGroup(entry.from())) {
                throw ConfigurationException.at(
                        config.file(), entry.line(), inventory.missing(entry.from()));
            }
        }
        int hosts = inventory.hosts().size();
        Map<String, String> workerGroups = new HashMap<>(capacity(hosts));
        for (MapEntry entry : config.map()) {
            if (workerGroups.size() == hosts) {
                break;
            }
            List<String> members = inventory.hostsOf(entry.from());
            for (String host : members) {
                workerGroups.putIfAbsent(host, entry.to());
            }
        }
        return new WorkerMap(workerGroups);
    }

    private static int capacity(int entries) {
        return (int) Math.min(1 << 30, entries * 4L / 3 + 1);
    }

    /**
     * The worker group of the first entry whose {@code from} group, or a group below it, holds the
     * host; null where none does.
     */
    public String match(String host) {
        return workerGroups.get(host);
    }
}
