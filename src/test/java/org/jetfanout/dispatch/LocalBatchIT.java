package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.MachineProcess;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.RunLogs;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code unmatched: local}: the control machine's own batch. Where the tests run as root, the
 * program runs as the test user, whose files then lie where that user can read them.
 */
class LocalBatchIT {
    private static final String JETP =
            """
            #!/bin/sh
            echo "on $(id -un) for $JET_FANOUT_BATCH,"
            [ ! -e "$HOME/list" ] || echo "takes $JET_SSH_KEY_COMMENT of $(ssh-add -l | cut -d' ' -f3 | xargs)"
            [ ! -e "$HOME/list" ] || ssh-add -D || echo "changes nothing"
            hosts=$(cat inventory/groups/* | grep -o '[lh][0-9]' | sort -u)
            for host in $hosts; do
              printf '{"event":"TASK_STATUS","task":"t","task_status":"IsExecuted","host":"%s"}\\n' $host >>"$JET_LOG"
            done
            [ ! -e "$HOME/wait" ] || sleep 1234
            echo '{"event":"SUMMARY"}' >>"$JET_LOG"
            """;

    private static final boolean AS_OTHER = TestUser.isOther();

    private static Path classes;
    private static String classPath;

    private final Map<String, String> environment = new HashMap<>();
    private Path home;

    @BeforeAll
    static void copyClassPath() throws IOException {
        classes = Files.createTempDirectory("jfclasses");
        List<String> entries = new ArrayList<>();
        String all =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        for (String entry : all.split(File.pathSeparator, -1)) {
            if (!entry.isEmpty() && !entry.contains("test-classes")) {
                entries.add(AS_OTHER ? copy(Path.of(entry), entries.size()) : entry);
            }
        }
        Programs.ok("chmod", "-R", "a+rX", classes.toString());
        classPath = String.join(File.pathSeparator, entries);
    }

    private static String copy(Path entry, int number) {
        Path to = classes.resolve(number + "-" + entry.getFileName());
        Programs.ok("cp", "-r", entry.toString(), to.toString());
        return to.toString();
    }

    @AfterAll
    static void removeClassPath() throws IOException {
        remove(classes);
    }

    @BeforeEach
    void makeSite() throws IOException {
        home = Files.createTempDirectory("jfcontrol");
        write("inv/groups/wk", "hosts: [ w1 ]\n");
        write("inv/groups/web", "hosts: [ h1, h2 ]\n");
        write("inv/groups/other", "hosts: [ l1, l2, l3 ]\n");
        write(
                "pb.yml",
                """
                - name: both
                  groups: [ web, other ]
                  tasks:
                    - !shell
                      name: t
                      cmd: uptime
                """);
        Programs.write(home.resolve("jetp"), JETP);
        write(
                "workers.yml",
                "workers:\n"
                        + "  map: [ { from: web, to: wk } ]\n"
                        + "  unmatched: local\n"
                        + "  agent: none\n"
                        + "  jetp: "
                        + home.resolve("jetp")
                        + "\n");
    }

    @AfterEach
    void removeSite() throws IOException {
        // what a job leaves running in the background writes there
        MachineProcess.kill(process -> process.belongsTo(home));
        remove(home);
    }

