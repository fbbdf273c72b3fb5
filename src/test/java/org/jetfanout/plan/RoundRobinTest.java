package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkersYml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundRobinTest {
    @TempDir Path folder;

    @Test
    void goesRoundTheWorkersByName() {
        RoundRobin deal =
                new RoundRobin(
                        PlanFixture.of(
                                        folder,
                                        new GroupsInMemory()
                                                .group("web", "h1")
                                                .group("web_workers", "w3", "w1", "w2"),
                                        WorkersYml.MAP)
                                .groups());
        List<String> dealt = new ArrayList<>();
        for (int host = 0; host < 5; host++) {
            dealt.add(deal.next("web_workers").name());
        }
        assertThat(dealt).containsExactly("w1", "w2", "w3", "w1", "w2");
    }

    @Test
    void noSuchWorkerGroup() {
        RoundRobin deal =
                new RoundRobin(
                        PlanFixture.of(
                                        folder,
                                        new GroupsInMemory()
                                                .group("web", "h1")
                                                .group("web_workers", "w1"),
                                        WorkersYml.MAP)
                                .groups());
        assertThatThrownBy(() -> deal.next("web"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("'web' is not a worker group of the worker map");
    }

    /**
     * Whatever comes in whatever order: equal shares of each group, in the order of the workers.
     */
    @Test
    void sharesDifferByOneAtMost() {
        Random random = new Random(3);
        for (int round = 0; round < 100; round++) {
            GroupsInMemory inventory = new GroupsInMemory();
            StringBuilder text = new StringBuilder("workers:\n  map:\n");
            int groups = 1 + random.nextInt(4);
            for (int group = 0; group < groups; group++) {
                List<String> names =
                        GroupsInMemory.names("w" + group + "-", 1 + random.nextInt(12));
                Collections.shuffle(names, random);
                inventory.group("from" + group, "h").group("to" + group, names);
                text.append("    - { from: from%d, to: to%d }\n".formatted(group, group));
            }
            PlanFixture fixture = PlanFixture.of(folder, inventory, text.toString());
            RoundRobin deal = new RoundRobin(fixture.groups());
            Map<String, List<Worker>> dealt = new HashMap<>();
            int hosts = random.nextInt(200);
            for (int host = 0; host < hosts; host++) {
                String group = "to" + random.nextInt(groups);
                dealt.computeIfAbsent(group, name -> new ArrayList<>()).add(deal.next(group));
            }
            dealt.forEach(
                    (group, workers) -> {
                        List<Worker> sorted = fixture.groups().workers(group);
                        for (int turn = 0; turn < workers.size(); turn++) {
                            assertThat(workers.get(turn))
                                    .isEqualTo(sorted.get(turn % sorted.size()));
                        }
                    });
        }
    }
}
