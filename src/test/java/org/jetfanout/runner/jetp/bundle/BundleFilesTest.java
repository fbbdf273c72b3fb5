package org.jetfanout.runner.jetp.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.plan.Batch;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.inventory.Overlay;
import org.jetfanout.site.playbook.AddressedHosts;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookCheck;
import org.jetfanout.site.playbook.Vocabulary;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.testkit.InventoryFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The traps of slicing: each test unpacks with the real tar and reads the slice as jetp would. */
class BundleFilesTest {
    private static String sourceIn(String line) {
        return line.replaceAll(".*src: \"?([^,\"]*).*", "$1");
    }

    @TempDir Path temp;
    private InventoryFolder folder;
    private final List<String> warnings = new ArrayList<>();
    private final List<Path> roles = new ArrayList<>();
    private final List<Path> modules = new ArrayList<>();
    private final List<Path> extraVars = new ArrayList<>();
    private HostLimits limits = HostLimits.none();
    private int packed;

    @BeforeEach
    void folder() {
        folder = new InventoryFolder(temp.resolve("inv"));
    }

    /** A bundle as it arrives. */
    private record Unpacked(Path root, BundleFiles files) {
        Inventory inventory() {
            return Inventory.load(
                    List.of(root.resolve(files.paths().inventory().get(0))),
                    InventoryFolder.LIMIT,
                    line -> {
                        throw new AssertionError("jetp would lose something: " + line);
                    });
        }

        Path playbook(int number) {
            return root.resolve(files.paths().playbooks().get(number));
        }

        List<Play> plays(int number) {
            return Playbook.read(playbook(number)).plays();
        }

