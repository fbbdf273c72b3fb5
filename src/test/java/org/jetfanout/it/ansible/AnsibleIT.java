package org.jetfanout.it.ansible;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jetfanout.testkit.AnsibleSite;
import org.jetfanout.testkit.Ansibles;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.MachineProcess;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Proxy;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Runs of ansible-playbook over workers from the command line to the last file: what remains, who
 * sees secrets, which keys sign, and what the other commands make of such a run. Ansible is the
 * real one.
 */
@Order(1) // takes long: begins first
class AnsibleIT {
    private static final String SECRET = "gold-under-the-oak";

    @RegisterExtension static final Fleet fleet = Fleet.start(224, 5);

    private AnsibleSite site;
    private Path stamps;

    @BeforeEach
    void makeSite() throws IOException {
        site = new AnsibleSite(fleet, Ansibles.ofMachine(), AnsibleSite.folder(), 2);
        stamps = Files.createDirectory(site.file("stamps"));
        Programs.ok("chmod", "777", stamps.toString());
        site.write("inv/hosts", "[web]\nh[1:4]\n");
        site.write(
                "inv/group_vars/all/bed.yml",
                site.hostVars() + "mark: '" + stamps + "/{{ inventory_hostname }}'\n");
        playbook(
                """
                - name: change
                  shell: echo change >> {{ mark }}
                """);
    }

    @AfterEach
    void remove() {
        site.remove();
    }

    private void playbook(String tasks) throws IOException {
        site.write(
                "pb/site.yml",
                "- name: one\n  hosts: web\n  gather_facts: false\n  tasks:\n" + tasks.indent(4));
    }

    private static List<String> words(String... more) {
        List<String> words = new ArrayList<>(List.of("-i", "../inv/hosts", "-i", "../workers.ini"));
        words.addAll(Arrays.asList(more));
        words.add("site.yml");
        return words;
    }

    private Program.Ended run(String... more) throws IOException {
        return site.run(words(more));
    }

    private Set<String> stamped() throws IOException {
        try (Stream<Path> files = Files.list(stamps)) {
            return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
        }
    }

    private void until(String what, Program run, java.util.function.BooleanSupplier condition) {
        Waiting.until(
                what,
                () -> {
                    if (!run.handle().isAlive() && !condition.getAsBoolean()) {
                        throw new AssertionError("ended before " + what + ": " + run.end());
                    }
                    return condition.getAsBoolean();
                });
    }

    private static String guid(Program run) {
        return run.out().lines().findFirst().orElse("none");
    }

    private static void nothingIsLeft() {
        Waiting.untilNone("no process is left on a worker", fleet::processesOfWorkers);
    }

    /** Files below a folder whose content, unpacked where it is packed, has the text. */
    private static List<Path> with(String text, Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (bytes.length > 2 && bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b) {
                    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                        bytes = in.readAllBytes();
                    }
                }
                if (new String(bytes, ISO_8859_1).contains(text)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static List<Path> onWorkers(String text) throws IOException {
        List<Path> found = new ArrayList<>();
        for (int worker = 1; worker <= 2; worker++) {
            if (Files.exists(fleet.home(worker).resolve(".jet-fanout"))) {
                found.addAll(with(text, fleet.home(worker).resolve(".jet-fanout")));
            }
        }
        return found;
    }

    @Test
    void aRun() throws IOException {
        Program.Ended run = run("-l", "web:!h3");
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes())
                .isEqualTo(Map.of("h1", "changed", "h2", "changed", "h4", "changed"));
        assertThat(stamped()).containsExactly("h1", "h2", "h4");
        nothingIsLeft();
    }

    @Test
    void planSaysWhoConfiguresWhatAndWhatMeansSomethingElse() throws IOException {
        playbook(
                """
                - name: migrate
                  shell: echo once >> {{ mark }}
                  run_once: true
                - name: elsewhere
                  command: echo there
                  delegate_to: h4
                """);
        site.writeSettings();
        long jobs = fleet.jobs();
        List<String> line = new ArrayList<>(List.of("plan", "ansible-playbook"));
        line.addAll(words("-l", "h1:h2"));
        line.addAll(List.of("--worker-config", site.file("workers.yml").toString()));
        Program.Ended plan = site.command(line.toArray(String[]::new));
        assertThat(plan.exit()).as("%s", plan).isZero();
        assertThat(plan.out()).contains("w1: 1 host: h1").contains("w2: 1 host: h2");
        assertThat(plan.out() + plan.err())
                .contains("site.yml:7")
                .contains("run_once")
                .contains("delegate_to");
        assertThat(fleet.jobs()).isEqualTo(jobs);
    }

