package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.site.workers.WorkerGroups;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.site.workers.WorkersYml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkersAmongHostsTest {
    @TempDir Path folder;

    private final GroupsInMemory inventory =
            new GroupsInMemory()
                    .group("web", "h1", "h2")
                    .group("wk", "w1", "w2")
                    .group("db", "d1")
                    .group("dbwk", "w3");

    private WorkersAmongHosts among(String map, int port, String... hosts) {
        WorkersConfig config = WorkersYml.read(folder, "workers:\n  map: [ " + map + " ]\n");
        return WorkersAmongHosts.of(
                List.of(hosts),
                inventory,
                WorkerMap.of(config, inventory),
                WorkerGroups.resolve(config, inventory),
                port);
    }

    @Test
    void workersOfAllAreFoundByName() {
        WorkersAmongHosts found = among("{ from: all, to: wk }", 22, "h1", "h2", "w1", "w2", "w3");
        assertThat(found.hosts()).containsOnlyKeys("w1", "w2");
        assertThat(found.text(HostRanges::fold)).isEqualTo("w[1-2]");
        assertThat(among("{ from: all, to: wk }", 22, "h1", "w3").isEmpty()).isTrue();
    }

    @Test
    void aWorkerGroupBelowItsRegionIsFound() {
        inventory.subgroups("east", "web", "wk");
        assertThat(among("{ from: east, to: wk }", 22, "h1", "w2").hosts()).containsOnlyKeys("w2");
    }

    @Test
    void workersOfGroupsThatHaveNoHostOfTheRunAreHosts() {
        String map = "{ from: web, to: wk }, { from: db, to: dbwk }, { from: wk, to: dbwk }";
        assertThat(among(map, 22, "w1", "d1").isEmpty()).isTrue();
        assertThat(among(map, 22, "w1", "h1").hosts()).containsOnlyKeys("w1");
    }

    @Test
    void theSameAddressWrittenOtherwiseIsFound() {
        inventory
                .variable("w1", "jet_ssh_hostname", "2001:db8::1")
                .variable("w2", "jet_ssh_hostname", "W2.example")
                .variable("h1", "jet_ssh_hostname", "2001:DB8:0:0::0001")
                .variable("h2", "jet_ssh_hostname", "w2.example.")
                .variable("d1", "jet_ssh_hostname", "::no-address");
        assertThat(among("{ from: all, to: wk }", 22, "h1", "h2", "d1").hosts())
                .containsExactly(Map.entry("h1", "w1"), Map.entry("h2", "w2"));
    }

    @Test
    void theSameMachineUnderAnotherNameIsFound() {
        inventory
                .variable("w1", "jet_ssh_hostname", "10.0.0.1")
                .variable("w2", "jet_ssh_hostname", "10.0.0.2")
                .variable("w2", "jet_ssh_port", 2200)
                .variable("h1", "jet_ssh_hostname", "10.0.0.1")
                .variable("h2", "jet_ssh_hostname", "10.0.0.2")
                .variable("d1", "jet_ssh_hostname", "W1");
        String map = "{ from: all, to: wk }";
        assertThat(among(map, 22, "h1", "h2", "d1").hosts()).containsExactly(Map.entry("h1", "w1"));
        assertThat(among(map, 2200, "h1", "h2").hosts()).containsExactly(Map.entry("h2", "w2"));
        inventory.variable("h1", "jet_ssh_port", "22");
        WorkersAmongHosts both = among(map, 2200, "h1", "h2", "w1");
        assertThat(both.text(HostRanges::fold))
                .isEqualTo("w1, h1 (another name of worker w1), h2 (another name of worker w2)");
    }
}
