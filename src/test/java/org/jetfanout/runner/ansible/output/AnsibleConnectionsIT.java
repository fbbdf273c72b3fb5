package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jetfanout.testkit.Ansibles;
import org.jetfanout.testkit.Ansibles.Ansible;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The connections that ansible keeps open in the background end with the job, however it ends, and
 * hosts are verified: with real sshds, and each ansible of this machine.
 */
final class AnsibleConnectionsIT {
    private static final int TERMINATED = 143;

    @TempDir Path folder;

    private Path bundle;
    private OpenSshServer host;
    private SshAgent agent;

    static List<Ansible> ansibles() {
        return Ansibles.all();
    }

    @BeforeEach
    void startHost() throws IOException {
        bundle = folder.resolve("bundle");
        AnsibleRun.unpack(bundle);
        Keys.Pair key = Keys.ed25519(folder, "key");
        agent = SshAgent.start(key);
        host = OpenSshServer.at("127.0.0.1").authorize(key).start();
        Files.write(bundle.resolve("known_hosts"), host.knownHostsLines());
        inventory("");
        playbook("shell: echo $$");
    }

    @AfterEach
    void stopHost() {
        host.close();
        agent.close();
    }

    private void inventory(String more) throws IOException {
        Files.writeString(
                bundle.resolve("inventory"),
                "h1 ansible_host=%s ansible_port=%d ansible_user=%s ansible_python_interpreter=/usr/bin/python3 %s\n"
                        .formatted(host.address(), host.port(), OpenSshServer.loginUser(), more));
    }

    private void playbook(String task) throws IOException {
        Files.writeString(
                bundle.resolve("project/site.yml"),
                "- hosts: h1\n  gather_facts: false\n  tasks:\n    - " + task + "\n");
    }

    private void config(String text) throws IOException {
        Files.writeString(bundle.resolve("project/ansible.cfg"), text);
    }

    private ProcessBuilder process(Ansible ansible) {
        ProcessBuilder process = AnsibleRun.process(bundle, ansible, List.of("project/site.yml"));
        // a process group of its own, as that of a job
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(process.command());
        process.command(words);
        process.environment().put("SSH_AUTH_SOCK", agent.socket().toString());
        if (Files.exists(bundle.resolve("project/ansible.cfg"))) {
            process.environment().put("JET_FANOUT_CONFIG", "project/ansible.cfg");
        }
        return process;
    }

