package org.jetfanout.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests share the processes of the machine, but each sees and ends only its own. */
class MachineProcessIT {
    /** Starts a program that sleeps in the background, in a session of its own. */
    private static final String DETACHED = "setsid sleep 1000 </dev/null >/dev/null 2>&1 & echo";

    private static void onMachine(Keys.Pair key, String address, int port, String command) {
        Programs.ok(
                "ssh",
                "-Fnone",
                "-i",
                key.file().toString(),
                "-oIdentitiesOnly=yes",
                "-oStrictHostKeyChecking=no",
                "-oUserKnownHostsFile=/dev/null",
                "-p",
                Integer.toString(port),
                TestUser.name() + "@" + address,
                command);
    }

    private static List<MachineProcess> sleeping(List<MachineProcess> processes) {
        return processes.stream()
                .filter(process -> process.commandLine().contains("sleep 1000"))
                .toList();
    }

    @Test
    void aFleetSeesAndEndsItsOwnProcessesOnly() throws IOException {
        Process foreign =
                new ProcessBuilder("bash", "-c", "exec -a x.jet-fanout/ansible.sh sleep 1000")
                        .start();
        try (Fleet other = Fleet.start(226, 1)) {
            onMachine(other.workerKey(), other.worker(1), other.port(), DETACHED);
            Fleet fleet = Fleet.start(232, 1);
            try {
                assertThat(fleet.processesOfWorkers()).isEmpty();
                onMachine(fleet.workerKey(), fleet.worker(1), fleet.port(), DETACHED);
                onMachine(
                        fleet.hostKey(), fleet.host(1), fleet.hostPort(), "cd; env -i " + DETACHED);
                // frozen, with neither home nor folder there
                onMachine(
                        fleet.workerKey(),
                        fleet.worker(1),
                        fleet.port(),
                        "cd /; env -i setsid sh -c 'kill -STOP $$; sleep 1000 #'$HOME"
                                + " </dev/null >/dev/null 2>&1 & echo");
                Waiting.until("all run", () -> sleeping(fleet.processesOfWorkers()).size() == 2);
                assertThat(sleeping(fleet.processesOfHosts())).hasSize(1);
                assertThat(sleeping(other.processesOfWorkers())).hasSize(1);
            } finally {
                fleet.close();
            }
            assertThat(fleet.processesOfWorkers()).isEmpty();
            assertThat(fleet.processesOfHosts()).isEmpty();
            assertThat(sleeping(other.processesOfWorkers())).hasSize(1);
            assertThat(foreign.isAlive()).isTrue();
        } finally {
            foreign.destroyForcibly();
        }
    }

    @Test
    void aServerEndsWhatItsLoginsLeave(@TempDir Path folder) throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        OpenSshServer server = OpenSshServer.at("127.0.234.9").authorize(key).start();
        onMachine(key, server.address(), server.port(), DETACHED);
        assertThat(sleepingThrough(server)).hasSize(1);
        server.close();
        assertThat(sleepingThrough(server)).isEmpty();
    }

    private static List<MachineProcess> sleepingThrough(OpenSshServer server) {
        return sleeping(MachineProcess.all()).stream()
                .filter(process -> process.cameThrough(server.address(), server.port()))
                .toList();
    }

    @Test
    void whatIsLeftIsNamed() {
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () ->
                                        Waiting.untilNone(
                                                "no process is left",
                                                java.time.Duration.ofMillis(50),
                                                () ->
                                                        List.of(
                                                                new MachineProcess(
                                                                        17, "sleep 9", "", "/")))))
                .hasMessage("no process is left: [17 sleep 9]");
    }

    @Test
    void aHomeIsNotTheOneWithALongerName() {
        Path home = Path.of("/tmp/jetit7/127.0.1.1");
        assertThat(new MachineProcess(7, "sh /tmp/jetit7/127.0.1.12/x", "", "/").belongsTo(home))
                .isFalse();
        assertThat(
                        new MachineProcess(7, "sh x", "\0HOME=/tmp/jetit7/127.0.1.12\0", "")
                                .belongsTo(home))
                .isFalse();
        assertThat(
                        new MachineProcess(7, "sh x", "\0HOME=/tmp/jetit7/127.0.1.1\0", "")
                                .belongsTo(home))
                .isTrue();
        assertThat(new MachineProcess(7, "sh x", "", "/tmp/jetit7/127.0.1.1/y").belongsTo(home))
                .isTrue();
        assertThat(
                        new MachineProcess(7, "ssh: /tmp/jetit7/127.0.1.1/cp/x [mux]", "", "/")
                                .belongsTo(home))
                .isTrue();
    }
}
