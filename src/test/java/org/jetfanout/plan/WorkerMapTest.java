package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.jetfanout.site.workers.MapEntry;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.site.workers.WorkersYml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerMapTest {
    @TempDir Path folder;

    private WorkersConfig config(String... entries) {
        StringBuilder text = new StringBuilder("workers:\n  map:\n");
        for (String entry : entries) {
            String[] names = entry.split(">", -1);
            text.append("    - { from: %s, to: %s }\n".formatted(names[0], names[1]));
        }
        return WorkersYml.read(folder, text.toString());
    }

    @Test
    void theFirstEntryThatHoldsTheHostCounts() {
        GroupsInMemory inventory =
                new GroupsInMemory().group("a", "h1", "h2").group("b", "h2", "h3").group("c", "h4");
        WorkerMap map = WorkerMap.of(config("b>wb", "a>wa"), inventory);
        assertThat(map.match("h1")).isEqualTo("wa");
        assertThat(map.match("h2")).isEqualTo("wb");
        assertThat(map.match("h3")).isEqualTo("wb");
        assertThat(map.match("h4")).isNull();
        assertThat(map.match("unheard of")).isNull();
    }

    @Test
    void groupsOfGroupsCount() {
        GroupsInMemory inventory =
                new GroupsInMemory()
                        .group("rack", "h1")
                        .subgroups("zone", "rack")
                        .subgroups("region", "zone");
        assertThat(WorkerMap.of(config("region>w"), inventory).match("h1")).isEqualTo("w");
    }

    @Test
    void allHoldsEveryHostAndMayComeLast() {
        GroupsInMemory inventory = new GroupsInMemory().group("a", "h1").group("b", "h2");
        WorkerMap map = WorkerMap.of(config("a>wa", "all>rest"), inventory);
        assertThat(map.match("h1")).isEqualTo("wa");
        assertThat(map.match("h2")).isEqualTo("rest");
    }

    @Test
    void aWorkerMayBeAHostToo() {
        GroupsInMemory inventory = new GroupsInMemory().group("a", "h1").group("w", "w1");
        assertThat(WorkerMap.of(config("a>w", "w>w"), inventory).match("w1")).isEqualTo("w");
    }

    @Test
    void aGroupThatTheInventoryLacks() {
        GroupsInMemory inventory = new GroupsInMemory().group("us_west_1", "h1").group("w", "w1");
        assertThatThrownBy(() -> WorkerMap.of(config("us_west_1>w", "us_west1>w"), inventory))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        folder
                                + "/workers.yml:4: the inventory has no group 'us_west1' (nearest:"
                                + " 'us_west_1')");
    }

    @Test
    void agreesWithAWalkOverTheEntries() {
        Random random = new Random(2);
        for (int round = 0; round < 50; round++) {
            GroupsInMemory inventory = new GroupsInMemory();
            List<String> entries = new ArrayList<>();
            for (int group = 0; group < 6; group++) {
                inventory.group("g" + group);
                for (String host : GroupsInMemory.names("h", 20)) {
                    if (random.nextInt(4) == 0) {
                        inventory.group("g" + group, host);
                    }
                }
                if (random.nextBoolean()) {
                    inventory.subgroups("g" + group, "g" + random.nextInt(6));
                }
                if (random.nextBoolean()) {
                    entries.add("g" + random.nextInt(group + 1) + ">w" + group);
                }
            }
            entries.add("g5>last");
            WorkersConfig config = config(entries.toArray(String[]::new));
            WorkerMap map = WorkerMap.of(config, inventory);
            for (String host : GroupsInMemory.names("h", 20)) {
                assertThat(map.match(host))
                        .isEqualTo(
                                config.map().stream()
                                        .filter(
                                                entry ->
                                                        inventory
                                                                .hostsOf(entry.from())
                                                                .contains(host))
                                        .map(MapEntry::to)
                                        .findFirst()
                                        .orElse(null));
            }
        }
    }
}