    private void write(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Process start(List<String> options, String... more) throws IOException {
        TestUser.own(home);
        List<String> words = new ArrayList<>(TestUser.prefix());
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-XX:TieredStopAtLevel=1", "-Duser.home=" + home));
        words.addAll(options);
        words.addAll(List.of("-cp", classPath, "org.jetfanout.cli.Main"));
        words.addAll(List.of("-p", "pb.yml", "-i", "inv", "--worker-config", "workers.yml"));
        words.addAll(Arrays.asList(more));
        ProcessBuilder builder =
                new ProcessBuilder(words)
                        .directory(home.toFile())
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(home.resolve("said").toFile());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("XDG_STATE_HOME", home.resolve("state").toString());
        builder.environment().put("SSH_AUTH_SOCK", "/no/agent");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String said() {
        try {
            return Files.readString(home.resolve("said"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        RunLogs.haveNoTraces(home.resolve("state/jet-fanout/runs"));
        return process.exitValue();
    }

    @Test
    void hostsWithoutAWorkerAreTheControlMachinesOwn() throws Exception {
        Path workerHome = Files.createTempDirectory("jfhome");
        Files.createDirectories(home.resolve(".ssh"));
        Keys.Pair key = Keys.ed25519(home.resolve(".ssh"), "id_ed25519");
        String user = OpenSshServer.loginUser();
        try (OpenSshServer worker =
                OpenSshServer.at("127.0.0.2")
                        .authorize(key)
                        .option("SetEnv HOME=" + workerHome)
                        .start()) {
            Programs.ok("chown", user, workerHome.toString());
            Files.write(home.resolve(".ssh/known_hosts"), worker.knownHostsLines());
            write(
                    "inv/host_vars/w1",
                    "jet_ssh_hostname: 127.0.0.2\njet_ssh_port: %d\njet_ssh_user: %s\n"
                            .formatted(worker.port(), user));

            int exit = end(start(List.of()));

            assertThat(exit).as(said()).isZero();
            assertThat(said())
                    .contains("all 5 hosts ok")
                    .contains("control-machine: on " + user + " for 0001,")
                    .contains("w1: on " + user + " for 0002,");
            // each job was where it should be
            assertThat(jobs(home)).containsExactly("0001");
            assertThat(jobs(workerHome)).containsExactly("0002");
        } finally {
            remove(workerHome);
        }
    }

    /** Of the keys that start.md asks for, the first one is the workers'. */
    @Test
    void itsRunnerIsShownTheKeysForHosts() throws Exception {
        write("list", "");
        write(
                "workers.yml",
                Files.readString(home.resolve("workers.yml"))
                        .replace("agent: none", "agent_keys: [ hosts ]"));
        for (String name : List.of("workers", "hosts")) {
            Keys.ed25519(home, name);
        }
        TestUser.own(home);
        Path socket = home.resolve("agent");
        Process agent = asUser("ssh-agent", "-D", "-a", socket.toString()).start();
        try {
            SshAgent.awaitListening(socket);
            for (String name : List.of("workers", "hosts")) {
                ProcessBuilder add = asUser("ssh-add", "-q", home.resolve(name).toString());
                add.environment().put("SSH_AUTH_SOCK", socket.toString());
                assertThat(add.start().waitFor()).isZero();
            }
            environment.put("SSH_AUTH_SOCK", socket.toString());
            environment.put("JET_SSH_KEY_COMMENT", "hosts");

            int exit = end(start(List.of(), "--limit-groups", "other"));

            assertThat(exit).as(said()).isZero();
            assertThat(said()).contains("takes hosts of hosts", "changes nothing");
        } finally {
            agent.destroy();
            assertThat(agent.waitFor(3, TimeUnit.MINUTES)).isTrue(); // it removes its socket
        }
    }

    private static ProcessBuilder asUser(String... words) {
        List<String> command = new ArrayList<>(TestUser.prefix());
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }

    private static List<String> jobs(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve(".jet-fanout"))) {
            return files.filter(file -> file.endsWith("exit"))
                    .map(file -> file.getParent().getFileName().toString())
                    .toList();
        }
    }

    @Test
    void aRunnerThatIsNotThereIsAnError() throws Exception {
        Files.delete(home.resolve("jetp"));
        int exit = end(start(List.of(), "--limit-groups", "other"));
        assertThat(exit).as(said()).isEqualTo(4);
        assertThat(said())
                .contains(home.resolve("jetp") + ": not found on the worker, or not executable");
    }

    @Test
    void anInterruptEndsTheJob() throws Exception {
        write("wait", "");
        // of a test that was killed, for instance
        List<Long> others = sleepers();
        Process run = start(List.of(), "--limit-groups", "other");
        // it speaks before it sleeps
        Waiting.until("the runner sleeps", () -> !others.containsAll(sleepers()));
        Programs.ok("kill", "-INT", Long.toString(run.pid()));
        assertThat(end(run)).as(said()).isEqualTo(130);
        Waiting.until("the runner has ended", () -> others.containsAll(sleepers()));
    }

    private static List<Long> sleepers() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("sleep 1234"))
                .map(ProcessHandle::pid)
                .toList();
    }

    @Test
    void rootIsRefusedBeforeAnythingIsSent() throws Exception {
        int exit = end(start(List.of("-Duser.name=root"), "--limit-groups", "other"));
        assertThat(exit).as(said()).isEqualTo(78);
        assertThat(said())
                .contains("jet-fanout never works as root on a worker: run jet-fanout as another");
        assertThat(home.resolve(".jet-fanout")).doesNotExist();
    }
}
