package org.jetfanout.runner.ansible;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.testkit.Ansibles;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels to a worker, and how ansible-playbook is called there. Ansible is the real one. */
class AnsibleFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MAP = "workers:\n  map: [ { from: all, to: wk } ]\n";

    @TempDir Path folder;

    private final List<String> warnings = new ArrayList<>();
    private Path site;

    private static Stream<Ansibles.Ansible> ansibles() {
        return Ansibles.all().stream();
    }

    @BeforeEach
    void site() throws IOException {
        site = Files.createDirectory(folder.resolve("site"));
        write("workers.yml", MAP);
        write("inv/hosts", "[wk]\nw1\n[web]\nh1\nh2\n[db]\nh3\n[prod:children]\nweb\n");
        write("site.yml", "- hosts: web:db\n  tasks: []\n");
    }

    private Path write(String name, String text) throws IOException {
        Path file = site.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return file;
    }

    private AnsibleRequest request(
            Ansibles.Ansible ansible, List<String> extraVars, PasswordFiles passwords) {
        return new AnsibleRequest(
                site,
                List.of("site.yml"),
                List.of("inv/hosts"),
                Optional.empty(),
                extraVars,
                List.of("--tags=a b", "--connection=my.plug.ssh"),
                List.of(),
                Optional.empty(),
                OptionalInt.empty(),
                passwords,
                false,
                Optional.of(ansible.playbook()));
    }

    private AnsibleRequest request() {
        return request(Ansibles.ofMachine(), List.of(), noPasswords());
    }

    private static PasswordFiles noPasswords() {
        return new PasswordFiles(List.of(), List.of(), Optional.empty(), Optional.empty());
    }

    private WorkersConfig workers() {
        return WorkersConfig.read(site.resolve("workers.yml"), Set.of());
    }

    private RunnerFiles pack(AnsibleRequest request) {
        return request.read(workers(), this::warn).pack(folder.resolve("packed"), this::warn);
    }

    private synchronized void warn(String line) {
        warnings.add(line);
    }

    private static Batch batch(String... hosts) {
        return new Batch("0001", new Worker("w1", "wk", "w1", 0, ""), List.of(hosts));
    }

    /** Unpacks the bundle of a batch. */
    private Path unpacked(RunnerFiles files, Batch batch) throws IOException {
        Path archive = folder.resolve("bundle.tgz");
        try (InputStream in = files.slice(batch, Set.of(), Map.of()).open()) {
            Files.deleteIfExists(archive);
            Files.copy(in, archive);
        }
        Path bundle = Files.createTempDirectory(folder, "bundle");
        Programs.ok("tar", "-xzf", archive.toString(), "-C", bundle.toString());
        return bundle;
    }

    private static Set<String> names(Path bundle) throws IOException {
        try (Stream<Path> all = Files.walk(bundle)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> bundle.relativize(file).toString())
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void theProjectTravelsWithoutWhatIsNotNeededThere() throws IOException {
        write("ansible.cfg", "[defaults]\nroles_path = lib/roles\nvault_password_file = .pass\n");
        write(".pass", "wax\n");
        write(".git/config", "x");
        write("env/pyvenv.cfg", "x");
        write("env/bin/python", "x");
        write("lib/roles/app/tasks/main.yml", "- ping:\n");
        write("lib/roles/app/tasks/__pycache__/x.pyc", "x");
        write("files/run.sh", "#!/bin/sh\n").toFile().setExecutable(true);
        write("inv/group_vars/web.yml", "a: 1\n");
        RunnerFiles files = pack(request());
        Path bundle = unpacked(files, batch("h1"));
        assertThat(names(bundle))
                .contains(
                        "ansible.sh",
                        "complete",
                        "elsewhere.json",
                        "fanout/callback/jet_fanout.py",
                        "fanout/plays.json",
                        "known_hosts",
                        "project/ansible.cfg",
                        "project/site.yml",
                        "project/lib/roles/app/tasks/main.yml",
                        "project/inv/group_vars/web.yml",
                        "project/inv/jet_fanout_inventory.json",
                        "secrets/vault-0")
                .noneMatch(name -> name.matches(".*(\\.git|env/|__pycache__|\\.pass).*"));
        assertThat(Files.isExecutable(bundle.resolve("project/files/run.sh"))).isTrue();
        assertThat(Files.readString(bundle.resolve("secrets/vault-0"))).isEqualTo("wax");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(bundle.resolve("secrets/vault-0"))))
                .isEqualTo("rw-------");
        Map<String, String> environment = files.environment(batch("h1"), workers().settings("wk"));
        assertThat(environment)
                .containsEntry("JET_FANOUT_CONFIG", "project/ansible.cfg")
                .containsEntry("ANSIBLE_VAULT_IDENTITY_LIST", "default@secrets/vault-0");
        assertThat(environment.get("ANSIBLE_ROLES_PATH")).startsWith("project/lib/roles:");
    }

    @Test
    void theCommandLineOfABatch() throws IOException {
        RunnerFiles files =
                pack(request(Ansibles.ofMachine(), List.of("a=1", "@vars.yml"), noPasswords()));
        assertThat(files.command(batch("h1", "h3"), workers().settings("wk")))
                .containsExactly(
                        "sh",
                        "ansible.sh",
                        "ansible-playbook",
                        "--inventory",
                        "project/inv/jet_fanout_inventory.json",
                        "--inventory",
                        "elsewhere.json",
                        "--limit",
                        "all:!jet_fanout_elsewhere",
                        "--forks",
                        "20",
                        "--tags=a b",
                        "--connection=my.plug.ssh",
                        "--extra-vars",
                        "@secrets/vars-0.json",
                        "--extra-vars",
                        "@project/vars.yml",
                        "project/site.yml");
        Path bundle = unpacked(files, batch("h1", "h3"));
        assertThat(JSON.readTree(bundle.resolve("elsewhere.json").toFile()).toString())
                .isEqualTo("{\"jet_fanout_elsewhere\":{\"hosts\":{\"w1\":{},\"h2\":{}}}}");
        assertThat(Files.readString(bundle.resolve("secrets/vars-0.json")))
                .isEqualTo("{\"a\":\"1\"}");
        assertThat(files.tagged()).isTrue();
    }

    @BeforeEach
    void vars() throws IOException {
        write("vars.yml", "b: 2\n");
    }

    @Test
    void workersYmlSetsForksAndTheAccount() throws IOException {
        write(
                "workers.yml",
                MAP
                        + "  threads: 7\n  sudo_user: app\n  runner: 'op run -- /opt/a/ansible-playbook --diff'\n");
        assertThat(String.join(" ", pack(request()).command(batch("h1"), workers().settings("wk"))))
                .startsWith("sh ansible.sh op run -- /opt/a/ansible-playbook --diff --inventory")
                .contains(" --forks 7 ")
                .contains(" --become --become-user app ");
    }

    /**
     * Variables keep their precedence, groups their hosts in order: a worker's ansible says the
     * same of the bundle as this machine's of the site.
     */
    @ParameterizedTest
    @MethodSource("ansibles")
    void theInventoryMeansTheSameOnTheWorker(Ansibles.Ansible ansible) throws IOException {
        write(
                "inv/hosts",
                """
                [web]
                h2 own=host date=2020-01-01
                h1
                [web:vars]
                v=child
                text="{{ own | default('none') }}"
                number=7
                ansible_group_priority=3
                [prod:children]
                web
                [prod:vars]
                v=source-of-parent
                [db]
                h3 list="[1, 2]" ansible_port=2222
                h1
                [all:vars]
                everywhere=yes
                [wk]
                w1
                """);
        write("inv/group_vars/prod.yml", "v: parent\np: [a, {b: c}]\n");
        write("inv/group_vars/all/one.yml", "w: inventory\n");
        write("inv/host_vars/h2.yml", "own: file\n");
        write("group_vars/all.yml", "w: playbook\n");
        Path bundle = unpacked(pack(request(ansible, List.of(), noPasswords())), batch("h1"));
        String[] original = {
            "-i", site.resolve("inv/hosts").toString(), "--playbook-dir", site.toString()
        };
        String[] shipped = {
            "-i", bundle.resolve("project/inv/jet_fanout_inventory.json").toString(),
            "-i", bundle.resolve("elsewhere.json").toString(),
            "--playbook-dir", bundle.resolve("project").toString()
        };
        JsonNode there = list(ansible, shipped);
        JsonNode here = list(ansible, original);
        assertThat(here.at("/_meta/hostvars/h1/v").asText()).isEqualTo("parent");
        assertThat(here.at("/_meta/hostvars/h1/w").asText()).isEqualTo("playbook");
        assertThat(there).isEqualTo(here);
    }

    private static JsonNode list(Ansibles.Ansible ansible, String... words) throws IOException {
        List<String> line =
                new ArrayList<>(List.of(ansible.folder() + "/ansible-inventory", "--list"));
        line.addAll(List.of(words));
        Programs.Result said =
                Programs.run(
                        Map.of("LC_ALL", "C.UTF-8", "ANSIBLE_INVENTORY_ENABLED", "yaml,ini"),
                        line.toArray(String[]::new));
        ObjectNode all =
                (ObjectNode) JSON.readTree(said.output().substring(said.output().indexOf("{\n")));
        all.remove("jet_fanout_elsewhere");
        ((com.fasterxml.jackson.databind.node.ArrayNode) all.at("/all/children"))
                .removeIf(name -> name.asText().equals("jet_fanout_elsewhere"));
        return all;
    }

    @Test
    void aSliceHasItsOwnHostsOnly() throws IOException {
        write("workers.yml", MAP + "  inventory: slice\n");
        write("inv/hosts", "[web]\nh1 s=one\nh2 s=two\n[wk]\nw1\n");
        write("inv/host_vars/h1.yml", "f: one\n");
        write("inv/host_vars/h2/x.yml", "f: two\n");
        write("host_vars/h2.yml", "g: two\n");
        write("site.yml", "- hosts: web\n  tasks: []\n");
        RunnerFiles files = pack(request());
        Path bundle = unpacked(files, batch("h1"));
        assertThat(names(bundle))
                .contains("project/inv/host_vars/h1.yml", "elsewhere.json")
                .doesNotContain("project/inv/hosts")
                .noneMatch(name -> name.contains("h2"));
        assertThat(Files.readString(bundle.resolve("project/inv/jet_fanout_inventory.json")))
                .contains("\"s\":\"one\"")
                .doesNotContain("two");
        assertThat(Files.readString(bundle.resolve("elsewhere.json")))
                .isEqualTo("{\"jet_fanout_elsewhere\":{\"hosts\":{}}}");
        write("site.yml", "- hosts: web\n  tasks:\n    - debug: msg=\"{{ hostvars['h2'].s }}\"\n");
        assertThatThrownBy(() -> pack(request()))
                .hasMessageStartingWith(site + "/site.yml:3: with 'inventory: slice'")
                .hasMessageContaining("--slice-anyway");
    }

    /**
     * Files beside an inventory outside of the project travel only where the project reads them.
     */
    @Test
    void filesBesideTheInventory() throws IOException {
        write("pb/site.yml", "- hosts: web\n  tasks: []\n");
        write("inv/certificates/web.pem", "x");
        write("inv/group_vars/web.yml", "a: 1\n");
        AnsibleRequest request = request();
        AnsibleRequest outside =
                new AnsibleRequest(
                        site.resolve("pb"),
                        request.playbooks(),
                        List.of("../inv/hosts"),
                        request.limit(),
                        request.extraVars(),
                        request.flags(),
                        request.modulePaths(),
                        request.privateKey(),
                        request.forks(),
                        request.passwords(),
                        request.sliceAnyway(),
                        request.program());
        assertThat(names(unpacked(pack(outside), batch("h1"))))
                .contains("inventory/1/group_vars/web.yml")
                .noneMatch(name -> name.endsWith("web.pem"));
        write(
                "pb/site.yml",
                "- hosts: web\n  tasks:\n    - copy: {src: \"{{ inventory_dir }}/certificates/web.pem\", dest: /x}\n");
        assertThat(names(unpacked(pack(outside), batch("h1"))))
                .contains(
                        "inventory/1/certificates/web.pem",
                        "inventory/1/group_vars/web.yml",
                        "inventory/1/jet_fanout_inventory.json");
    }

    @Test
    void rolesAndCollectionsFromElsewhereTravelWhereTheyAreUsed() throws IOException {
        Path lib = folder.resolve("lib");
        for (String role : List.of("used", "needed", "other")) {
            Files.createDirectories(lib.resolve("roles/" + role + "/tasks"));
            Files.writeString(lib.resolve("roles/" + role + "/tasks/main.yml"), "[]\n");
        }
        Files.createDirectories(lib.resolve("roles/used/meta"));
        Files.writeString(lib.resolve("roles/used/meta/main.yml"), "dependencies: [needed]\n");
        for (String name : List.of("my/tools", "my/base", "my/other", "my/plug")) {
            Path collection = lib.resolve("ansible_collections/" + name);
            Files.createDirectories(collection.resolve("plugins/filter"));
            Files.createDirectories(collection.resolve("tests"));
            Files.writeString(collection.resolve("tests/x"), "x");
            Files.writeString(
                    collection.resolve("plugins/filter/f.py"),
                    "class FilterModule(object):\n  def filters(self): return {'up': str.upper}\n");
            Files.writeString(
                    collection.resolve("MANIFEST.json"),
                    "{\"collection_info\": {\"dependencies\": {"
                            + (name.equals("my/tools") ? "\"my.base\": \"*\"" : "")
                            + "}}}");
        }
        write(
                "ansible.cfg",
                "[defaults]\nroles_path = %s/roles\ncollections_path = %s\n".formatted(lib, lib));
        write(
                "site.yml",
                "- hosts: web\n  roles: [used]\n  tasks:\n    - debug: msg=\"{{ 'x' | my.tools.up }}\"\n");
        RunnerFiles files = pack(request());
        assertThat(names(unpacked(files, batch("h1"))))
                .contains(
                        "outside/roles/used/tasks/main.yml",
                        "outside/roles/needed/tasks/main.yml",
                        "outside/collections/ansible_collections/my/tools/plugins/filter/f.py",
                        "outside/collections/ansible_collections/my/base/plugins/filter/f.py",
                        "outside/collections/ansible_collections/my/plug/plugins/filter/f.py")
                .noneMatch(name -> name.contains("other"))
                .noneMatch(name -> name.endsWith("tests/x"));
        Map<String, String> environment = files.environment(batch("h1"), workers().settings("wk"));
        assertThat(environment.get("ANSIBLE_ROLES_PATH")).startsWith("outside/roles:");
        assertThat(environment.get("ANSIBLE_COLLECTIONS_PATH")).contains("outside/collections:");
    }

    @Test
    void secretsAreNeitherInTheRecordNorInACommandLine() throws IOException {
        write("become", "hush\n");
        AnsibleRequest request =
                request(
                                Ansibles.ofMachine(),
                                List.of("token=topsecret"),
                                new PasswordFiles(
                                        List.of(),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.of("become")))
                        .keptIn(folder.resolve("run"));
        String record = JSON.writeValueAsString(request.toRecord());
        assertThat(record).doesNotContain("topsecret").doesNotContain("hush");
        AnsibleRequest again = AnsibleRequest.of(JSON.readTree(record), site);
        assertThat(again).isEqualTo(request);
        RunnerFiles files = pack(again);
        assertThat(files.command(batch("h1"), workers().settings("wk")).toString())
                .contains("--become-password-file, secrets/become")
                .doesNotContain("topsecret")
                .doesNotContain("hush");
        Path bundle = unpacked(files, batch("h1"));
        assertThat(Files.readString(bundle.resolve("secrets/become"))).isEqualTo("hush");
        assertThat(Files.readString(bundle.resolve("secrets/vars-0.json"))).contains("topsecret");
        Files.delete(folder.resolve("run/extra-vars-0"));
        assertThatThrownBy(() -> again.again(List.of("h1"), List.of()))
                .hasMessageContaining("give --extra-vars again");
        assertThat(again.again(List.of("h1", "h2"), List.of("token=x")).limit())
                .contains("h1,h2,localhost");
    }

    @Test
    void loginNamesOfTheSite() throws IOException {
        write("inv/group_vars/web.yml", "ansible_user: deploy\n");
        write("workers.yml", MAP + "  agent_users: [extra]\n");
        write("site.yml", "- hosts: web\n  remote_user: play\n  tasks: []\n");
        RunnerFiles files = pack(request());
        assertThat(files.logins(batch("h1"), workers().settings("wk")))
                .contains("deploy", "play", "extra")
                .doesNotContain("{{");
        write("site.yml", "- hosts: web\n  vars: {ansible_user: \"{{ who }}\"}\n  tasks: []\n");
        assertThat(pack(request()).logins(batch("h1"), workers().settings("wk"))).isEmpty();
    }

    @Test
    void whatCannotBeIsRefusedAtItsPlace() throws IOException {
        write("site.yml", "- hosts: web\n  tasks: []\n- hosts: localhost\n  tasks: []\n");
        assertThatThrownBy(() -> pack(request()))
                .hasMessageStartingWith(site + "/site.yml:3: ")
                .hasMessageContaining("localhost: worker");
        write("workers.yml", MAP + "  localhost: worker\n");
        assertThat(pack(request()).command(batch("h1"), workers().settings("wk")))
                .contains("all:localhost:!jet_fanout_elsewhere");
        write("site.yml", "- hosts: web\n  vars_prompt: [{name: x}]\n  tasks: []\n");
        assertThatThrownBy(() -> pack(request())).hasMessageStartingWith(site + "/site.yml:1: ");
        write("site.yml", "- hosts: empty_group\n  tasks: []\n");
        assertThatThrownBy(() -> pack(request())).hasMessageContaining("no play addresses a host");
        write("site.yml", "- hosts: web\n  tasks: []\n");
        write("workers.yml", MAP + "  batch_size: 3\n");
        assertThatThrownBy(() -> pack(request())).hasMessageContaining("'serial'");
    }

    @Test
    void theHomeFolderDoesNotTravelAsAWhole() throws IOException {
        write("notes/private.txt", "x");
        write("roles/r/tasks/main.yml", "[]\n");
        Path old = Path.of(System.getenv("HOME"));
        assertThat(
                        org.jetfanout.runner.ansible.bundle.LeftOut.of(Set.of(), Set.of(site), site)
                                .test(site.resolve("notes")))
                .isTrue();
        assertThat(
                        org.jetfanout.runner.ansible.bundle.LeftOut.of(Set.of(), Set.of(site), old)
                                .test(site.resolve("notes")))
                .isFalse();
    }
}