        String text(String path) {
            try {
                return Files.readString(root.resolve(path));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** What jetp would stop at: groups that do not exist, and plays without hosts. */
        List<String> addressed() {
            return AddressedHosts.hosts(
                    inventory(), List.of(Playbook.read(playbook(0))), HostLimits.none(), true);
        }
    }

    // ---- plays and groups

    @Test
    void leavesOutPlaysWithoutHosts() {
        sitesInventory();
        Unpacked web = slice(site("pb/two.yml"), "127.0.0.11");
        assertThat(web.plays(0)).extracting(Play::name).containsExactly("web play");
        assertThat(web.addressed()).containsExactly("127.0.0.11");
        Unpacked db = slice(site("pb/two.yml"), "127.0.0.14");
        assertThat(db.plays(0)).extracting(Play::name).containsExactly("db play");
        assertThat(db.addressed()).containsExactly("127.0.0.14");
        Unpacked both = slice(site("pb/two.yml"), "127.0.0.11", "127.0.0.14");
        assertThat(both.playbook(0)).hasSameTextualContentAs(site("pb/two.yml"));
    }

    @Test
    void aLaterPlayRunsThoughTheOneBeforeHasNoHosts() {
        folder.group("web", "w").group("db", "d");
        Path playbook =
                playbook(
                        """
                        - { name: one, groups: [web] }
                        - { name: two, groups: [db] }
                        - { name: three, groups: [web] }
                        """);
        assertThat(slice(playbook, "w").plays(0))
                .extracting(Play::name)
                .containsExactly("one", "three");
    }

    @Test
    void keepsAliveAGroupOfAKeptPlayThatHasNoHostHere() {
        folder.group("web", "w").group("db", "d").file("group_vars/db", "x: 1\n");
        Unpacked slice = slice(playbook("- { name: p, groups: [web, db] }"), "w");
        assertThat(slice.inventory().hasGroup("db")).isTrue();
        assertThat(slice.inventory().hasHost("d")).isFalse();
        assertThat(slice.addressed()).containsExactly("w");
        assertThat(slice.text("inventory/groups/jet_fanout_keep"))
                .isEqualTo("subgroups:\n- \"db\"\n");
    }

    @Test
    void ourGroupsGiveWayToTheInventorys() {
        folder.group("web", "w").group("db", "d").group("jet_fanout_keep", "w");
        Unpacked slice = slice(playbook("- { name: p, groups: [web, db, jet_fanout_keep] }"), "w");
        assertThat(slice.inventory().directGroupsOf("w")).containsExactly("jet_fanout_keep", "web");
        assertThat(slice.inventory().hasGroup("jet_fanout_keep_2")).isTrue();
    }

    @Test
    void aPlaybookWithoutPlaysForTheBatchStaysAndDoesNothing() {
        folder.group("web", "w").group("db", "d");
        Path one = playbook("- { name: one, groups: [web] }");
        Path two = playbook("- { name: two, groups: [db] }");
        Unpacked slice = unpack(pack(one, two), "d");
        assertThat(slice.playbook(0)).hasContent("[]");
        assertThat(slice.plays(1)).hasSize(1);
    }

    @Test
    void aLoginNameThatAnEarlierPlaySetsIsKept() {
        folder.group("web", "w").group("db", "d");
        Path one = playbook("- { name: one, groups: [web], ssh_user: deploy, ssh_port: 2222 }\n");
        Path two =
                playbook(
                        """
                        - { name: two, groups: [db] }
                        - { name: three, groups: [db] }
                        - { name: four, groups: [db], ssh_user: other }
                        """);
        Unpacked slice = unpack(pack(one, two), "d");
        assertThat(slice.plays(1).get(0).sshUser()).contains("deploy");
        assertThat(slice.plays(1).get(0).sshPort()).contains("2222");
        assertThat(slice.plays(1).get(1).sshUser()).isEmpty();
        assertThat(slice.plays(1).get(2).sshUser()).contains("other");
        Unpacked all = unpack(pack(one, two), "w", "d");
        assertThat(all.playbook(1)).hasSameTextualContentAs(two);
    }

    @Test
    void tagsStay() {
        sitesInventory();
        Path playbook =
                playbook(
                        """
                        - { name: skip, groups: [db] }
                        - name: keep
                          groups: [web]
                          tasks:
                            - !shell
                              cmd: |
                                echo one
                                echo two
                            - !facts
                        """);
        String text = slice(playbook, "127.0.0.11").text("site/0/" + playbook.getFileName());
        assertThat(text)
                .startsWith("\n- name: keep\n")
                .contains(
                        "- !shell\n      cmd: |\n        echo one\n        echo two\n", "- !facts");
    }

    // ---- delegation

    private static final String DELEGATING =
            """
            - name: p
              groups: [%s]
              tasks:
                - !shell { cmd: a, with: { delegate_to: %s } }
            """;

    @Test
    void delegatesTravelWithoutBeingAddressed() {
        folder.group("web", "w1", "w2").group("db", "d1", "d2").parent("site", "web", "db");
        folder.file("group_vars/db", "jet_ssh_port: 2022\nsecret: s3cret\n");
        folder.file("host_vars/d1", "jet_ssh_hostname: 10.0.0.1\n");
        Unpacked slice = slice(playbook(DELEGATING.formatted("site", "d1")), "w1");
        assertThat(slice.addressed()).containsExactly("w1");
        Inventory inventory = slice.inventory();
        assertThat(inventory.hosts()).containsExactlyInAnyOrder("w1", "d1");
        assertThat(inventory.holds("site", "d1")).isFalse();
        assertThat(inventory.variables("d1"))
                .containsEntry("jet_ssh_hostname", "10.0.0.1")
                .containsEntry("jet_ssh_port", 2022)
                .as("what the worker has no use for")
                .doesNotContainKey("secret");
    }

    @Test
    void allMeansTheBatchThoughADelegateIsThere() {
        folder.group("web", "w1", "w2").group("db", "d1");
        Path playbook = playbook(DELEGATING.formatted("all", "d1"));
        Unpacked slice = slice(playbook, "w1");
        assertThat(slice.addressed()).containsExactly("w1");
        assertThat(slice.inventory().hasHost("d1")).isTrue();
        assertThat(slice(playbook, "w2", "d1").addressed()).containsExactlyInAnyOrder("w2", "d1");
        assertThat(slice(playbook, "w2", "d1").playbook(0)).hasSameTextualContentAs(playbook);
    }

    @Test
    void delegatesOfRolesAndHandlersTravel() {
        folder.group("web", "w1").group("db", "d1", "d2", "d3");
        write("roles/base/role.yml", "name: base\ntasks: [main.yml]\nhandlers: [h.yml]\n");
        write("roles/base/tasks/main.yml", "- !shell { cmd: a, with: { delegate_to: d1 } }\n");
        write("roles/base/handlers/h.yml", "- !shell { cmd: a, with: { delegate_to: d2 } }\n");
        Path playbook =
                playbook(
                        """
                        - name: p
                          groups: [web]
                          roles: [ { role: base } ]
                          handlers:
                            - !shell { cmd: a, with: { delegate_to: d3 } }
                        - name: q
                          groups: [db]
                          tasks:
                            - !shell { cmd: a, with: { delegate_to: w1 } }
                        """);
        roles.add(temp.resolve("roles"));
        assertThat(slice(playbook, "w1").inventory().hosts())
                .containsExactlyInAnyOrder("w1", "d1", "d2", "d3");
        assertThat(slice(playbook, "d1").inventory().hosts()).containsExactlyInAnyOrder("d1", "w1");
    }

    @Test
    void localhostNeedsNothingAndUnknownDelegatesAreSaid() {
        folder.group("web", "w1");
        Unpacked slice = slice(playbook(DELEGATING.formatted("all", "localhost")), "w1");
        assertThat(slice.inventory().hosts()).containsExactly("w1");
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("delegate_to: localhost", "runs on the worker", "not on this machine");
        warnings.clear();
        slice(playbook(DELEGATING.formatted("all", "nosuch")), "w1");
        assertThat(warnings).singleElement().asString().contains("nosuch: no such host");
    }

    @Test
    void aTemplatedDelegateTakesEveryHostAlong() {
        folder.group("web", "w1", "w2").group("db", "d1");
        folder.file("group_vars/web", "jet_ssh_port: 2022\nl: [1]\n");
        folder.file("host_vars/d1", "jet_ssh_user: root\nsecret: x\n");
        folder.file("host_vars/w2", "x: 1\n");
        Path playbook = playbook(DELEGATING.formatted("all", "\"{{ where }}\""));
        Unpacked slice = slice(playbook, "w1", "w2");
        assertThat(warnings).singleElement().asString().contains("{{ where }}");
        assertThat(slice.addressed()).containsExactlyInAnyOrder("w1", "w2");
        Inventory inventory = slice.inventory();
        assertThat(inventory.hosts()).containsExactlyInAnyOrder("w1", "w2", "d1");
        assertThat(inventory.variables("d1")).isEqualTo(Map.of("jet_ssh_user", "root"));
        assertThat(inventory.variables("w1")).isEqualTo(folder.load().variables("w1"));
        assertThat(inventory.variables("w2")).isEqualTo(folder.load().variables("w2"));
        assertThat(inventory.hostVariables("w1"))
                .containsExactly("{}\n".getBytes(StandardCharsets.UTF_8));
        assertThat(slice(playbook, "d1").inventory().variables("w2"))
                .isEqualTo(Map.of("jet_ssh_port", 2022));
    }

    // ---- variables

    @Test
    void variableFilesTravelAsTheyAre() {
        String text = "# why\nx:   'a'  # odd\n";
        folder.group("web", "w").group("db", "d").parent("site", "web", "db");
        folder.file("group_vars/all.yml", text).file("group_vars/site", text);
        folder.file("host_vars/w.yml", text).file("host_vars/d", "secret: 1\n");
        folder.file("group_vars/db", "secret: 1\n");
        Unpacked slice = slice(playbook("- { name: p, groups: [all] }"), "w");
        assertThat(slice.text("inventory/group_vars/all")).isEqualTo(text);
        assertThat(slice.text("inventory/group_vars/site")).isEqualTo(text);
        assertThat(slice.text("inventory/host_vars/w")).isEqualTo(text);
        assertThat(slice.root().resolve("inventory/group_vars/db")).doesNotExist();
        assertThat(slice.root().resolve("inventory/host_vars/d")).doesNotExist();
    }

    @Test
    void aProgramIsNotRunAgain() throws Exception {
        Path log = temp.resolve("log");
        Path program =
                folder.program(
                        "i",
                        "#!/bin/sh\necho run >> "
                                + log
                                + "\ncat "
                                + InventoryFolder.site("dyn").toAbsolutePath()
                                + "/inv.sh | sed '1,2d;$d'\n");
        Inventory inventory = folder.load(program);
        Unpacked slice =
                unpack(
                        pack(inventory, playbook("- { name: p, groups: [site, empty] }")),
                        "127.0.0.12");
        assertThat(slice.inventory().variables("127.0.0.12"))
                .isEqualTo(inventory.variables("127.0.0.12"));
        assertThat(slice.addressed()).containsExactly("127.0.0.12");
        assertThat(slice.inventory().hosts()).hasSize(1);
        assertThat(log).hasContent("run");
    }

    @Test
    void namesThatYamlOrJetpWouldMisread() {
        folder.file("groups/web", "hosts: ['null', 'true', '1e3', 'a.yml', 'fe80::1', b]\n");
        folder.file("groups/x.yml.yml", "hosts: [b]\n").file("group_vars/x.yml.yml", "v: 1\n");
        folder.file("host_vars/a.yml.yml", "v: 2\n").file("host_vars/null", "v: 3\n");
        Inventory whole = folder.load();
        Unpacked slice =
                slice(
                        playbook("- { name: p, groups: [web, x.yml] }"),
                        whole.hosts().toArray(String[]::new));
        assertThat(new TreeSet<>(slice.inventory().hosts()))
                .isEqualTo(new TreeSet<>(whole.hosts()));
        whole.hosts()
                .forEach(
                        host ->
                                assertThat(slice.inventory().variables(host))
                                        .isEqualTo(whole.variables(host)));
    }

    /**
     * Whatever the inventory: a slice has the batch's hosts, and each is what it is in the whole.
     */
    @Test
    void anySliceIsTheWholeSeenFromItsHosts() {
        Random random = new Random(11);
        for (int round = 0; round < 40; round++) {
            folder = new InventoryFolder(temp.resolve("round" + round));
            randomInventory(random);
            Inventory whole = folder.load();
            List<String> groups = new ArrayList<>(whole.groups());
            groups.removeIf(group -> whole.hostsOf(group).isEmpty());
            StringBuilder text = new StringBuilder();
            for (int play = 0; play < 4; play++) {
                Set<String> named = new LinkedHashSet<>();
                for (int g = 0; g <= random.nextInt(3); g++) {
                    named.add(groups.get(random.nextInt(groups.size())));
                }
                text.append("- name: p").append(play).append("\n  groups: ").append(named);
                if (random.nextInt(3) == 0) {
                    text.append("\n  tasks: [ !shell { cmd: a, with: { delegate_to: h")
                            .append(random.nextInt(12))
                            .append(" } } ]");
                }
                text.append('\n');
            }
            Path playbook = playbook(text.toString());
            List<Play> plays = Playbook.read(playbook).plays();
            BundleFiles files = pack(whole, playbook);
            List<String> hosts =
                    AddressedHosts.hosts(
                            whole, List.of(Playbook.read(playbook)), HostLimits.none());
            Set<String> batch = new LinkedHashSet<>();
            for (int i = 0; i < 3; i++) {
                batch.add(hosts.get(random.nextInt(hosts.size())));
            }
            Unpacked slice = unpack(files, batch.toArray(String[]::new));
            Inventory part = slice.inventory();
            assertThat(new HashSet<>(slice.addressed())).as(text.toString()).isEqualTo(batch);
            for (String host : batch) {
                assertThat(sorted(part, host)).isEqualTo(sorted(whole, host));
                assertThat(part.groupsOf(host)).containsAll(whole.groupsOf(host));
            }
            int next = 0;
            for (Play play : plays) {
                Set<String> expected = new HashSet<>(whole.hostsOf(play.groups()));
                expected.retainAll(batch);
                if (!expected.isEmpty()) {
                    Play kept = slice.plays(0).get(next++);
                    assertThat(kept.name()).isEqualTo(play.name());
                    assertThat(new HashSet<>(part.hostsOf(kept.groups()))).isEqualTo(expected);
                }
            }
            assertThat(slice.plays(0)).hasSize(next);
        }
    }

    /** The variables; jetp joins the lists of several groups in a random order. */
    private static Map<String, Object> sorted(Inventory inventory, String host) {
        Map<String, Object> variables = new HashMap<>(inventory.variables(host));
        variables.computeIfPresent(
                "l",
                (name, list) -> ((List<?>) list).stream().map(String::valueOf).sorted().toList());
        return variables;
    }

    private void randomInventory(Random random) {
        for (int g = 0; g < 6; g++) {
            StringBuilder text = new StringBuilder("hosts: [h" + random.nextInt(12));
            for (int h = random.nextInt(3); h > 0; h--) {
                text.append(", h").append(random.nextInt(12));
            }
            text.append("]\nsubgroups: [");
            // cycles as well
            for (int s = random.nextInt(3); s > 0; s--) {
                text.append("g").append(random.nextInt(7)).append(", ");
            }
            folder.file("groups/g" + g, text.append("]\n").toString());
            folder.file(
                    "group_vars/g" + g, "v" + g + ": 1\nl: [" + g + "]\nm: { k" + g + ": 1 }\n");
        }
        folder.file("groups/all", "hosts: [h0, lone]\n").file("group_vars/all", "l: [all]\n");
        folder.file("host_vars/h0", "l: [own]\nv0: 7\n");
    }

    // ---- files

    @Test
    void whatIsBesideThePlaybookTravels() throws Exception {
        folder.group("web", "w");
        for (String name : List.of("roles", "modules", "templates", "files")) {
            write("pb/" + name + "/a/b", name);
        }
        write("pb/secret/x", "not asked for");
        write("pb/files/.git/config", "x");
        write("pb/files/sub/.svn/x", "x");
        Files.createDirectories(temp.resolve("pb/files/empty"));
        Path tool = write("pb/modules/tool", "#!/bin/sh\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("r-xr-xr-x"));
        Path playbook = write("pb/x.yml", "- { name: p, groups: [web] }\n");
        Unpacked slice = slice(playbook, "w");
        for (String name : List.of("roles", "modules", "templates", "files")) {
            assertThat(slice.text("site/0/" + name + "/a/b")).isEqualTo(name);
        }
        assertThat(tree(slice.root()))
                .contains("site/0/x.yml", "site/0/files/empty", "complete")
                .noneMatch(path -> path.contains("secret") || path.contains(".git"))
                .noneMatch(path -> path.contains(".svn"));
        assertThat(mode(slice.root().resolve("site/0/modules/tool"))).isEqualTo("rwx------");
        assertThat(mode(slice.root().resolve("site/0/files/a/b"))).isEqualTo("rw-------");
        assertThat(mode(slice.root().resolve("site/0/files"))).isEqualTo("rwx------");
        assertThat(mode(slice.root().resolve("inventory/groups/web"))).isEqualTo("rw-------");
    }

    @Test
    void rolesModulesAndExtraVarsTravel() {
        folder.group("web", "w");
        write("r1/base/role.yml", "name: base\n");
        write("r2/other/role.yml", "name: other\n");
        write("m/tool", "x");
        roles.addAll(List.of(temp.resolve("r1"), temp.resolve("r2"), temp.resolve("r1")));
        modules.add(temp.resolve("m"));
        extraVars.add(write("one: 1.yml", "a: 1\n"));
        extraVars.add(write("two.yml", "a: 2\n"));
        Unpacked slice =
                slice(
                        playbook(
                                "- { name: p, groups: [web], roles: [ { role: other }, { role:"
                                        + " base } ] }"),
                        "w");
        assertThat(slice.files().paths().roles()).containsExactly("roles/0", "roles/1");
        assertThat(slice.text("roles/0/base/role.yml")).isEqualTo("name: base\n");
        assertThat(slice.text("roles/1/other/role.yml")).isEqualTo("name: other\n");
        assertThat(slice.files().paths().modules()).containsExactly("modules/0");
        assertThat(slice.files().paths().extraVars()).containsExactly("vars/0.yml", "vars/1.yml");
        assertThat(slice.text("vars/1.yml")).isEqualTo("a: 2\n");
    }

    @Test
    void rolesBesideThePlaybookTravelOnce() {
        folder.group("web", "w");
        write("roles/base/role.yml", "name: base\n");
        roles.add(temp.resolve("roles"));
        Unpacked slice =
                slice(playbook("- { name: p, groups: [web], roles: [ { role: base } ] }"), "w");
        assertThat(slice.files().paths().roles()).containsExactly("site/0/roles");
    }

    @Test
    void rolesThatARoleDependsOnAreRead() {
        folder.group("web", "w1").group("db", "d1", "d2");
        write("roles/app/role.yml", "name: app\ndependencies:\n  - base\n  - net/tcp\n");
        write("roles/base/role.yml", "name: base\ntasks: [main.yml]\n");
        write(
                "roles/base/tasks/main.yml",
                """
                - !shell { cmd: a, with: { delegate_to: d1 } }
                - !copy { src: ../../../shared/motd, dest: /x }
                """);
        write("roles/base/files/own", "own");
        write("roles/net/tcp/role.yml", "name: tcp\ndependencies: [base]\nhandlers: [h.yml]\n");
        write("roles/net/tcp/handlers/h.yml", "- !echo { msg: a, with: { delegate_to: d2 } }\n");
        write("shared/motd", "motd");
        Path playbook =
                write(
                        "pb/x.yml",
                        """
                        - { name: p, groups: [web], roles: [ { role: app } ] }
                        - { name: q, groups: [db] }
                        """);
        roles.add(temp.resolve("roles"));
        Unpacked slice = slice(playbook, "w1");
        assertThat(slice.inventory().hosts()).containsExactlyInAnyOrder("w1", "d1", "d2");
        assertThat(slice.text("roles/0/base/files/jet_fanout/0/motd")).isEqualTo("motd");
        assertThat(slice.text("roles/0/net/tcp/role.yml")).contains("dependencies: [base]");
    }

    @Test
    void aRoleThatIsMissingOrDependsOnItselfIsAnErrorWhereItIsNamed() {
        folder.group("web", "w");
        write("pb/roles/a/role.yml", "name: a\ndependencies: [b]\n");
        Path b = write("pb/roles/b/role.yml", "name: b\ndependencies:\n  - nosuch\n");
        Path playbook = write("pb/x.yml", "- { name: p, groups: [web], roles: [ { role: a } ] }\n");
        assertThatThrownBy(() -> pack(playbook))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(b + ":3: role not found: 'nosuch'");
        write("pb/roles/b/role.yml", "name: b\ndependencies: [c]\n");
        Path c = write("pb/roles/c/role.yml", "name: c\ndependencies:\n- b\n");
        assertThatThrownBy(() -> pack(playbook))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(c + ":3: role 'b' depends on itself: b -> c -> b");
        write("pb/roles/b/role.yml", "name: b\ndependencies: [ ../../../etc ]\n");
        assertThatThrownBy(() -> pack(playbook)).hasMessageContaining("must be inside");
    }

    @Test
    void whatJetpackLaysOverAnInventoryTravelsAsAnOverlay() {
        folder.group("web", "w1", "w2").group("db", "d");
        folder.file("group_vars/web", "mode: 0644\nx: 1\n").file("host_vars/w2", "y: 1\n");
        InventoryFolder secrets = new InventoryFolder(temp.resolve("secrets"));
        secrets.file("group_vars/web", "x: 2\n").file("host_vars/w2", "y: 2\n");
        Inventory inventory =
                Inventory.load(
                        List.of(folder.path(), secrets.path()),
                        Overlay.MERGE,
                        InventoryFolder.LIMIT,
                        warnings::add);
        BundleFiles files = pack(inventory, playbook("- { name: p, groups: [web, db] }\n"));
        assertThat(files.paths().inventory()).containsExactly("inventory", "inventory/overlays/1");
        Unpacked slice = unpack(files, "w1");
        assertThat(slice.text("inventory/group_vars/web")).isEqualTo("mode: 0644\nx: 1\n");
        assertThat(slice.text("inventory/overlays/1/group_vars/web")).isEqualTo("x: 2\n");
        assertThat(slice.root().resolve("inventory/overlays/1/host_vars")).doesNotExist();
        assertThat(unpack(files, "w2").text("inventory/overlays/1/host_vars/w2"))
                .isEqualTo("y: 2\n");
        assertThat(unpack(files, "d").root().resolve("inventory/overlays/1/group_vars/all"))
                .hasContent("{}");
        assertThat(warnings).isEmpty();
    }

    @Test
    void jetpackFindsNoArgumentsOfTheWorkersLogin() {
        folder.group("web", "w");
        assertThat(slice(playbook("- { name: p, groups: [web] }"), "w").text(".jetpack.yml"))
                .isEmpty();
    }

    @Test
    void foldersThatAreCopiedWholeTravel() {
        folder.group("web", "w");
        write("pb/files/in/a", "a");
        write("pb/conf.d/b", "b");
        write("shared/c", "c");
        write("pb/roles/base/role.yml", "name: base\ntasks: [main.yml]\n");
        write("pb/roles/base/own/d", "d");
        write(
                "pb/roles/base/tasks/main.yml",
                """
                - !copy { src: own, dest: /x, recursive: true }
                - !copy { src: ../../../shared, dest: /x, recursive: true }
                """);
        Path playbook =
                write(
                        "pb/x.yml",
                        """
                        - name: p
                          groups: [web]
                          roles: [ { role: base } ]
                          tasks:
                            - !copy { src: files/in, dest: /x, recursive: true }
                            - !copy { src: conf.d, dest: /x, recursive: true }
                            - !copy { src: ../shared/, dest: /x, recursive: true }
                            - !copy { src: missing, dest: /x, recursive: true }
                            - !copy { src: /nonexistent/on/worker, dest: /x, recursive: true }
                        """);
        Unpacked slice = slice(playbook, "w");
        assertThat(slice.text("site/0/x.yml").lines().map(BundleFilesTest::sourceIn))
                .containsSequence(
                        "files/in",
                        "jet_fanout/0/conf.d",
                        "jet_fanout/1/shared",
                        "missing",
                        "/nonexistent/on/worker");
        assertThat(slice.text("site/0/files/in/a")).isEqualTo("a");
        assertThat(slice.text("site/0/jet_fanout/0/conf.d/b")).isEqualTo("b");
        assertThat(slice.text("site/0/jet_fanout/1/shared/c")).isEqualTo("c");
        assertThat(slice.text("site/0/roles/base/own/d")).isEqualTo("d");
        assertThat(
                        slice.text("site/0/roles/base/tasks/main.yml")
                                .lines()
                                .map(BundleFilesTest::sourceIn))
                .containsExactly("own", "jet_fanout/0/shared");
        assertThat(slice.text("site/0/roles/base/jet_fanout/0/shared/c")).isEqualTo("c");
        assertThat(warnings)
                .filteredOn(warning -> warning.contains("x.yml:9: this folder does not exist"))
                .hasSize(1);
    }

    @Test
    void aMissingRoleIsAnError() {
        folder.group("web", "w");
        Path playbook = playbook("- { name: p, groups: [web], roles: [ { role: nosuch } ] }");
        assertThatThrownBy(() -> pack(playbook))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(playbook.getFileName() + ":1: role not found: 'nosuch'");
        Path outside = playbook("- { name: p, groups: [web], roles: [ { role: ../x } ] }");
        assertThatThrownBy(() -> pack(outside)).hasMessageContaining("must be inside");
        roles.add(temp.resolve("nosuch"));
        assertThatThrownBy(() -> pack(playbook)).hasMessageContaining("no such folder");
    }

    @Test
    void varsFilesTravelAndAreFound() {
        folder.group("web", "w");
        write("pb/vars/a.yml", "a: 1\n");
        write("shared/b.yml", "b: 1\n");
        write("other/b.yml", "b: 2\n");
        Path playbook =
                write(
                        "pb/x.yml",
                        "- { name: p, groups: [web], vars_files: [ vars/a.yml, ../shared/b.yml, "
                                + temp.resolve("other/b.yml")
                                + " ] }\n"
                                + "- { name: q, groups: [web], vars_files: [../shared/b.yml] }\n");
        Unpacked slice = slice(playbook, "w");
        assertThat(slice.text("site/0/vars/a.yml")).isEqualTo("a: 1\n");
        assertThat(slice.text("site/0/jet_fanout/0/b.yml")).isEqualTo("b: 1\n");
        assertThat(slice.text("site/0/jet_fanout/1/b.yml")).isEqualTo("b: 2\n");
        assertThat(slice.text("site/0/x.yml"))
                .contains("vars/a.yml", "\"jet_fanout/0/b.yml\"", "\"jet_fanout/1/b.yml\"")
                .doesNotContain("shared", "other");
        Path missing =
                write("pb/y.yml", "- name: p\n  groups: [web]\n  vars_files:\n    - nosuch.yml\n");
        assertThatThrownBy(() -> pack(missing))
                .hasMessageContaining("y.yml:4: vars_files: no such file")
                .hasMessageContaining("nosuch.yml");
    }

    @Test
    void sourcesOutsideOfTheFoldersTravel() {
        folder.group("web", "w");
        write("pb/files/in", "in");
        write("pb/templates/t.j2", "t");
        write("shared/motd", "motd");
        write("pb/beside", "beside");
        Path playbook =
                write(
                        "pb/x.yml",
                        """
                        - name: p
                          groups: [web]
                          tasks:
                            - !copy { src: in, dest: /x }
                            - !copy { src: ../templates/t.j2, dest: /x }
                            - !copy { src: ../../shared/motd, dest: /x }
                            - !template { src: ../../shared/motd, dest: /x }
                            - !copy { src: ../beside, dest: /x }
                            - !copy { src: "%s", dest: /x }
                            - !copy { src: /nonexistent/on/worker, dest: /x }
                            - !copy { src: ../missing, dest: /x }
                        """
                                .formatted(temp.resolve("shared/motd")));
        Unpacked slice = slice(playbook, "w");
        assertThat(slice.text("site/0/files/jet_fanout/0/motd")).isEqualTo("motd");
        assertThat(slice.text("site/0/templates/jet_fanout/0/motd")).isEqualTo("motd");
        assertThat(slice.text("site/0/files/jet_fanout/1/beside")).isEqualTo("beside");
        String text = slice.text("site/0/x.yml");
        assertThat(text.lines().map(line -> line.replaceAll(".*src: \"?([^,\"]*).*", "$1")))
                .containsSequence(
                        "in",
                        "../templates/t.j2",
                        "jet_fanout/0/motd",
                        "jet_fanout/0/motd",
                        "jet_fanout/1/beside",
                        "jet_fanout/0/motd",
                        "/nonexistent/on/worker",
                        "../missing");
        assertThat(warnings).singleElement().asString().contains("x.yml:10: ", "on the workers");
    }

    @Test
    void rolesSourcesOutsideOfTheRolesTravel() {
        folder.group("web", "w");
        write("roles/base/role.yml", "name: base\ntasks: [sub/main.yml]\n");
        write(
                "roles/base/tasks/sub/main.yml",
                """
                - !copy { src: own, dest: /x }
                - !copy { src: ../../other/files/neighbour, dest: /x }
                - !copy { src: ../../../shared/motd, dest: /x }
                """);
        write("roles/base/files/own", "own");
        write("roles/other/files/neighbour", "n");
        write("shared/motd", "motd");
        roles.add(temp.resolve("roles"));
        Unpacked slice =
                slice(
                        write(
                                "pb/x.yml",
                                "- { name: p, groups: [web], roles: [ { role: base } ] }\n"),
                        "w");
        assertThat(slice.text("roles/0/base/files/jet_fanout/0/motd")).isEqualTo("motd");
        assertThat(slice.text("roles/0/base/tasks/sub/main.yml"))
                .contains(
                        "src: own,",
                        "src: ../../other/files/neighbour,",
                        "src: \"jet_fanout/0/motd\"",
                        "!copy");
    }

    @Test
    void playbooksOfOneNameDoNotCollide() {
        folder.group("web", "w");
        Path a = write("a/site.yml", "- { name: a, groups: [web] }\n");
        Path b = write("b/site.yml", "- { name: b, groups: [web] }\n");
        Path odd = write("b/odd name: x.yml", "- { name: c, groups: [web] }\n");
        write("a/files/x", "a");
        write("b/files/x", "b");
        Unpacked slice = unpack(pack(a, b, a, odd), "w");
        assertThat(slice.files().paths().playbooks())
                .containsExactly(
                        "site/0/site.yml",
                        "site/1/site.yml",
                        "site/0/2-site.yml",
                        "site/1/playbook.yml");
        assertThat(slice.plays(0)).extracting(Play::name).containsExactly("a");
        assertThat(slice.plays(1)).extracting(Play::name).containsExactly("b");
        assertThat(slice.plays(2)).extracting(Play::name).containsExactly("a");
        assertThat(slice.plays(3)).extracting(Play::name).containsExactly("c");
        assertThat(slice.text("site/1/files/x")).isEqualTo("b");
    }

    @Test
    void linksAreFollowedAndLoopsLeftOut() throws Exception {
        folder.group("web", "w");
        Path playbook = write("pb/x.yml", "- { name: p, groups: [web] }\n");
        write("elsewhere/real/x", "x");
        Files.createSymbolicLink(temp.resolve("pb/files"), temp.resolve("elsewhere"));
        Files.createSymbolicLink(temp.resolve("elsewhere/again"), temp.resolve("elsewhere/real"));
        Files.createSymbolicLink(temp.resolve("elsewhere/nothing"), temp.resolve("nosuch"));
        Unpacked slice = slice(playbook, "w");
        assertThat(slice.text("site/0/files/again/x")).isEqualTo("x");
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("nothing: a broken link, left out");
        Files.createSymbolicLink(temp.resolve("elsewhere/real/loop"), temp.resolve("elsewhere"));
        write("pb/roles/base/role.yml", "name: base\n");
        Path tests = write("pb/roles/base/tests/inventory", "x").getParent();
        Files.createSymbolicLink(tests.resolve("roles"), temp.resolve("pb/roles"));
        Files.createSymbolicLink(tests.resolve("self"), tests.resolve("self"));
        warnings.clear();
        Unpacked again = slice(playbook, "w");
        assertThat(again.text("site/0/files/again/x")).isEqualTo("x");
        assertThat(again.text("site/0/roles/base/tests/inventory")).isEqualTo("x");
        assertThat(warnings)
                .anyMatch(
                        line ->
                                line.endsWith(
                                        "/loop: a link to one of its parent folders, left out"))
                .anyMatch(
                        line ->
                                line.endsWith(
                                        "/roles: a link to one of its parent folders, left out"))
                .anyMatch(line -> line.endsWith("/self: a broken link, left out"));
    }

    /** Somebody writes, cuts, removes and makes files while they are packed, again and again. */
    @Test
    void filesThatAreWrittenMeanwhileArePackedOrNamed() throws Exception {
        folder.group("web", "w");
        Path playbook = write("pb/x.yml", "- { name: p, groups: [web] }\n");
        Path grows = write("pb/files/grows", "x".repeat(3 << 20));
        Path shrinks = write("pb/files/shrinks", "y".repeat(3 << 20));
        Path comes = temp.resolve("pb/files/comes");
        AtomicBoolean stop = new AtomicBoolean();
        Thread writer =
                new Thread(
                        () -> {
                            while (!stop.get()) {
                                append(grows);
                                change(shrinks);
                                change(comes);
                            }
                        });
        writer.start();
        int packedOnes = 0;
        try {
            for (int round = 0; round < 8; round++) {
                try {
                    Unpacked slice = slice(playbook, "w");
                    assertThat(slice.text("site/0/files/grows")).startsWith("xxx").endsWith("x");
                    packedOnes++;
                } catch (ConfigurationException e) {
                    assertThat(e)
                            .hasMessageMatching(
                                    ".*/files/shrinks: became shorter while jet-fanout packed it:"
                                            + " try again when nothing writes to it");
                }
            }
        } finally {
            stop.set(true);
            writer.join();
        }
        assertThat(packedOnes).isPositive();
        assertThat(warnings)
                .allMatch(line -> line.contains("/comes: ") || line.contains("/shrinks: "));
    }

    private static void append(Path file) {
        try {
            if (Files.size(file) < 8 << 20) {
                Files.writeString(file, "x".repeat(10_000), StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empties and fills, or removes and makes, as chance wills. */
    private static void change(Path file) {
        try {
            Files.writeString(file, "");
            Files.writeString(file, "y".repeat(3 << 20));
            if (file.endsWith("comes")) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void filesOfTheSystemAndOddOnes() throws Exception {
        folder.group("web", "w");
        Path playbook = write("pb/x.yml", "- { name: p, groups: [web] }\n");
        write("pb/files/a", "a");
        // it says that it is empty
        Files.createSymbolicLink(temp.resolve("pb/files/version"), Path.of("/proc/version"));
        assertThat(
                        new ProcessBuilder("mkfifo", temp.resolve("pb/files/fifo").toString())
                                .start()
                                .waitFor())
                .isZero();
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(temp.resolve("pb/files/socket")));
            Unpacked slice = slice(playbook, "w");
            assertThat(slice.text("site/0/files/version")).startsWith("Linux");
            assertThat(slice.text("site/0/files/a")).isEqualTo("a");
        }
        assertThat(warnings)
                .hasSize(2)
                .anyMatch(line -> line.endsWith("/fifo: neither a file nor a folder, left out"))
                .anyMatch(line -> line.endsWith("/socket: neither a file nor a folder, left out"));
    }

    @Test
    void playsThatLimitsExcludeBringNothing() {
        folder.group("web", "w").group("db", "d");
        Path playbook =
                playbook(
                        """
                        - { name: p, groups: [web] }
                        - { name: q, groups: [db], vars_files: [nosuch], roles: [ { role: no } ] }
                        """);
        limits = new HostLimits(List.of("w"), List.of());
        assertThat(slice(playbook, "w").plays(0)).hasSize(1);
    }

    // ---- the archive

    @Test
    void theSameInputGivesTheSameBytes() throws Exception {
        sitesInventory();
        write("pb/files/b", "b");
        Path a = write("pb/files/a", "a");
        Path playbook = write("pb/x.yml", "- { name: p, groups: [all] }\n");
        byte[] first = bytes(bundle(pack(playbook), "127.0.0.11", "127.0.0.14"));
        Files.setLastModifiedTime(a, FileTime.fromMillis(1));
        Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("r--r--r--"));
        BundleFiles again = pack(playbook);
        bundle(again, "127.0.0.12");
        assertThat(bytes(bundle(again, "127.0.0.11", "127.0.0.14"))).isEqualTo(first);
    }

    @Test
    void sizeAndDigestAreThoseOfTheBytes() throws Exception {
        sitesInventory();
        BundleFiles files = pack(site("pb/good.yml"));
        for (String host : List.of("127.0.0.11", "127.0.0.14")) {
            Bundle bundle = bundle(files, host);
            byte[] bytes = bytes(bundle);
            assertThat(bundle.size()).isEqualTo(bytes.length);
            assertThat(bundle.sha256())
                    .isEqualTo(
                            HexFormat.of()
                                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        }
    }

    @Test
    void theLastEntryIsTheMarkAndAllIsOurs() throws Exception {
        sitesInventory();
        String deep = "d".repeat(90) + "/" + "e".repeat(90) + "/caf\u00e9 \u2603";
        write("pb/files/" + deep, "deep");
        Path playbook = write("pb/x.yml", "- { name: p, groups: [all] }\n");
        Bundle bundle = bundle(pack(playbook), "127.0.0.11");
        List<String> listing = tar(bundle, "tvzf", "-", "--numeric-owner", "--full-time");
        assertThat(listing.get(listing.size() - 1)).endsWith(" complete");
        assertThat(listing)
                .allMatch(line -> line.matches("(-rw-------|-rwx------|drwx------) 0/0 .*"))
                .allMatch(line -> line.contains(" 1970-01-01 "));
        assertThat(unpack(bundle).resolve("site/0/files/" + deep)).hasContent("deep");
    }

    @Test
    void callersFilesTravelUnderNamesThatAreSafe() {
        sitesInventory();
        BundleFiles files = pack(site("pb/good.yml"));
        byte[] text = "x".getBytes(StandardCharsets.UTF_8);
        Unpacked slice =
                new Unpacked(
                        unpack(
                                files.slice(
                                        batch("127.0.0.11"), Set.of(), Map.of("job/run.sh", text))),
                        files);
        assertThat(slice.text("job/run.sh")).isEqualTo("x");
        for (String name :
                List.of(
                        "../x",
                        "/x",
                        "a/../../b",
                        "a b",
                        "",
                        "site/x",
                        "complete",
                        ".x",
                        "-x",
                        "a//b")) {
            assertThatThrownBy(() -> files.slice(batch("127.0.0.11"), Set.of(), Map.of(name, text)))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> files.slice(batch("nosuch"), Set.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nobodyElseReadsTheCommonFile() throws Exception {
        sitesInventory();
        pack(site("pb/good.yml"));
        assertThat(mode(temp.resolve("work" + packed))).isEqualTo("rwx------");
        assertThat(mode(temp.resolve("work" + packed + "/common.tgz"))).isEqualTo("rw-------");
    }

    @Test
    void thousandsOfHosts() {
        StringBuilder text = new StringBuilder("hosts:\n");
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            hosts.add("host" + i + ".example.com");
            text.append("  - ").append(hosts.get(i)).append('\n');
        }
        folder.file("groups/web", text.toString()).parent("site", "web");
        Unpacked slice =
                slice(
                        playbook("- { name: p, groups: [site] }"),
                        hosts.subList(3_000, 13_000).toArray(String[]::new));
        assertThat(slice.addressed()).isEqualTo(hosts.subList(3_000, 13_000));
    }

    // ---- helpers of this test

    private void sitesInventory() {
        folder = new InventoryFolder(InventoryFolder.site("inv"));
    }

    @Test
    void playsThatWaitReadThePipeOfTheirNumberFirst() throws Exception {
        write("own.yml", "a: 1\n");
        Path one =
                playbook(
                        """
                        - name: one
                          groups: [ w ]
                        - name: two
                          groups: [ d ]
                        """);
        Path two =
                playbook(
                        """
                        - name: three
                          groups: [ w ]
                          vars_files: [ own.yml ]
                        - name: four
                          groups: [ d ]
                        """);
        folder.group("w", "w1").group("d", "d1");
        BundleFiles files = pack(one, two);
        Path slice = unpack(files.slice(batch("w1"), Set.of(2, 3), Map.of()));
        List<String> paths = files.paths().playbooks();
        assertThat(Files.readString(slice.resolve(paths.get(0)))).doesNotContain("vars_files");
        assertThat(Files.readString(slice.resolve(paths.get(1))))
                .contains("vars_files: [\"../../barriers/3\", own.yml]")
                .doesNotContain("four");
        Path other = unpack(files.slice(batch("w1", "d1"), Set.of(2, 3, 4), Map.of()));
        assertThat(Files.readString(other.resolve(paths.get(0)))).contains("barriers/2");
        assertThat(Files.readString(other.resolve(paths.get(1))))
                .contains("barriers/3", "barriers/4");
        assertThat(unpack(files, "w1").playbook(1)).content().doesNotContain("barriers");
    }

    private static Path site(String path) {
        return InventoryFolder.site(path);
    }

    private Path playbook(String text) {
        return write("playbook" + ++packed + ".yml", text);
    }

    private Path write(String path, String text) {
        new InventoryFolder(temp).file(path, text);
        return temp.resolve(path);
    }

    private BundleFiles pack(Path... playbooks) {
        return pack(folder.load(), playbooks);
    }

    private BundleFiles pack(Inventory inventory, Path... playbooks) {
        return BundleFiles.pack(
                new BundleSource(
                        inventory,
                        Arrays.stream(playbooks).map(Playbook::read).toList(),
                        roles,
                        modules,
                        extraVars,
                        limits,
                        new PlaybookCheck(Vocabulary.known(), warnings::add),
                        Map.of(),
                        warnings::add),
                temp.resolve("work" + ++packed));
    }

    private Unpacked slice(Path playbook, String... hosts) {
        return unpack(pack(playbook), hosts);
    }

    private Unpacked unpack(BundleFiles files, String... hosts) {
        return new Unpacked(unpack(bundle(files, hosts)), files);
    }

    private static Bundle bundle(BundleFiles files, String... hosts) {
        return files.slice(batch(hosts), Set.of(), Map.of());
    }

    private static Batch batch(String... hosts) {
        return new Batch("0001", new Worker("w", "workers", "w", 0, ""), List.of(hosts));
    }

    private static byte[] bytes(Bundle bundle) throws IOException {
        try (InputStream input = bundle.open()) {
            return input.readAllBytes();
        }
    }

    private Path unpack(Bundle bundle) {
        try {
            Path root = Files.createTempDirectory(temp, "unpacked");
            tar(bundle, "xzpf", "-", "-C", root.toString());
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the real tar on the bundle; its lines of output. */
    private List<String> tar(Bundle bundle, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("tar"));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(temp, "tar", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("TZ", "UTC");
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        try (InputStream input = bundle.open();
                OutputStream stdin = process.getOutputStream()) {
            input.transferTo(stdin);
        }
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readAllLines(output);
    }

    private static List<String> tree(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.map(path -> root.relativize(path).toString()).sorted().toList();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
