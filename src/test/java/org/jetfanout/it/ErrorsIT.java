package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Mistakes as a new user makes them. Each gives one line that says what is wrong where, an exit
 * code, and no job on any worker.
 */
@Order(1) // takes long: begins first
class ErrorsIT {
    private static final int WORKERS = 2;

    @RegisterExtension static final Fleet fleet = Fleet.start(20, WORKERS);

    @TempDir private Path folder;
    private Site site;
    private long jobsBefore;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder);
        jobsBefore = fleet.jobs();
    }

    /** One line, that of the error; nothing was sent. */
    private void refused(Program.Ended run, int exit, String... words) throws IOException {
        assertThat(run.exit()).as("%s", run).isEqualTo(exit);
        assertThat(run.err().lines()).as("%s", run).hasSize(1);
        assertThat(run.err()).startsWith("jet-fanout: ").contains(words);
        assertThat(fleet.jobs()).as("jobs on the workers").isEqualTo(jobsBefore);
    }

    /** The batches were given up, each with a reason; no job was started. */
    private void lost(Program.Ended run, String... words) throws IOException {
        assertThat(run.exit()).as("%s", run).isEqualTo(4);
        assertThat(run.err()).as("%s", run).contains(words).doesNotContain("\tat ", "Exception");
        assertThat(run.outcomes()).hasSize(12).containsValue("unfinished");
        assertThat(fleet.jobs()).as("jobs on the workers").isEqualTo(jobsBefore);
    }

    @Test
    void noAgent() throws IOException {
        site.environment("SSH_AUTH_SOCK", null);
        refused(site.run(), 78, "no ssh-agent", "$SSH_AUTH_SOCK is not set", "ssh-add");
    }

    @Test
    void anAgentThatIsGone() throws IOException {
        site.environment("SSH_AUTH_SOCK", folder.resolve("nowhere").toString());
        lost(site.run(), "w1", "the ssh-agent does not answer");
    }

    @Test
    void anAgentWithoutKeys() throws IOException {
        try (SshAgent empty = SshAgent.start()) {
            site.environment("SSH_AUTH_SOCK", empty.socket().toString());
            lost(site.run(), "w1", "no key in the ssh-agent");
        }
    }

    @Test
    void aKeyThatWorkersDoNotKnow() throws IOException {
        Keys.Pair wrong = Keys.ed25519(folder, "wrong");
        try (SshAgent agent = SshAgent.start(wrong)) {
            site.environment("SSH_AUTH_SOCK", agent.socket().toString());
            lost(
                    site.run(),
                    "w1",
                    "no key accepted for user " + TestUser.name(),
                    fleet.worker(1),
                    wrong.fingerprint());
        }
    }

    @Test
    void anUnknownHostKeyAndTheLineThatHelps() throws IOException {
        Path known = site.write("home/.ssh/known_hosts", "");
        Program.Ended run = site.run();
        lost(run, "known_hosts", fleet.knownHosts().get(0), fleet.knownHosts().get(1));

        // what a user does: copies the lines out of the messages
        List<String> lines =
                fleet.knownHosts().stream().filter(line -> run.err().contains(line)).toList();
        Files.write(known, lines);
        Program.Ended again = site.run();
        assertThat(again.exit()).as("%s", again).isZero();
    }

    @Test
    void aWorkerThatIsDown() throws IOException {
        site.workers(1).hostVars("w1", "jet_ssh_hostname: 127.0.0.1\njet_ssh_port: 1\n");
        site.setting("reconnect_timeout", "1s");
        lost(site.run(), "w1", "127.0.0.1:1", "refused");
    }

    @Test
    void aWorkerNameThatDoesNotResolve() throws IOException {
        site.workers(1).hostVars("w1", "jet_ssh_hostname: no-such-machine.invalid\n");
        site.setting("reconnect_timeout", "1s");
        lost(site.run(), "w1", "no-such-machine.invalid");
    }

    @Test
    void rootByNameBeforeConnecting() throws IOException {
        site.setting("user", null);
        site.groupVars("wk", "jet_ssh_user: root\n");
        long before = connections();
        refused(site.run(), 78, "root", "w1");
        assertThat(connections()).isEqualTo(before);
    }

    /** How many connections to workers there were. Of their ends the log may tell later. */
    private static long connections() {
        return fleet.server()
                .log()
                .lines()
                .filter(line -> line.startsWith("Connection from "))
                .count();
    }

    @Test
    void rootInWorkersYml() throws IOException {
        site.setting("user", "root");
        refused(site.run(), 78, "workers.yml:", "user must not be root");
    }

    @Test
    void aRunnerThatIsNotThere() throws IOException {
        site.setting("jetp", "/nowhere/jetp");
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(4);
        assertThat(run.err()).contains("/nowhere/jetp", "not found on the worker");
        assertThat(run.outcomes()).hasSize(12).containsValue("unfinished");
        assertThat(fleet.starts(run.guid())).isEmpty();
    }

    @Test
    void aMisspeltKey() throws IOException {
        site.setting("thread", "50");
        refused(site.run(), 78, "workers.yml:", "'thread'", "threads");
    }

    @Test
    void aWrongValue() throws IOException {
        site.setting("threads", "many");
        refused(site.run(), 78, "workers.yml:", "threads", "many");
    }

    @ParameterizedTest
    @CsvSource({
        "--playbook, pb/none.yml, 78, no such playbook",
        "--inventory, nowhere, 78, nowhere",
        "--roles, nowhere, 78, no such directory",
        "--threads, 0, 64, --threads must be at least 1",
        "--threads, many, 64, --threads",
        "--batch-size, 0, 64, --batch-size must be at least 1",
        "--port, 99999, 64, --port",
        "--limit-hosts, nobody, 78, nobody",
        "--limit-groups, nobody, 78, nobody",
        "--extra-vars, @none.yml, 78, none.yml: no such file",
        "--extra-vars, [1], 64, --extra-vars must be a JSON object",
        "--extra-vars, {broken, 64, --extra-vars",
        "--user, -oProxyCommand=x, 64, --user",
        "--sudo, $(id), 64, --sudo",
        "--routes, nowhere, 78, nowhere",
        "--plybook, x, 64, --plybook",
        "local, -v, 64, local",
    })
    void wordsOfTheCommandLine(String flag, String value, int exit, String words)
            throws IOException {
        refused(site.run(flag, value), exit, words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://127.0.0.1:1", "nonsense"})
    void aBrokerThatIsNotThere(String url) throws IOException {
        // it is tried beside the planning, whose line may come first
        Program.Ended run = site.run("--broker", url);
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains("the broker", url).doesNotContain("\tat ", "Exception");
        assertThat(fleet.jobs()).as("jobs on the workers").isEqualTo(jobsBefore);
    }

    @Test
    void nothingAtAll() throws IOException {
        refused(site.command(), 64, "--playbook");
    }

    @Test
    void aPlaybookThatIsNoYaml() throws IOException {
        site.playbook("- name: one\n  groups: [ web\n  tasks: []\n");
        refused(site.run(), 78, "site.yml:");
    }

    @Test
    void aPlaybookThatIsNoList() throws IOException {
        site.playbook("name: one\ngroups: [ web ]\n");
        refused(site.run(), 78, "site.yml:1");
    }

    @Test
    void aPlaybookWithoutGroups() throws IOException {
        site.playbook("- name: one\n  tasks: []\n");
        refused(site.run(), 78, "site.yml:1", "groups");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tasks:\\n    - !shell\\n      cmdd: id           | site.yml:10: !shell has no 'cmdd' (nearest: 'cmd')
                    handlers:\\n    - !shel\\n      cmd: id         | site.yml:9: there is no module '!shel' (nearest: 'shell')
                    roles: [ { role: base } ]                      | roles/base/tasks/main.yml:2: !echo has no 'mesg' (nearest: 'msg')
                    vars_files: [ vars.yml ]                       | vars.yml:2: key 'a' occurs twice
                    """)
    void whatJetpWouldRefuseOnSomeOfTheWorkers(String rest, String words) throws IOException {
        site.write("pb/roles/base/role.yml", "name: base\ntasks: [ main.yml ]\n");
        site.write("pb/roles/base/tasks/main.yml", "- !echo\n  mesg: a\n");
        site.write("pb/vars.yml", "a: 1\na: 2\n");
        site.playbook(
                "- name: one\n  groups: [ web ]\n  tasks:\n    - !shell\n      cmd: uptime\n"
                        + "- name: two\n  groups: [ web ]\n  "
                        + rest.replace("\\n", "\n")
                        + "\n");
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains(words);
        assertThat(fleet.jobs()).as("jobs on the workers").isEqualTo(jobsBefore);
    }

    @Test
    void whatWouldBeMeantForThisMachineIsToldByPlanAndCheck() throws IOException {
        site.groupVars("web", "jet_ssh_private_key_file: ~/.ssh/fleet\n");
        site.playbook(
                """
                - name: one
                  groups: [ web ]
                  tasks:
                    - !shell { cmd: id, with: { delegate_to: localhost } }
                """);
        site.writeSettings();
        for (String command : List.of("plan", "check")) {
            Program.Ended run =
                    site.command(
                            command,
                            "-p",
                            site.file("pb/site.yml").toString(),
                            "-i",
                            site.file("inv").toString(),
                            "--worker-config",
                            site.file("workers.yml").toString(),
                            "-e",
                            "{\"jet_ssh_port\": 22}",
                            "--tags",
                            "a",
                            "--tags",
                            "b",
                            "--limit-hosts",
                            "h01",
                            "--limit-hosts",
                            "h02:h03",
                            "--user",
                            "x",
                            "--user",
                            "y",
                            "--forward-agent",
                            "--forward-agent");
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.err())
                    .contains(
                            "the runner looks for ~/.ssh/fleet on the worker",
                            "(2 hosts: h[02-03])",
                            "delegate_to: localhost: the task runs on the worker");
            if (command.equals("plan")) {
                assertThat(run.out()).contains("--tags b", "--user y", "total: 2 hosts");
            }
        }
        refused(site.run("--batch-size", "1", "--batch-size", "2"), 64, "--batch-size");
    }

    @Test
    void workersThatAreHosts() throws IOException {
        site.setting("map", "[ { from: all, to: wk } ]");
        site.playbook("- name: one\n  groups: [ all ]\n  tasks:\n    - !facts\n");
        refused(site.run(), 78, "workers.yml: 2 hosts are workers of the run", "w[1-2]");
        refused(site.run("--limit-hosts", "h01:w2"), 78, "1 host is a worker", ": w2. Remove");
        site.setting("workers_as_hosts", "skip");
        site.writeSettings();
        Program.Ended plan =
                site.command(
                        "plan",
                        "-p",
                        site.file("pb/site.yml").toString(),
                        "-i",
                        site.file("inv").toString(),
                        "--worker-config",
                        site.file("workers.yml").toString());
        assertThat(plan.exit()).as("%s", plan).isZero();
        assertThat(plan.err()).contains("skip: 2 hosts are workers of the run", "left out: w[1-2]");
        assertThat(plan.out()).contains("total: 12 hosts");
    }

    @Test
    void anEmptyPlaybook() throws IOException {
        site.playbook("");
        refused(site.run(), 78, "site.yml");
    }

    @Test
    void aGroupFileThatIsNoYaml() throws IOException {
        site.write("inv/groups/web", "hosts: [ h01\n");
        refused(site.run(), 78, "groups/web:");
    }

    @Test
    void variablesThatAreNoYaml() throws IOException {
        site.hostVars("h01", "a: [ b\n");
        refused(site.run(), 78, "host_vars/h01:");
    }

    @Test
    void workersYmlThatIsNoYaml() throws IOException {
        site.write("workers.yml", "workers:\n  map: [ { from: web\n");
        refused(site.startAsIs().end(), 78, "workers.yml:");
    }

    @Test
    void anEmptyWorkersYml() throws IOException {
        site.write("workers.yml", "");
        refused(site.startAsIs().end(), 78, "workers.yml", "is empty");
    }

    @Test
    void anInventoryWithoutGroups() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        refused(site.run("--limit-groups", "web", "-i", empty.toString()), 78, "empty", "groups");
    }

    @Test
    void anInventoryProgramThatFails() throws IOException {
        Path dynamic = site.program("dynamic", "#!/bin/sh\necho no credentials >&2\nexit 3\n");
        Program.Ended run = site.run("-i", dynamic.toString());
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.err()).contains("no credentials", "dynamic", "3");
    }

    @Test
    void aPlayForAGroupWithoutHosts() throws IOException {
        site.group("none", List.of());
        site.playbook("- name: one\n  groups: [ none ]\n  tasks: []\n");
        refused(site.run(), 78, "none");
    }

    @Test
    void aPlayForAGroupThatIsNotThere() throws IOException {
        site.playbook("- name: one\n  groups: [ webb ]\n  tasks: []\n");
        refused(site.run(), 78, "webb", "site.yml");
    }

    @Test
    void aWorkerGroupThatIsNotThere() throws IOException {
        site.setting("map", "[ { from: web, to: nowhere } ]");
        refused(site.run(), 78, "workers.yml:", "nowhere");
    }

    @Test
    void aWorkerGroupWithoutWorkers() throws IOException {
        site.write("inv/groups/wk", "hosts: []\n");
        for (int n = 1; n <= WORKERS; n++) {
            Files.delete(site.file("inv/host_vars/w" + n));
        }
        refused(site.run(), 78, "workers.yml:", "group 'wk' is empty", "groups/wk");
    }

    @Test
    void aFromGroupThatIsNotThere() throws IOException {
        site.setting("map", "[ { from: webb, to: wk } ]");
        refused(site.run(), 78, "workers.yml:", "webb");
    }

    @Test
    void hostsWithoutAWorkerAreNamedFolded() throws IOException {
        site.group("db", List.of("db1", "db2", "db3"));
        site.playbook("- name: one\n  groups: [ web, db ]\n  tasks:\n    - !facts\n");
        refused(site.run(), 78, "db[1-3]", "3 hosts");
        // a run that never was is in nobody's way
        assertThat(site.command("runs").out()).isEmpty();
        refused(site.command("status", "last"), 78, "no runs in");
    }

    /** Killed while it planned: nothing was sent, so nothing has to be ended or kept. */
    @Test
    void aRunThatNeverSentAnythingIsNoObstacle() throws IOException {
        for (String guid : List.of("11111111-a", "22222222-b")) {
            site.write(
                    "home/state/jet-fanout/runs/" + guid + "/run.json",
                    "{\"guid\":\"" + guid + "\",\"created\":\"2020-01-01T00:00:00Z\"}\n");
        }
        Program.Ended cancel = site.command("cancel", "1111");
        assertThat(cancel.exit()).as("%s", cancel).isZero();
        assertThat(cancel.err()).contains("nothing of run 11111111-a was sent");
        assertThat(site.command("status", "1111").out()).contains("ended", "exit code 130");
        Program.Ended prune = site.command("runs", "prune", "--older-than", "1d");
        assertThat(prune.exit()).as("%s", prune).isZero();
        assertThat(prune.out().lines()).containsExactlyInAnyOrder("11111111-a", "22222222-b");
        assertThat(site.command("runs").out()).isEmpty();
    }

    @Test
    void aHostNamedLocalhost() throws IOException {
        site.group("web", List.of("h01", "localhost"));
        refused(site.run(), 78, "localhost");
    }

    @Test
    void aRunThatIsNotThere() throws IOException {
        refused(site.command("status", "nobody"), 78, "no runs in");
        refused(site.command("rerun", "nobody"), 78, "no runs in");
    }

    @Test
    void rootByUidOnTheWorker() throws IOException {
        // a user namespace: what runs there is root by its uid
        try (OpenSshServer root =
                OpenSshServer.at("127.0.20.9")
                        .authorize(fleet.workerKey())
                        .option(
                                "ForceCommand unshare --user --map-root-user sh -c"
                                        + " \"$SSH_ORIGINAL_COMMAND\"")
                        .start()) {
            site.workers(1);
            site.hostVars(
                    "w1",
                    "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                            .formatted(root.address(), root.port()));
            Files.write(site.file("home/.ssh/known_hosts"), root.knownHostsLines());
            lost(site.run(), "w1", "the login is root (uid 0)");
        }
    }

    @Test
    void aHostKeyThatHasChanged() throws IOException {
        String wrong = Keys.ed25519(folder, "other").blob();
        site.write(
                "home/.ssh/known_hosts",
                "[%s]:%d %s\n".formatted(fleet.worker(1), fleet.port(), wrong));
        site.workers(1);
        lost(site.run(), "w1", "known_hosts:1");
    }

    @Test
    void workersYmlThatIsNotThere() throws IOException {
        refused(site.startAsIs().end(), 78, "workers.yml", "no such file");
    }
}
