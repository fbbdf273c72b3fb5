package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.testkit.BlackHole;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identities and ssh_config, against OpenSSH's sshd. */
class LoginIT {
    @TempDir Path folder;
    private SshTestBed bed;

    @BeforeEach
    void makeBed() {
        bed = new SshTestBed(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-t ed25519",
                "-t ecdsa -b 256",
                "-t ecdsa -b 521",
                "-t rsa -b 2048",
                "-t rsa -b 2048 -m PEM",
                "-t ecdsa -b 256 -m PEM",
                "-t rsa -b 2048 -m PKCS8",
            })
    void logsInWithEveryKindOfKeyFromFileAndFromAgent(String kind) throws IOException {
        Keys.Pair key = Keys.generate(folder, "key", "", kind.split(" ", -1));
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start();
                SshAgent agent = SshAgent.start(key)) {
            bed.knows(server);
            for (SshSettings settings : List.of(bed.files(key), bed.agent(agent))) {
                try (SshConnections connections = new SshConnections(settings)) {
                    Destination worker = server.destination("w1");
                    assertThat(SshTestBed.run(connections, worker, "id -un"))
                            .isEqualTo(OpenSshServer.loginUser() + "\n");
                }
            }
        }
    }

    @Test
    void pemWithoutPublicFileLogsIn() throws IOException {
        Keys.Pair key = Keys.generate(folder, "key", "", "-t", "rsa", "-b", "2048", "-m", "PEM");
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start()) {
            bed.knows(server);
            Files.delete(Path.of(key.file() + ".pub"));
            try (SshConnections connections = new SshConnections(bed.files(key))) {
                assertThat(SshTestBed.run(connections, server.destination("w1"), "echo in"))
                        .isEqualTo("in\n");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-t ed25519", "-t rsa -b 2048 -m PEM"})
    void asksForThePassphraseOnceForAllWorkers(String kind) throws IOException {
        Keys.Pair key = Keys.generate(folder, "key", "open sesame", kind.split(" ", -1));
        AtomicInteger asked = new AtomicInteger();
        PassphrasePrompt prompt =
                question -> {
                    assertThat(question).contains(key.file().toString());
                    return Optional.of(
                            (asked.incrementAndGet() == 1 ? "a typo" : "open sesame")
                                    .toCharArray());
                };
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start();
                SshConnections connections =
                        new SshConnections(bed.settings(Optional.empty(), prompt, key))) {
            bed.knows(server);
            for (int i = 0; i < 3; i++) {
                assertThat(SshTestBed.run(connections, server.destination("w" + i), "echo in"))
                        .isEqualTo("in\n");
            }
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void encryptedKeyWithoutTerminalIsAClearError() throws IOException {
        Keys.Pair key = Keys.generate(folder, "key", "open sesame", "-t", "ed25519");
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start();
                SshConnections connections = new SshConnections(bed.files(key))) {
            bed.knows(server);
            assertThatThrownBy(() -> SshTestBed.run(connections, server.destination("w1"), "true"))
                    .isInstanceOfSatisfying(
                            WorkerUnreachableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Cause.AUTHENTICATION))
                    .hasMessageStartingWith("worker w1 (127.0.0.2:" + server.port() + "): ")
                    .hasMessageContaining(
                            "no terminal to ask for its passphrase: add it with" + " ssh-add");
        }
    }

    @Test
    void encryptedKeyThatTheServerDoesNotWantIsNotAskedFor() throws IOException {
        Keys.Pair wanted = Keys.ed25519(folder, "wanted");
        Keys.Pair encrypted = Keys.generate(folder, "other", "secret", "-t", "ed25519");
        PassphrasePrompt prompt =
                question -> {
                    throw new AssertionError("asked: " + question);
                };
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(wanted).start();
                SshConnections connections =
                        new SshConnections(
                                bed.settings(Optional.empty(), prompt, encrypted, wanted))) {
            bed.knows(server);
            assertThat(SshTestBed.run(connections, server.destination("w1"), "echo in"))
                    .isEqualTo("in\n");
        }
    }

    @Test
    void namedKeyComesBeforeAFullAgent() throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        try (OpenSshServer server =
                        OpenSshServer.at("127.0.0.2")
                                .authorize(key)
                                .option("MaxAuthTries 2")
                                .start();
                SshAgent agent = SshAgent.start()) {
            for (int i = 0; i < 4; i++) {
                agent.add(Keys.ed25519(folder, "other" + i));
            }
            agent.add(key);
            bed.knows(server);
            Destination worker = server.destination("w1");
            try (SshConnections named = new SshConnections(bed.agent(agent, key))) {
                assertThat(SshTestBed.run(named, worker, "echo in")).isEqualTo("in\n");
            }
            try (SshConnections unnamed = new SshConnections(bed.agent(agent))) {
                assertThatThrownBy(() -> SshTestBed.run(unnamed, worker, "true"))
                        .hasMessageContaining("no key accepted for user")
                        .hasMessageContaining("MaxAuthTries");
            }
        }
    }

    @Test
    void saysWhichKeysWereOfferedAndWhyOthersWereNot() throws IOException {
        Keys.Pair wrong = Keys.ed25519(folder, "wrong");
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").start();
                SshAgent agent = SshAgent.start(wrong)) {
            bed.knows(server);
            Path missing = folder.resolve("missing");
            SshSettings settings = bed.agent(agent, new Keys.Pair(missing));
            try (SshConnections connections = new SshConnections(settings)) {
                assertThatThrownBy(
                                () -> SshTestBed.run(connections, server.destination("w1"), "true"))
                        .isInstanceOf(WorkerUnreachableException.class)
                        .hasMessage(
                                "worker w1 (127.0.0.2:%d): no key accepted for user %s: offered %s"
                                        + " (agent); not used: %s: no such file",
                                server.port(),
                                OpenSshServer.loginUser(),
                                wrong.fingerprint(),
                                missing);
            }
        }
    }

    @Test
    void noKeyAtAllIsSaidBeforeConnecting() throws IOException {
        try (SshConnections connections = new SshConnections(bed.files())) {
            assertThatThrownBy(
                            () ->
                                    SshTestBed.run(
                                            connections,
                                            new Destination("w1", "127.0.0.2", 2222, "fan"),
                                            "true"))
                    .isInstanceOf(WorkerUnreachableException.class)
                    .hasMessage(
                            "worker w1 (127.0.0.2:2222): no ssh-agent (SSH_AUTH_SOCK is not set)"
                                    + " and no identity file");
        }
    }

    @Test
    void rootIsRefusedByNameAlsoFromSshConfig() throws IOException {
        Files.writeString(bed.config(), "Host w2\n  User root\n");
        Keys.Pair key = Keys.ed25519(folder, "key");
        try (SshConnections connections = new SshConnections(bed.files(key))) {
            for (Destination worker :
                    List.of(
                            new Destination("w1", "127.0.0.2", 1, "root"),
                            new Destination("w2", "w2", 1, ""))) {
                assertThatThrownBy(() -> SshTestBed.run(connections, worker, "true"))
                        .isInstanceOfSatisfying(
                                WorkerUnreachableException.class,
                                e -> assertThat(e.reason()).isEqualTo(Cause.CONFIGURATION))
                        .hasMessageStartingWith("worker " + worker.name() + " (")
                        .hasMessageContaining("jet-fanout never logs in as root");
            }
        }
    }

    @Test
    void sshConfigGivesHostNamePortUserAndKey() throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start();
                SshAgent agent = SshAgent.start(Keys.ed25519(folder, "other"))) {
            bed.knows(server);
            Files.writeString(
                    folder.resolve("included"),
                    """
                    Host alias
                      Port %d
                    """
                            .formatted(server.port()));
            Files.writeString(
                    bed.config(),
                    """
                    Include included
                    Match user nobody
                      HostName 127.9.9.9
                    Host alias
                      HostName 127.0.0.2
                      User %s
                      IdentityFile %s
                      IdentitiesOnly yes
                    Host *
                      User nobody
                    """
                            .formatted(OpenSshServer.loginUser(), key.file()));
            try (SshConnections connections = new SshConnections(bed.agent(agent))) {
                Destination worker = new Destination("w1", "alias", 0, "");
                assertThat(SshTestBed.run(connections, worker, "id -un"))
                        .isEqualTo(OpenSshServer.loginUser() + "\n");
                assertThat(server.log()).contains(key.fingerprint()).doesNotContain("Failed");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Match originalhost alias\n  HostName 127.0.0.3\nHost *\n  HostName 127.0.0.2",
                "Host other\n  Include to-2\nHost alias\n  HostName 127.0.0.3",
                "Host alias\n  Include to-3\nHost *\n  HostName 127.0.0.2",
                "Match exec \"test %n = alias\"\n  HostName 127.0.0.3\nHost *\n  HostName 127.0.0.2",
            })
    void logsInToTheMachineThatSshWouldLogInTo(String text) throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        try (OpenSshServer two = OpenSshServer.at("127.0.0.2").authorize(key).start();
                OpenSshServer three =
                        OpenSshServer.at("127.0.0.3").port(two.port()).authorize(key).start();
                SshConnections connections = new SshConnections(bed.files(key))) {
            bed.knows(two, three);
            Files.writeString(folder.resolve("to-2"), "HostName 127.0.0.2\n");
            Files.writeString(folder.resolve("to-3"), "HostName 127.0.0.3\n");
            String usual = "Port " + two.port() + "\nUser " + OpenSshServer.loginUser() + "\n";
            Files.writeString(bed.config(), usual + text + "\n");
            Destination worker = new Destination("w1", "alias", 0, "");
            assertThat(SshTestBed.run(connections, worker, "echo $SSH_CONNECTION"))
                    .contains("127.0.0.3 " + three.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"beside", "CertificateFile", "agent", "agent and CertificateFile"})
    void logsInWithACertificate(String way) throws IOException {
        Keys.Pair authority = Keys.ed25519(folder, "authority");
        Keys.Pair key = Keys.generate(folder, "key", "", "-t", "rsa", "-b", "2048");
        Programs.ok(
                "ssh-keygen",
                "-q",
                "-s",
                authority.file().toString(),
                "-I",
                "someone",
                "-n",
                OpenSshServer.loginUser(),
                key.file() + ".pub");
        Path certificate = Path.of(key.file() + "-cert.pub");
        if (way.contains("CertificateFile")) {
            Path elsewhere = Files.move(certificate, folder.resolve("my cert.pub"));
            Files.writeString(bed.config(), "CertificateFile \"" + elsewhere + "\"\n");
        }
        Path trusted = Path.of(authority.file() + ".pub");
        try (OpenSshServer server =
                        OpenSshServer.at("127.0.0.2")
                                .option("TrustedUserCAKeys " + trusted)
                                .start();
                SshAgent agent = SshAgent.start()) {
            bed.knows(server);
            if (way.startsWith("agent")) {
                agent.add(key); // with the certificate, if it is beside
            }
            SshSettings settings = way.startsWith("agent") ? bed.agent(agent) : bed.files(key);
            try (SshConnections connections = new SshConnections(settings)) {
                assertThat(SshTestBed.run(connections, server.destination("w1"), "echo in"))
                        .isEqualTo("in\n");
                assertThat(server.log()).contains("ID someone");
            }
        }
    }

    @Test
    void identityAgentNamesAnAgentWhereTheEnvironmentHasNone() throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start();
                SshAgent agent = SshAgent.start(key)) {
            bed.knows(server);
            Path link = Files.createSymbolicLink(folder.resolve("an agent"), agent.socket());
            Files.writeString(bed.config(), "IdentityAgent \"" + link + "\"\n");
            try (SshConnections connections = new SshConnections(bed.files())) {
                assertThat(SshTestBed.run(connections, server.destination("w1"), "echo in"))
                        .isEqualTo("in\n");
            }
            Files.writeString(bed.config(), "IdentityAgent none\n");
            try (SshConnections connections = new SshConnections(bed.agent(agent))) {
                assertThatThrownBy(
                                () -> SshTestBed.run(connections, server.destination("w1"), "true"))
                        .hasMessageContaining("no ssh-agent");
            }
        }
    }

    @Test
    void sshConfigNamesTheFilesOfKnownHosts() throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start();
                SshConnections connections = new SshConnections(bed.files(key))) {
            bed.knows(server);
            Path others = Files.move(bed.knownHosts(), folder.resolve("others"));
            Files.writeString(
                    bed.config(),
                    "Host 127.0.0.2\n UserKnownHostsFile " + folder + "/none " + others + "\n");
            assertThat(SshTestBed.run(connections, server.destination("w1"), "echo in"))
                    .isEqualTo("in\n");
        }
    }

    @Test
    void triesAllAddressesOfANameEachWithAllOfTheTime() throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        Deadlines deadlines = new Deadlines(Duration.ofSeconds(12), Duration.ofMinutes(1));
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start();
                BlackHole hole = BlackHole.at("127.0.0.9", server.port());
                ServerSocket mute =
                        new ServerSocket(server.port(), 5, InetAddress.getByName("127.0.0.10"))) {
            // known by the name that is asked for, whatever the address
            Files.writeString(
                    bed.knownHosts(),
                    "[worker.example]:" + server.port() + " " + server.hostKeys().get(0).blob());
            Destination worker =
                    new Destination(
                            "w1", "worker.example", server.port(), OpenSshServer.loginUser());
            String muteOne = mute.getInetAddress().getHostAddress();
            String[] some = {hole.address(), "127.0.0.11", muteOne, "127.0.0.2"};
            try (SshConnections connections =
                            new SshConnections(bed.files(key), name -> addresses(some));
                    SshSession session = connections.open(worker, deadlines, Optional.empty())) {
                assertThat(SshTestBed.output(session.exec("echo in", Optional.empty())))
                        .isEqualTo("in\n");
            }
            String[] dead = {hole.address(), "127.0.0.11"};
            try (SshConnections connections =
                    new SshConnections(bed.files(key), name -> addresses(dead))) {
                assertThatThrownBy(() -> connections.open(worker, deadlines, Optional.empty()))
                        .hasMessage(
                                "worker w1 (worker.example:%d): 127.0.0.9: no connection within 12.0 s;"
                                        + " 127.0.0.11: connection refused",
                                server.port());
            }
        }
    }

    private static InetAddress[] addresses(String... texts) throws UnknownHostException {
        InetAddress[] addresses = new InetAddress[texts.length];
        for (int i = 0; i < texts.length; i++) {
            addresses[i] = InetAddress.getByName(texts[i]);
        }
        return addresses;
    }

    @Test
    void jumpsThroughTwoHosts() throws IOException {
        Keys.Pair key = Keys.ed25519(folder, "key");
        try (OpenSshServer first = OpenSshServer.at("127.0.0.2").authorize(key).start();
                OpenSshServer second = OpenSshServer.at("127.0.0.3").authorize(key).start();
                OpenSshServer worker = OpenSshServer.at("127.0.0.4").authorize(key).start()) {
            bed.knows(first, second, worker);
            Files.writeString(
                    bed.config(),
                    """
                    Host worker
                      HostName 127.0.0.4
                      Port %d
                      ProxyJump %s@127.0.0.2:%d,second
                    Host second
                      HostName 127.0.0.3
                      Port %d
                    Host *
                      User %s
                    """
                            .formatted(
                                    worker.port(),
                                    OpenSshServer.loginUser(),
                                    first.port(),
                                    second.port(),
                                    OpenSshServer.loginUser()));
            try (SshConnections connections = new SshConnections(bed.files(key))) {
                Destination destination = new Destination("w1", "worker", 0, "");
                assertThat(SshTestBed.run(connections, destination, "echo $SSH_CONNECTION"))
                        .contains("127.0.0.4 " + worker.port());
                second.stop();
                assertThatThrownBy(() -> SshTestBed.run(connections, destination, "true"))
                        .hasMessageStartingWith("worker w1: jump host second (127.0.0.3:")
                        .isInstanceOf(WorkerUnreachableException.class);
            }
        }
    }
}
