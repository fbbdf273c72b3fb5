package org.jetfanout.plan;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.jetfanout.site.workers.WorkerGroups;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.site.workers.WorkersYml;

/** A plan from its parts, as the pipeline makes one. */
record PlanFixture(GroupsInMemory inventory, WorkersConfig config, WorkerGroups groups) {
    static PlanFixture of(Path folder, GroupsInMemory inventory, String workersYml) {
        WorkersConfig config = WorkersYml.read(folder, workersYml);
        return new PlanFixture(inventory, config, WorkerGroups.resolve(config, inventory));
    }

    /** The plan of all hosts that are no workers. */
    Plan plan() {
        return plan(
                inventory.hosts().stream()
                        .filter(
                                host ->
                                        groups.names().stream()
                                                .noneMatch(
                                                        group ->
                                                                groups.workers(group).stream()
                                                                        .anyMatch(
                                                                                worker ->
                                                                                        worker.name()
                                                                                                .equals(
                                                                                                        host))))
                        .toList());
    }

    Plan plan(List<String> hosts) {
        return plan(Waves.none(hosts));
    }

    Plan plan(Waves waves) {
        WorkerMap map = WorkerMap.of(config, inventory);
        RoundRobin deal = new RoundRobin(groups);
        Batches batches = new Batches(config, inventory, PlanFixture::fold, waves);
        for (String host : waves.hosts()) {
            String group = map.match(host);
            if (group == null) {
                batches.addUnmatched(host);
            } else {
                batches.add(host, deal.next(group));
            }
        }
        return batches.plan("guid");
    }

    /** Names in a row, to see that the function given is the one used. */
    static String fold(Collection<String> hosts) {
        return "{" + String.join(",", hosts) + "}";
    }
}
