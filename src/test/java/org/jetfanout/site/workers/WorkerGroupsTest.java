package org.jetfanout.site.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerGroupsTest {
    @TempDir Path folder;

    private final GroupsInMemory inventory =
            new GroupsInMemory().group("web", "h1").group("web_workers", "w1");

    private List<Worker> workers(String settings) {
        return WorkerGroups.resolve(
                        WorkersYml.read(folder, WorkersYml.MAP + settings.indent(2)), inventory)
                .workers("web_workers");
    }

    private String error(String settings) {
        return WorkersYml.message(
                folder,
                catchThrowableOfType(ConfigurationException.class, () -> workers(settings)));
    }

    @Test
    void whereNothingIsSaidTheRestIsLeftToSshConfig() {
        assertThat(workers("")).containsExactly(new Worker("w1", "web_workers", "w1", 0, ""));
    }

    @Test
    void variablesOfTheInventory() {
        inventory
                .variable("w1", "jet_ssh_hostname", "10.0.0.1")
                .variable("w1", "jet_ssh_port", 2222)
                .variable("w1", "jet_ssh_user", "deploy");
        assertThat(workers(""))
                .containsExactly(new Worker("w1", "web_workers", "10.0.0.1", 2222, "deploy"));
    }

    @Test
    void workersYmlComesFirstAndTheGroupsOwnBeforeIt() {
        inventory.variable("w1", "jet_ssh_port", "2222").variable("w1", "jet_ssh_user", "deploy");
        assertThat(workers("user: fan\nport: 23"))
                .containsExactly(new Worker("w1", "web_workers", "w1", 23, "fan"));
        assertThat(
                        workers(
                                "user: fan\nport: 23\n"
                                        + "groups: { web_workers: { user: own, port: 24 } }"))
                .containsExactly(new Worker("w1", "web_workers", "w1", 24, "own"));
    }

    @Test
    void workersAreSortedByNameAndIncludeThoseOfGroupsBelow() {
        inventory.group("web_workers", "w3").group("more", "w2").subgroups("web_workers", "more");
        assertThat(workers("")).extracting(Worker::name).containsExactly("w1", "w2", "w3");
    }

    @Test
    void namesAreSorted() {
        inventory.group("db", "d1").group("a_workers", "w1");
        WorkerGroups groups =
                WorkerGroups.resolve(
                        WorkersYml.read(
                                folder,
                                """
                                workers:
                                  map:
                                    - { from: web, to: web_workers }
                                    - { from: db, to: a_workers }
                                    - { from: all, to: web_workers }
                                """),
                        inventory);
        assertThat(groups.names()).containsExactly("a_workers", "web_workers");
        assertThatThrownBy(() -> groups.workers("b_workers"))
                .hasMessage("'b_workers' is not a worker group of the worker map");
    }

    @Test
    void aWorkerByItsName() {
        WorkerGroups groups =
                WorkerGroups.resolve(WorkersYml.read(folder, WorkersYml.MAP), inventory);
        assertThat(groups.worker("web_workers", "w1"))
                .isEqualTo(new Worker("w1", "web_workers", "w1", 0, ""));
        assertThatThrownBy(() -> groups.worker("web_workers", "h1"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("'h1' is not a worker of 'web_workers'");
        assertThatThrownBy(() -> groups.worker("web", "w1"))
                .hasMessage("'web' is not a worker group of the worker map");
    }

    @Test
    void aWorkerGroupThatTheInventoryLacks() {
        assertThatThrownBy(
                        () ->
                                WorkerGroups.resolve(
                                        WorkersYml.read(
                                                folder,
                                                """
                                                workers:
                                                  map:
                                                    - { from: web, to: web_worker }
                                                """),
                                        inventory))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        folder
                                + "/workers.yml:3: no workers: the inventory has no group"
                                + " 'web_worker' (nearest: 'web_workers')");
    }

    @Test
    void anEmptyWorkerGroup() {
        inventory.group("none");
        assertThatThrownBy(
                        () ->
                                WorkerGroups.resolve(
                                        WorkersYml.read(
                                                folder,
                                                "workers:\n  map: [ { from: web, to: none } ]\n"),
                                        inventory))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        folder
                                + "/workers.yml:2: worker group 'none' has no hosts: add at least"
                                + " one worker to it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "fe80::1%eth0", "worker_1.example.com", "W-1"})
    void addresses(String address) {
        inventory.variable("w1", "jet_ssh_hostname", address);
        assertThat(workers("")).extracting(Worker::address).containsExactly(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-oProxyCommand=x", "a b", "$(id)", "a\nb", "", "a;b", "user@host", "é"})
    void addressesThatAreRefused(String address) {
        inventory.variable("w1", "jet_ssh_hostname", address);
        assertThat(error(""))
                .isEqualTo(
                        "worker 'w1' of 'web_workers': cannot connect to '"
                                + address.replace("\n", "\\n")
                                + "': an address has letters, digits and . - _ : %, and does not"
                                + " start with -; set jet_ssh_hostname in the inventory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "ssh", "-1", "22.5"})
    void portsThatAreRefused(String port) {
        inventory.variable("w1", "jet_ssh_port", port);
        assertThat(error(""))
                .isEqualTo(
                        "worker 'w1' of 'web_workers': jet_ssh_port must be a whole number from 1"
                                + " to 65535, not '"
                                + port
                                + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-l", "a b", "`id`", "x'y"})
    void usersThatAreRefused(String user) {
        inventory.variable("w1", "jet_ssh_user", user);
        assertThat(error(""))
                .isEqualTo(
                        "worker 'w1' of 'web_workers': jet_ssh_user must be an account name"
                                + " (letters, digits, . _ @ + -, not starting with -), not '"
                                + user
                                + "'");
    }

    @Test
    void neverRoot() {
        inventory.variable("w1", "jet_ssh_user", "root");
        assertThat(error(""))
                .isEqualTo(
                        "worker 'w1' of 'web_workers': its login is root, and root on a worker"
                                + " can use the keys that the worker receives. Set another 'user'"
                                + " in workers.yml or another jet_ssh_user in the inventory");
        assertThat(workers("user: fan")).extracting(Worker::user).containsExactly("fan");
    }
}