    private int run(ProcessBuilder process) throws Exception {
        Process started = process.start();
        assertThat(started.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return started.exitValue();
    }

    private String output() throws IOException {
        return Files.readString(bundle.resolve("output.log"));
    }

    /** The connections to the host that are open, by what sshd has. */
    private List<Long> connections() {
        return host.connectionProcesses();
    }

    private void assertNothingIsLeft() {
        Waiting.until("the end of all connections", () -> connections().isEmpty());
        Waiting.until(
                "the end of their folder",
                () -> {
                    try (Stream<Path> left = Files.list(folder.resolve(".jet-fanout/cp"))) {
                        return left.findAny().isEmpty();
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void noConnectionOutlivesTheJob(Ansible ansible) throws Exception {
        playbook(
                """
                shell: echo first
                    - shell: find %s/.jet-fanout/cp -type s | grep .
                      delegate_to: localhost
                """
                        .formatted(folder));
        assertThat(run(process(ansible))).as(output()).isZero();
        assertNothingIsLeft();
        // without a key, nobody gets in through the connection of the job before
        agent.empty();
        assertThat(run(process(ansible))).isEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void aConnectionOfTheUsersOwnPathEndsToo(Ansible ansible) throws Exception {
        config(
                """
                [defaults]
                host_key_checking = False
                [ssh_connection]
                control_path = /tmp/own-%%h-%%p-%%r
                ssh_args = -C -o ControlMaster=auto
                  -o ControlPersist=10m -o "ControlPath=/tmp/own-%r"
                """);
        assertThat(run(process(ansible))).as(output()).isZero();
        assertNothingIsLeft();
        // by a variable it is where the user says
        inventory(
                "ansible_ssh_args='-o ControlMaster=auto -o ControlPersist=10m'"
                        + " ansible_control_path=%s/own ansible_ssh_common_args='-o StrictHostKeyChecking=no'"
                                .formatted(folder));
        assertThat(run(process(ansible))).as(output()).isZero();
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void cancelEndsAllThatAnsibleHasStarted(Ansible ansible) throws Exception {
        for (String signal : List.of("TERM", "KILL")) {
            playbook("shell: sleep 500");
            Process job = process(ansible).start();
            Waiting.until(
                    "the task to run", () -> !connections().isEmpty() && output().contains("TASK"));
            // as cancel does: the whole group
            new ProcessBuilder("kill", "-s", signal, "--", "-" + job.pid()).start().waitFor();
            assertThat(job.waitFor(5, TimeUnit.MINUTES)).isTrue();
            if (signal.equals("TERM")) {
                assertThat(job.exitValue()).isEqualTo(TERMINATED);
            }
            assertNothingIsLeft();
            Waiting.untilNone(
                    "no ansible is left after " + signal,
                    () ->
                            ProcessHandle.allProcesses()
                                    .map(one -> one.info().commandLine().orElse(""))
                                    .filter(line -> line.contains(bundle.toString()))
                                    .filter(line -> line.contains("ansible"))
                                    .toList());
        }
    }

    @Test
    void aProgramThatATaskHasLeftOnTheWorkerStays() throws Exception {
        inventory("ansible_connection=local");
        playbook("shell: setsid sleep 1041 >/dev/null 2>&1 & echo $! >%s/pid".formatted(folder));
        assertThat(run(process(Ansibles.ofMachine()))).as(output()).isZero();
        long id = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        ProcessHandle left = ProcessHandle.of(id).orElseThrow();
        assertThat(left.isAlive()).isTrue();
        left.destroy();
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void aLongHomeHasItsSocketsElsewhere(Ansible ansible) throws Exception {
        Path home = Files.createDirectories(folder.resolve("a-long-home".repeat(9)));
        ProcessBuilder process = process(ansible);
        process.environment().put("HOME", home.toString());
        assertThat(run(process)).as(output()).isZero();
        Waiting.until("the end of all connections", () -> connections().isEmpty());
        assertThat(home).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void hostsAreVerifiedWithTheKnownHostsOfTheBundle(Ansible ansible) throws Exception {
        config("[defaults]\nhost_key_checking = False\n");
        Files.writeString(bundle.resolve("known_hosts"), "");
        assertThat(run(process(ansible))).isEqualTo(4);
        assertThat(output()).contains("Host key verification failed");
        ProcessBuilder off = process(ansible);
        off.environment().put("JET_FANOUT_HOST_KEYS", "off");
        assertThat(run(off)).as(output()).isZero();
        assertThat(Files.readString(bundle.resolve("known_hosts"))).isEmpty();
        ProcessBuilder worker = process(ansible);
        worker.environment().put("JET_FANOUT_HOST_KEYS", "worker");
        assertThat(run(worker)).isEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("ansibles")
    void whatTheUserSaysToSshStays(Ansible ansible) throws Exception {
        config("[ssh_connection]\nssh_args = -o SetEnv=JET_TEST=here -o ControlMaster=no\n");
        playbook("copy: {content: x, dest: /tmp/jet-fanout-copied}");
        assertThat(run(process(ansible))).as(output()).isZero();
        ProcessBuilder verbose = process(ansible);
        verbose.command().add("-vvvv");
        assertThat(run(verbose)).as(output()).isZero();
        assertThat(output()).contains("JET_TEST=here").contains("UserKnownHostsFile");
    }
}
