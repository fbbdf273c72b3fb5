package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.testkit.Flights;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many flights a command takes, against OpenSSH's sshd: version and algorithms; key exchange;
 * login and channel; the command. Each is a round trip, and the connection itself is one more.
 */
class LoginFlightsIT {
    private static final int LEAST = 4;

    /** Where a machine is busy, some attempts count too many; none counts too few. */
    private static final int ATTEMPTS = 10;

    @TempDir Path folder;
    private SshTestBed bed;
    private Keys.Pair key;
    private Keys.Pair other;

    @BeforeEach
    void makeBed() {
        bed = new SshTestBed(folder);
        key = Keys.ed25519(folder, "key");
        other = Keys.ed25519(folder, "other");
    }

    /** A command at a worker, by connections of its own or those of earlier ones. */
    private interface Attempt {
        void run(Destination worker) throws IOException;
    }

    private int flights(Attempt attempt) throws IOException {
        int least = Integer.MAX_VALUE;
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start();
                Flights proxy = Flights.before(server.address(), server.port())) {
            for (String line : server.knownHostsLines()) {
                Files.writeString(
                        bed.knownHosts(),
                        line.replace("]:" + server.port() + " ", "]:" + proxy.port() + " ") + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            }
            Destination worker =
                    new Destination(
                            "w1", server.address(), proxy.port(), OpenSshServer.loginUser());
            for (int i = 0; i < ATTEMPTS && least > LEAST; i++) {
                attempt.run(worker);
                least = Math.min(least, proxy.counts().get(proxy.counts().size() - 1));
            }
        }
        return least;
    }

    private static void run(SshSettings settings, Destination worker) {
        try (SshConnections connections = new SshConnections(settings)) {
            echo(connections, worker);
        }
    }

    private static void echo(SshConnections connections, Destination worker) {
        assertThat(SshTestBed.run(connections, worker, "echo in")).isEqualTo("in\n");
    }

    @Test
    void theOnlyKeyIsNotAskedFor() throws IOException {
        assertThat(flights(worker -> run(bed.files(key), worker))).isEqualTo(LEAST);
        try (SshAgent agent = SshAgent.start(key)) {
            assertThat(flights(worker -> run(bed.agent(agent), worker))).isEqualTo(LEAST);
        }
    }

    @Test
    void theOnlyKeyThatIsNamedIsNotAskedFor() throws IOException {
        try (SshAgent agent = SshAgent.start(other, key)) {
            assertThat(flights(worker -> run(bed.agent(agent, key), worker))).isEqualTo(LEAST);
        }
    }

    @Test
    void theOnlyKeyThatIsNotForHostsIsNotAskedFor() throws IOException {
        ShownKeys hosts = ShownKeys.named(List.of(other.fingerprint()));
        try (SshAgent agent = SshAgent.start(key, other)) {
            assertThat(
                            flights(
                                    worker -> {
                                        try (SshConnections connections =
                                                        new SshConnections(bed.agent(agent));
                                                SshSession session =
                                                        connections.open(
                                                                worker,
                                                                SshTestBed.PATIENT,
                                                                Optional.of(
                                                                        SshTestBed.policy(
                                                                                "g",
                                                                                hosts,
                                                                                signature -> {})))) {
                                            assertThat(
                                                            SshTestBed.output(
                                                                    session.exec(
                                                                            "echo in",
                                                                            Optional.empty())))
                                                    .isEqualTo("in\n");
                                        }
                                    }))
                    .isEqualTo(LEAST);
        }
    }

    /** Of several keys that say nothing, each is asked for, as OpenSSH's client does. */
    @Test
    void aKeyThatHasLoggedInIsNotAskedForAgain() throws IOException {
        try (SshAgent agent = SshAgent.start(key, other)) {
            assertThat(flights(worker -> run(bed.agent(agent), worker))).isEqualTo(LEAST + 1);
            try (SshConnections connections = new SshConnections(bed.agent(agent))) {
                assertThat(
                                flights(
                                        worker -> {
                                            echo(connections, worker);
                                            echo(connections, worker);
                                        }))
                        .isEqualTo(LEAST);
            }
        }
    }

    /** The server does not know the question for a channel behind a login that it refuses. */
    @Test
    void aLikelyKeyThatIsRefusedIsFollowedByTheOthers() throws IOException {
        try (SshAgent agent = SshAgent.start(key)) {
            assertThat(flights(worker -> run(bed.agent(agent, other), worker)))
                    .isEqualTo(LEAST + 2);
        }
    }
}
