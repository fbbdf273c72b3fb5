package org.jetfanout.site.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryTest {
    @TempDir Path temp;
    private InventoryFolder folder;

    @BeforeEach
    void folder() {
        folder = new InventoryFolder(temp.resolve("inv"));
    }

    @Test
    void readsTheSite() {
        Inventory inventory = folder.load(InventoryFolder.site("inv"));

        assertThat(inventory.hosts())
                .containsExactly(
                        "127.0.0.14", "127.0.0.15", "127.0.0.11", "127.0.0.12", "127.0.0.13");
        assertThat(inventory.groups()).containsExactly("all", "db", "site", "web");
        assertThat(inventory.hostsOf("site")).isEqualTo(inventory.hosts());
        assertThat(inventory.hostsOf("all")).isEqualTo(inventory.hosts());
        assertThat(inventory.hostsOf("web"))
                .containsExactly("127.0.0.11", "127.0.0.12", "127.0.0.13");
        assertThat(inventory.groupsOf("127.0.0.13")).containsExactly("web", "site");
        assertThat(inventory.holds("site", "127.0.0.13")).isTrue();
        assertThat(inventory.holds("all", "127.0.0.13")).isTrue();
        assertThat(inventory.holds("db", "127.0.0.13")).isFalse();
        assertThat(inventory.holds("nosuch", "127.0.0.13")).isFalse();
        assertThat(inventory.variables("127.0.0.13"))
                .isEqualTo(Map.of("region", "loop", "tier", "web", "fail_here", "yes"));
        assertThat(inventory.variables("127.0.0.14"))
                .isEqualTo(Map.of("region", "loop", "tier", "db"));
        assertThat(folder.warnings()).isEmpty();
    }

    @Test
    void skipsBackupAndHiddenFilesAndStripsOneYml() {
        folder.group("web.yml", "a").group("db.yml.yml", "b");
        folder.file("groups/.hidden", "x").file("groups/web~", "x");
        assertThat(folder.groups()).containsExactly("all", "db.yml", "web");
    }

    @Test
    void warnsOfExtensionsThatJetpKeeps() {
        folder.group("db.yaml", "a").load();
        assertThat(folder.warnings())
                .singleElement()
                .asString()
                .contains("a group called 'db.yaml'");
    }

    @Test
    void aGroupNeedsAHostOrASubgroupToExist() {
        folder.group("web", "a").file("groups/empty", "hosts: []\n").file("groups/nil", "");
        folder.parent("site", "web", "later").parent("self", "self");
        assertThat(folder.groups()).containsExactly("all", "site", "web", "later");
    }

    @Test
    void numbersAndBooleansAreNames() {
        Inventory inventory = folder.group("web", "10", "1.5", "true").load();
        assertThat(inventory.hosts()).containsExactly("10", "1.5", "true");
    }

    @Test
    void cyclesAreTolerated() {
        folder.file("groups/a", "hosts: [h1]\nsubgroups: [b]\n");
        folder.file("groups/b", "hosts: [h2]\nsubgroups: [a, b]\n");
        folder.file("group_vars/a", "x: 1\n").file("group_vars/b", "y: 2\n");
        Inventory inventory = folder.load();
        assertThat(inventory.hostsOf("a")).containsExactly("h1", "h2");
        assertThat(inventory.hostsOf("b")).containsExactly("h1", "h2");
        assertThat(inventory.holds("a", "h2")).isTrue();
        assertThat(inventory.variables("h1")).isEqualTo(Map.of("x", 1, "y", 2));
    }

    @Test
    void nestingDeeperThanJetpSeesIsAnError() {
        folder.group("g0", "h");
        for (int i = 1; i <= 21; i++) {
            folder.parent("g" + i, "g" + (i - 1));
        }
        assertThatThrownBy(folder::load)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("group 'g0' is nested more than 20 groups deep")
                .hasMessageContaining("g21");
    }

    @Test
    void hostsAreInOrderOfFirstAppearanceByGroupName() {
        folder.group("b", "h3", "h1").group("a", "h2", "h3", "h2");
        Inventory inventory = folder.load();
        assertThat(inventory.hosts()).containsExactly("h2", "h3", "h1");
        assertThat(inventory.hostsOf("b")).containsExactly("h3", "h1");
        assertThat(inventory.hostsOf(List.of("b", "a"))).containsExactly("h2", "h3", "h1");
        assertThat(inventory.directGroupsOf("h3")).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-oProxyCommand=x",
                "h$(id)",
                "a b",
                "",
                ".hidden",
                "a/b",
                "../x",
                "a;b",
                "\\e[31mred",
                "a\\nb",
                "caf\u00e9",
                "a'b",
                "\\u202Ex"
            })
    void hostNamesThatCouldDoHarmAreRefused(String name) {
        folder.file("groups/web", "hosts:\n  - fine\n  - \"" + name + "\"\n");
        assertThatThrownBy(folder::load)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("web:3: ")
                .hasMessageContaining("cannot be a host name")
                .message()
                .doesNotContainPattern("[\\x00-\\x1f\\u202e]");
    }

    @Test
    void controlCharactersAreShown() {
        folder.file("groups/web", "hosts: [\"a\\e[2Jb\"]");
        assertThatThrownBy(folder::load)
                .hasMessageContaining(
                        "'a\\u001b[2Jb' cannot be a host name: '\\u001b' is not" + " allowed");
    }

    @Test
    void namesHaveALongestLength() {
        Inventory inventory = folder.group("web", "a".repeat(255), "fe80::1").load();
        assertThat(inventory.hosts()).hasSize(2);
        folder.group("web", "a".repeat(256));
        assertThatThrownBy(folder::load)
                .hasMessageContaining("longer than 255")
                .hasMessageContaining("…'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-x", "a b", "a:b", "$x"})
    void groupNamesAreCheckedToo(String name) {
        folder.file("groups/site", "subgroups: ['" + name + "']");
        assertThatThrownBy(folder::load).hasMessageContaining("site:1: ");
        folder.file("groups/site", "hosts: [a]").group(name, "a");
        assertThatThrownBy(folder::load).hasMessageContaining("cannot be a group name");
    }

    /** What the thread itself takes: a busy machine changes nothing. */
    @Test
    void timeGrowsWithWhatIsThere() {
        int many = 30_000;
        StringBuilder hosts = new StringBuilder("hosts:\n");
        StringBuilder subgroups = new StringBuilder("subgroups:\n");
        StringBuilder flow = new StringBuilder("hosts: [ a");
        StringBuilder variables = new StringBuilder();
        for (int n = 0; n < many; n++) {
            hosts.append("- h").append(n).append('\n');
            subgroups.append("- 'g").append(n).append("'\n");
            flow.append(", f").append(n);
            variables.append('v').append(n).append(": { a: [ 1, 2 ] }\n");
        }
        folder.file("groups/web", hosts.toString())
                .file("groups/all_of_them", subgroups.toString())
                .file("groups/flow", flow + " ]\n")
                .file("group_vars/web", variables.toString());
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Inventory inventory = folder.load();
        inventory.checkVariables(inventory.hosts());
        long took = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(inventory.hosts()).hasSize(2 * many + 1);
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void mistakesNameFileAndLine() {
        folder.file("groups/web", "hosts:\n  - a\nvars:\n  x: 1\n");
        assertThatThrownBy(folder::load)
                .hasMessageContaining("groups/web:3: unknown key 'vars'")
                .hasMessageContaining("group_vars");
        folder.file("groups/web", "hosts:\n  a: b\n");
        assertThatThrownBy(folder::load).hasMessageContaining("web:2: hosts must be a list");
        folder.file("groups/web", "- a\n");
        assertThatThrownBy(folder::load).hasMessageContaining("must be a mapping");
        folder.file("groups/web", "hosts: [a\n");
        assertThatThrownBy(folder::load).hasMessageContaining("invalid YAML");
        folder.file("groups/web", "hosts: [a]\n").file("groups/sub/x", "");
        assertThatThrownBy(folder::load).hasMessageContaining("groups/sub: must be a file");
    }

    @Test
    void whatIsNoInventorySaysSo() throws Exception {
        assertThatThrownBy(() -> folder.load(temp.resolve("nosuch")))
                .hasMessageContaining("nosuch: no such inventory");
        assertThatThrownBy(() -> folder.load(temp)).hasMessageContaining("no groups/ folder");
        folder.file("plain", "x");
        assertThatThrownBy(() -> folder.load(folder.path().resolve("plain")))
                .hasMessageContaining("chmod +x");
        Files.createDirectories(folder.path().resolve("groups"));
        assertThatThrownBy(folder::load).hasMessageContaining("no hosts found");
    }

    @Test
    void twoFilesForOneNameAreAnError() {
        folder.group("web", "a").group("web.yml", "b");
        assertThatThrownBy(folder::load).hasMessageContaining("both 'web' and 'web.yml'");
    }

    @Test
    void allIsNobodysSubgroup() {
        folder.file("groups/web", "hosts: [a]\nsubgroups: [all]");
        assertThatThrownBy(folder::load).hasMessageContaining("'all' cannot be a subgroup");
    }

    @Test
    void groupsAllMayListHosts() {
        folder.group("all", "a");
        Inventory inventory = folder.load();
        assertThat(inventory.groupsOf("a")).isEmpty();
        assertThat(inventory.directGroupsOf("a")).containsExactly("all");
        assertThat(inventory.hostsOf("all")).containsExactly("a");
    }

    @Test
    void severalPathsMergeAsJetpDoes() {
        InventoryFolder a = new InventoryFolder(temp.resolve("a"));
        InventoryFolder b = new InventoryFolder(temp.resolve("b"));
        a.group("web", "h1").file("group_vars/web", "x: 1\ny: 1\n").file("group_vars/db", "z: 1\n");
        b.group("web", "h2").group("db", "h3").file("group_vars/web", "x: 2\n");
        Inventory inventory = folder.load(a.path(), b.path());
        assertThat(inventory.hostsOf("web")).containsExactly("h1", "h2");
        assertThat(inventory.variables("h1")).isEqualTo(Map.of("x", 2));
        assertThat(inventory.variables("h3")).isEmpty();
        assertThat(folder.warnings())
                .anySatisfy(line -> assertThat(line).contains("group_vars/db: ignored"))
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .contains("b/group_vars/web: replaces")
                                        .endsWith("lost: y"))
                .hasSize(2);
    }

    @Test
    void jetpackLaysLaterVariablesOverEarlierOnes() {
        InventoryFolder a = new InventoryFolder(temp.resolve("a"));
        InventoryFolder secrets = new InventoryFolder(temp.resolve("secrets"));
        a.group("web", "h1", "h2").file("group_vars/web", "mode: 0644\nx: { a: 1 }\n");
        a.file("host_vars/h1", "own: 1\n");
        secrets.file("group_vars/web.yml", "x: { b: 2 }\ntoken: t\n");
        secrets.file("host_vars/h1", "own: 2\nmore: 3\n").file("host_vars/other", "x: 1\n");
        Inventory inventory =
                Inventory.load(
                        List.of(a.path(), secrets.path()),
                        Overlay.MERGE,
                        InventoryFolder.LIMIT,
                        line ->
                                assertThat(line)
                                        .contains("files of unknown hosts")
                                        .endsWith("other"));
        assertThat(inventory.variables("h1"))
                .containsEntry("x", Map.of("b", 2))
                .containsEntry("token", "t")
                .containsEntry("own", 2)
                .containsEntry("more", 3)
                .containsKey("mode");
        assertThat(inventory.layers()).isEqualTo(2);
        assertThat(inventory.groupVariables("web"))
                .extracting(text -> new String(text, StandardCharsets.UTF_8))
                .containsExactly("mode: 0644\nx: { a: 1 }\n", "x: { b: 2 }\ntoken: t\n");
        assertThat(folder.load(a.path()).layers()).isEqualTo(1);
        assertThatThrownBy(() -> folder.load(a.path(), secrets.path()))
                .hasMessageContaining("has no groups/ folder");
    }

    @Test
    void filesOfUnknownHostsAreNamedInOneLine() {
        folder.group("web", "a").file("host_vars/gone1", "x").file("host_vars/gone2", "x");
        folder.load();
        assertThat(folder.warnings()).singleElement().asString().endsWith("gone[1-2]");
    }

    @Test
    void hostVariablesOfAnOddNameTravelUnderTheFileNameThatJetpReads() {
        folder.group("web", "a.yml").file("host_vars/a.yml.yml", "x: 1");
        assertThat(folder.load().variables("a.yml")).isEqualTo(Map.of("x", 1));
        assertThat(InventoryNames.variablesFile("a.yml")).isEqualTo("a.yml.yml");
    }

    @Test
    void brokenVariablesNameTheFile() {
        folder.group("web", "a").file("group_vars/web", "- a\n");
        Inventory list = folder.load();
        assertThatThrownBy(() -> list.checkVariables(List.of("a")))
                .hasMessageContaining("group_vars/web:1: a file of variables must be a mapping");
        folder.file("group_vars/web", "a: [\n");
        Inventory broken = folder.load();
        assertThatThrownBy(() -> broken.variables("a")).hasMessageContaining("invalid YAML");
        folder.file("group_vars/web", "");
        assertThat(folder.load().variables("a")).isEmpty();
    }

    @Test
    void listsAreJoinedAndMappingsMerged() {
        folder.group("web", "a").parent("site", "web");
        folder.file("group_vars/all", "l: [0]\n");
        folder.file("group_vars/site", "l: [1]\nm: {a: {x: 1}, b: 1}\n");
        folder.file("group_vars/web", "l: [2]\nm: {a: {y: 2}}\n");
        folder.file("host_vars/a", "l: [3]\nm: {b: 2}\nn: 1\n");
        Inventory inventory = folder.load();
        inventory.checkVariables(List.of("a"));
        assertThat(inventory.variables("a"))
                .isEqualTo(
                        Map.of(
                                "l",
                                List.of(0, 1, 2, 3),
                                "m",
                                Map.of("a", Map.of("x", 1, "y", 2), "b", 2),
                                "n",
                                1));
    }

    /** What the two groups set, and the variable on which they do not agree. */
    private record Row(String group, String other, String first, String second, String variable) {}

    static Stream<Row> conflicts() {
        return Stream.of(
                new Row("all", "web", "x: 1", "x: 2", "x"),
                new Row("site", "web", "x: 1", "x: '1'", "x"),
                new Row("site", "other", "m: {k: {d: 1}}", "m: {k: {d: 2}}", "m.k.d"),
                new Row("web", "other", "x: [1]", "x: 1", "x"),
                new Row("web", "other", "x: {a: 1}", "x: 1", "x"),
                new Row("web", "other", "x: null", "x: 1", "x"));
    }

    @ParameterizedTest
    @MethodSource
    void conflicts(Row row) {
        twoGroups(row);
        Inventory inventory = folder.load();
        inventory.checkVariables(List.of("elsewhere"));
        assertThatThrownBy(() -> inventory.checkVariables(List.of("elsewhere", "a")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("variable '" + row.variable() + "' of host 'a' ")
                .hasMessageContaining("group_vars/" + row.group())
                .hasMessageContaining("group_vars/" + row.other());
    }

    @ParameterizedTest
    @MethodSource("conflicts")
    void aHostsOwnValueSettlesIt(Row row) {
        twoGroups(row);
        folder.file("host_vars/a", row.variable().equals("x") ? "x: 5\n" : "m: {k: {d: 5}}\n");
        folder.load().checkVariables(List.of("a"));
    }

    private void twoGroups(Row row) {
        folder.group("web", "a").group("other", "a").group("far", "elsewhere");
        folder.parent("site", "web");
        folder.file("group_vars/" + row.group(), row.first())
                .file("group_vars/" + row.other(), row.second());
    }

    @Test
    void someOwnValuesSettleNothing() {
        twoGroups(new Row("web", "other", "x: [1]", "x: 1", "x"));
        folder.file("host_vars/a", "x: [2]\n");
        assertThatThrownBy(() -> folder.load().checkVariables(List.of("a")))
                .hasMessageContaining("x");
        twoGroups(new Row("web", "other", "x: {k: 1}", "x: {k: 2}", "x"));
        folder.file("host_vars/a", "x:\n");
        assertThatThrownBy(() -> folder.load().checkVariables(List.of("a")))
                .hasMessageContaining("x.k");
        folder.file("host_vars/a", "x: 1\n");
        folder.load().checkVariables(List.of("a"));
    }

    @Test
    void equalValuesAndTwoListsAreNoConflict() {
        twoGroups(new Row("web", "other", "x: 1\nl: [1]\n", "x: 1\nl: [2]\ny: 2\n", ""));
        folder.load().checkVariables(List.of("a"));
    }

    @Test
    void knowsWhoIsLocalhost() {
        folder.group("web", "a", "b", "c", "localhost").group("far", "d", "e");
        folder.file("host_vars/a", "jet_ssh_hostname: localhost\n");
        folder.file("host_vars/b", "motto: localhost\n");
        folder.file("group_vars/far", "jet_ssh_hostname: localhost\n");
        folder.file("host_vars/e", "jet_ssh_hostname: e.example\n");
        Inventory inventory = folder.load();
        assertThat(inventory.hosts().stream().filter(inventory::isLocalhost))
                .containsExactlyInAnyOrder("a", "localhost", "d");
    }

    @Test
    void variablesTextIsTheFilesOwn() {
        folder.group("web", "a").file("group_vars/web", "# why\nx:   1\n");
        Inventory inventory = folder.load();
        assertThat(inventory.groupVariables("web").get(0))
                .isEqualTo("# why\nx:   1\n".getBytes(StandardCharsets.UTF_8));
        assertThat(inventory.groupVariables("all")).isEmpty();
        assertThat(inventory.hostVariables("a")).isEmpty();
    }
}