    @Test
    void cancelLeavesNothingBehind() throws IOException {
        site.write(
                "inv/group_vars/web/secret.yml",
                "secret: !vault |\n" + site.encrypted(SECRET).indent(2));
        site.write("pb/ansible.cfg", "[defaults]\nforks = 4\n");
        playbook(
                """
                - name: begin
                  shell: echo begin >> {{ mark }}
                - name: long
                  shell: sleep 297
                """);
        Program run = site.start(words("--vault-password-file", "../vault-password"));
        until("tasks run", run, () -> sleeping().size() >= 4);
        assertThat(fleet.processesOfWorkers())
                .extracting(MachineProcess::commandLine)
                .anyMatch(line -> line.contains("ansible.sh"))
                .anyMatch(line -> line.contains("ansible-playbook"))
                .anyMatch(line -> line.startsWith("ssh: ") && line.endsWith("[mux]"));
        Program.Ended cancel = site.command("cancel", guid(run));
        assertThat(cancel.exit()).as("%s", cancel).isIn(0, 130);
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(130);
        nothingIsLeft();
        Waiting.untilNone("tasks on hosts have ended", AnsibleIT::sleeping);
        assertThat(onWorkers(AnsibleSite.VAULT_PASSWORD)).isEmpty();
        assertThat(onWorkers("sleep 297")).as("the playbook is gone").isEmpty();
    }

    private static List<MachineProcess> sleeping() {
        return fleet.processesOfHosts().stream()
                .filter(process -> process.commandLine().equals("sleep 297"))
                .toList();
    }

    @Test
    void jobsGoOnWithoutTheControlMachineAndAreResumed() throws IOException {
        Path go = site.file("stamps/go");
        playbook(
                """
                - name: begin
                  shell: echo begin >> {{ mark }}
                - name: wait
                  wait_for: { path: "%s" }
                - name: end
                  shell: echo end >> {{ mark }}
                """
                        .formatted(go));
        Program run = site.start(words());
        until("tasks run", run, () -> exists("h1") && exists("h2"));
        run.signal("KILL");
        Program.Ended killed = run.end();
        Files.createFile(go);
        Program.Ended resumed = site.command("resume", killed.guid());
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(killed.outcomes())
                .isEqualTo(
                        Map.of("h1", "changed", "h2", "changed", "h3", "changed", "h4", "changed"));
        assertThat(Files.readAllLines(stamps.resolve("h1"))).containsExactly("begin", "end");
        nothingIsLeft();
    }

    private boolean exists(String host) {
        return Files.exists(stamps.resolve(host));
    }

    @Test
    void aWorkerThatIsLost() throws IOException {
        Path go = site.file("stamps/go");
        playbook(
                """
                - name: begin
                  shell: echo begin >> {{ mark }}
                - name: wait
                  wait_for: { path: "%s" }
                """
                        .formatted(go));
        try (Proxy proxy = Proxy.before(fleet.worker(1), fleet.port())) {
            site.write(
                    "workers.ini",
                    "[wk]\nw1 ansible_host=%s ansible_port=%d\nw2 ansible_host=%s ansible_port=%d\n"
                            .formatted(
                                    fleet.worker(1), proxy.port(), fleet.worker(2), fleet.port()));
            Files.writeString(
                    site.file("home/.ssh/known_hosts"),
                    "[%s]:%d %s\n"
                            .formatted(
                                    fleet.worker(1),
                                    proxy.port(),
                                    fleet.server().hostKeys().get(0).blob()),
                    java.nio.file.StandardOpenOption.APPEND);
            site.setting("reconnect_timeout", "2s");
            Program run = site.start(words());
            until("tasks run", run, () -> exists("h1") && exists("h2"));
            proxy.welcome(Proxy.Welcome.RESET);
            proxy.reset();
            Files.createFile(go);
            Program.Ended lost = run.end();
            assertThat(lost.exit()).as("%s", lost).isEqualTo(4);
            assertThat(lost.outcomes())
                    .isEqualTo(
                            Map.of(
                                    "h1",
                                    "unfinished",
                                    "h2",
                                    "changed",
                                    "h3",
                                    "unfinished",
                                    "h4",
                                    "changed"));
            proxy.welcome(Proxy.Welcome.FORWARD);
            Program.Ended again = site.command("rerun", lost.guid(), "--lost");
            assertThat(again.exit()).as("%s", again).isZero();
            assertThat(again.outcomes()).isEqualTo(Map.of("h1", "changed", "h3", "changed"));
        }
    }

    /** With it, ansible may say "Broken pipe" instead of ssh's reason. */
    private void withoutPipelining() throws IOException {
        site.write("pb/ansible.cfg", "[defaults]\nforks = 4\n");
    }

    /** A master of the run before would let it log in. */
    @Test
    void withoutAKeyNoOldConnectionHelps() throws IOException {
        Program.Ended run = run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.record("signatures.ndjson"))
                .content()
                .contains(fleet.hostKey().fingerprint())
                .doesNotContain(fleet.workerKey().fingerprint());
        Keys.Pair other = Keys.ed25519(site.file("home"), "other");
        try (SshAgent agent = SshAgent.start(fleet.workerKey(), other)) {
            site.environment("SSH_AUTH_SOCK", agent.socket().toString());
            site.setting("agent_keys", "[ '" + other.fingerprint() + "' ]");
            withoutPipelining();
            Program.Ended without = run();
            assertThat(without.exit()).as("%s", without).isEqualTo(4);
            assertThat(without.outcomes().values()).containsOnly("unreachable");
            assertThat(without.records("results.ndjson"))
                    .allSatisfy(
                            result ->
                                    assertThat(result.path("reason").asText())
                                            .contains("Permission denied"));
        }
    }

    @Test
    void aHostWithAnUnknownKey() throws IOException {
        Path known = site.file("home/.ssh/known_hosts");
        List<String> lines = new ArrayList<>(Files.readAllLines(known));
        lines.removeIf(line -> line.startsWith("[" + fleet.host(2) + "]"));
        Files.write(known, lines);
        withoutPipelining();
        Program.Ended run = run();
        assertThat(run.exit()).as("%s", run).isEqualTo(4);
        assertThat(run.outcomes())
                .containsEntry("h2", "unreachable")
                .containsEntry("h1", "changed");
        assertThat(run.records("results.ndjson"))
                .anySatisfy(
                        result ->
                                assertThat(result.toString())
                                        .contains("h2", "Host key verification failed"));

        Program.Ended off = site.setting("host_keys", "'off'").run(words());
        assertThat(off.exit()).as("%s", off).isZero();
    }

    /** A control socket may have 108 characters. */
    @Test
    void aWorkerWithALongHome() throws IOException {
        Path home = fleet.home(1).resolve("a-home-folder-with-a-name/that-is-very-long/".repeat(3));
        Files.createDirectories(home);
        Programs.ok("chown", "-R", org.jetfanout.testkit.TestUser.name(), fleet.home(1).toString());
        try (org.jetfanout.testkit.OpenSshServer server =
                org.jetfanout.testkit.OpenSshServer.at("127.0.224.20")
                        .authorize(fleet.workerKey())
                        .option("SetEnv HOME=" + home)
                        .start()) {
            Files.write(
                    site.file("home/.ssh/known_hosts"),
                    server.knownHostsLines(),
                    java.nio.file.StandardOpenOption.APPEND);
            site.write(
                    "workers.ini",
                    "[wk]\nw1 ansible_host=%s ansible_port=%d\n"
                            .formatted(server.address(), server.port()));
            Program.Ended run = run();
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(stamped()).hasSize(4);
            nothingIsLeft();
        }
    }

    /** Nor are they in the record, nor on the worker when the job has ended. */
    @Test
    void nobodySeesSecrets() throws IOException {
        site.write("sudo", AnsibleSite.SUDO);
        site.write(
                "inv/group_vars/web/secret.yml",
                "ansible_become_exe: "
                        + site.file("sudo")
                        + "\nsecret: !vault |\n"
                        + site.encrypted(SECRET).indent(2));
        playbook(
                """
                - name: a secret
                  shell: |
                    read it
                    test "$it" = %s && echo good >> {{ mark }}
                  args: { stdin: "{{ secret }}" }
                  no_log: true
                - name: fails with it
                  shell: echo {{ secret }} >&2; exit 1
                  ignore_errors: true
                  no_log: true
                - name: in a loop
                  shell: echo {{ item }}
                  loop: ["{{ secret }}"]
                  no_log: true
                - name: as another
                  shell: sleep 1; echo $BECAME >> {{ mark }}
                  become: true
                  become_user: somebody
                """
                        .formatted(SECRET.replace("gold", "g''old")));
        Program run =
                site.start(
                        words(
                                "--vault-password-file",
                                "../vault-password",
                                "--become-password-file",
                                "../become-password"));
        Set<String> seen = new TreeSet<>();
        until(
                "it ends",
                run,
                () -> {
                    for (MachineProcess process : MachineProcess.all()) {
                        String line = process.commandLine();
                        if (line.contains(AnsibleSite.VAULT_PASSWORD)
                                || line.contains(AnsibleSite.BECOME_PASSWORD)) {
                            seen.add(line);
                        }
                    }
                    return !run.handle().isAlive();
                });
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(Files.readAllLines(stamps.resolve("h2"))).containsExactly("good", "somebody");
        assertThat(seen).as("command lines with a password").isEmpty();
        Path record = ended.runs().resolve(ended.guid());
        for (String secret :
                List.of(SECRET, AnsibleSite.VAULT_PASSWORD, AnsibleSite.BECOME_PASSWORD)) {
            assertThat(with(secret, record)).as("in the record: %s", secret).isEmpty();
            assertThat(onWorkers(secret)).as("on workers: %s", secret).isEmpty();
            assertThat(ended.out() + ended.err()).doesNotContain(secret);
        }
        nothingIsLeft();
    }

    @Test
    void failedHostsRunAgain() throws IOException {
        playbook(
                """
                - name: some are not ready
                  shell: echo try >> {{ mark }}; test -e %s/ready -o {{ inventory_hostname }} = h1
                """
                        .formatted(stamps));
        Program.Ended run = run("-e", "color=red", "-l", "web:!h4");
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        assertThat(run.outcomes())
                .isEqualTo(Map.of("h1", "changed", "h2", "failed", "h3", "failed"));
        assertThat(run.records("results.ndjson"))
                .filteredOn(result -> result.path("outcome").asText().equals("failed"))
                .allSatisfy(
                        result ->
                                assertThat(result.path("reason").asText())
                                        .contains("some are not ready: exit code 1"));
        Files.createFile(stamps.resolve("ready"));
        // they may be secret, so the record does not have them
        Program.Ended again = site.command("rerun", run.guid(), "--failed", "-e", "color=red");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.outcomes()).isEqualTo(Map.of("h2", "changed", "h3", "changed"));
        assertThat(Files.readAllLines(stamps.resolve("h1"))).hasSize(1);
    }

    @Test
    void wavesAndACanary() throws IOException {
        playbook(
                """
                - name: h1 is bad
                  shell: echo try >> {{ mark }}; test {{ inventory_hostname }} != h1
                """);
        Program.Ended run = run("--canary", "1", "--max-failures", "0");
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        assertThat(run.outcomes()).containsEntry("h1", "failed").containsEntry("h2", "not_started");
        assertThat(stamped()).containsExactly("h1");
    }

    @Test
    void aWorkerKnowsItsOwnHostsOnlyWhereTheInventoryIsSliced() throws IOException {
        site.write("inv/host_vars/h2.yml", "note: " + SECRET + "\n");
        playbook(
                """
                - name: known
                  copy: { content: "{{ groups[which] | sort | join(' ') }}\\n", dest: "{{ mark }}" }
                  vars: { which: web }
                """);
        site.setting("inventory", "slice");
        Program.Ended run = run("--slice-anyway");
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(stamps.resolve("h1")).hasContent("h1 h3");
        assertThat(stamps.resolve("h2")).hasContent("h2 h4");
    }

    @Test
    void whatAsksIsRefusedBeforeAnythingIsSent() throws IOException {
        Program.Ended asks = run("--ask-become-pass");
        assertThat(asks.exit()).as("%s", asks).isEqualTo(64);
        assertThat(asks.err()).contains("--become-password-file");
        site.write(
                "pb/site.yml",
                """
                - name: one
                  hosts: web
                  vars_prompt:
                    - name: version
                  tasks: []
                """);
        Program.Ended prompt = run();
        assertThat(prompt.exit()).as("%s", prompt).isEqualTo(78);
        assertThat(prompt.complaints())
                .singleElement()
                .asString()
                .contains("site.yml:", "vars_prompt", "version", "-e");
        assertThat(stamped()).isEmpty();
    }

    @Test
    void checkNamesTheVersion() throws IOException {
        site.writeSettings();
        Program.Ended check =
                site.command(
                        "check",
                        "ansible-playbook",
                        "-i",
                        "../inv/hosts",
                        "-i",
                        "../workers.ini",
                        "site.yml",
                        "--worker-config",
                        site.file("workers.yml").toString());
        assertThat(check.out())
                .as("%s", check)
                .contains("ansible-playbook", Ansibles.ofMachine().version());
        assertThat(check.exit()).as("%s", check).isZero();
    }
}
