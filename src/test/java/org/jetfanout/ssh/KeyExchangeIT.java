package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.AcceptAllPublickeyAuthenticator;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.ssh.keys.JdkEd25519;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.SshTestBed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which algorithms are agreed on, with OpenSSH's sshd; ML-KEM, which that need not have, with
 * MINA's.
 */
class KeyExchangeIT {
    @TempDir Path folder;
    private SshTestBed bed;
    private Keys.Pair key;

    @BeforeEach
    void makeBed() {
        bed = new SshTestBed(folder);
        key = Keys.ed25519(folder, "key");
    }

    private Encryption agreed(Destination worker) {
        try (SshConnections connections = new SshConnections(bed.files(key));
                SshSession session =
                        connections.open(worker, SshTestBed.PATIENT, Optional.empty())) {
            return session.encryption();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sntrup761x25519-sha512@openssh.com",
                "curve25519-sha256",
                "curve25519-sha256@libssh.org",
                "ecdh-sha2-nistp521",
                "diffie-hellman-group-exchange-sha256",
                "diffie-hellman-group14-sha256",
                "diffie-hellman-group18-sha512",
            })
    void aServerThatTakesNothingElseWorks(String only) throws IOException {
        try (OpenSshServer server =
                OpenSshServer.at("127.0.0.2")
                        .authorize(key)
                        .option("KexAlgorithms " + only)
                        .start()) {
            bed.knows(server);
            Encryption agreed = agreed(server.destination("w1"));
            assertThat(agreed.keyExchange()).isEqualTo(only);
            assertThat(agreed.postQuantum()).isEqualTo(only.startsWith("sntrup"));
        }
    }

    @Test
    void openSshsOwnDefaultIsAgreedOnAsOpenSshWould() throws IOException {
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key).start()) {
            bed.knows(server);
            String theirs =
                    Programs.run(
                                    Map.of(),
                                    "ssh",
                                    "-v",
                                    "-F",
                                    "/dev/null",
                                    "-o",
                                    "UserKnownHostsFile=" + bed.knownHosts(),
                                    "-o",
                                    "BatchMode=yes",
                                    "-i",
                                    key.file().toString(),
                                    "-p",
                                    Integer.toString(server.port()),
                                    "-l",
                                    OpenSshServer.loginUser(),
                                    server.address(),
                                    "true")
                            .output();
            assertThat(theirs)
                    .contains(
                            "kex: algorithm: "
                                    + agreed(server.destination("w1")).keyExchange()
                                    + "\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mlkem768x25519-sha256",
                "sntrup761x25519-sha512",
                "mlkem768nistp256-sha256",
            })
    void postQuantumWithAServerThatTakesNothingElse(String only) throws IOException {
        Files.writeString(bed.config(), "KexAlgorithms +mlkem768nistp256-sha256\n");
        JdkEd25519.install();
        Keys.Pair host = Keys.ed25519(folder, "host");
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.7");
        server.setKeyPairProvider(new FileKeyPairProvider(host.file()));
        server.setPublickeyAuthenticator(AcceptAllPublickeyAuthenticator.INSTANCE);
        server.setKeyExchangeFactories(
                NamedFactory.setUpTransformedFactories(
                        true,
                        List.of(BuiltinDHFactories.fromFactoryName(only)),
                        ServerBuilder.DH2KEX));
        server.start();
        try {
            Files.writeString(
                    bed.knownHosts(), "[127.0.0.7]:" + server.getPort() + " " + host.blob());
            Encryption agreed = agreed(new Destination("w1", "127.0.0.7", server.getPort(), "fan"));
            assertThat(agreed.keyExchange()).isEqualTo(only);
            assertThat(agreed.postQuantum()).isTrue();
        } finally {
            server.stop(true);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "KexAlgorithms ecdh-sha2-nistp384 | ecdh-sha2-nistp384 | | |",
                "KexAlgorithms ^ecdh-sha2-nistp256 | ecdh-sha2-nistp256 | | |",
                "KexAlgorithms -sntrup*,mlkem* | curve25519-sha256 | | |",
                "Ciphers aes256-ctr\\nMACs hmac-sha2-512 | | | aes256-ctr | hmac-sha2-512",
                "Ciphers ^chacha20-poly1305@openssh.com | | | chacha20-poly1305@openssh.com | aead",
                "HostKeyAlgorithms rsa-sha2-256 | | rsa-sha2-256 | |",
                "HostKeyAlgorithms -*ed25519* | | rsa-sha2-512 | |",
                "Match originalhost 127.0.0.2\\n"
                        + "KexAlgorithms ecdh-sha2-nistp521 | ecdh-sha2-nistp521 | | |",
            })
    void sshConfigChoosesAlgorithms(
            String config, String keyExchange, String hostKey, String cipher, String mac)
            throws IOException {
        try (OpenSshServer server =
                OpenSshServer.at("127.0.0.2")
                        .authorize(key)
                        .hostKey("-t", "ed25519")
                        .hostKey("-t", "rsa", "-b", "2048")
                        .start()) {
            bed.knows(server);
            Files.writeString(bed.config(), config.replace("\\n", "\n") + "\n");
            Encryption agreed = agreed(server.destination("w1"));
            if (keyExchange != null) {
                assertThat(agreed.keyExchange()).isEqualTo(keyExchange);
            }
            if (hostKey != null) {
                assertThat(agreed.hostKey()).isEqualTo(hostKey);
            }
            if (cipher != null) {
                assertThat(agreed.cipher()).isEqualTo(cipher);
                assertThat(agreed.mac()).isEqualTo(mac);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "KexAlgorithms curve25519-sha256 | KexAlgorithms ecdh-sha2-nistp256 | key exchange"
                        + " algorithm (it has ecdh-sha2-nistp256",
                "Ciphers aes256-ctr | Ciphers aes128-ctr | cipher (it has aes128-ctr",
                "Ciphers aes128-ctr\\n"
                        + "MACs hmac-sha2-512 | MACs hmac-sha2-256 | MAC (it has hmac-sha2-256",
                "HostKeyAlgorithms rsa-sha2-512 | # none | host key algorithm (it has ssh-ed25519",
            })
    void whatCannotBeAgreedOnIsSaid(String ours, String theirs, String said) throws IOException {
        try (OpenSshServer server =
                OpenSshServer.at("127.0.0.2").authorize(key).option(theirs).start()) {
            bed.knows(server);
            Files.writeString(bed.config(), ours.replace("\\n", "\n") + "\n");
            assertThatThrownBy(() -> agreed(server.destination("w1")))
                    .isInstanceOfSatisfying(
                            WorkerUnreachableException.class,
                            e -> assertThat(e.reason()).isEqualTo(Cause.KEY_EXCHANGE))
                    .hasMessageContaining("key exchange failed: no common " + said);
        }
    }

    @Test
    void sshConfigSaysWhichKeysLogIn() throws IOException {
        Keys.Pair rsa = Keys.generate(folder, "rsa", "", "-t", "rsa", "-b", "2048");
        try (OpenSshServer server = OpenSshServer.at("127.0.0.2").authorize(key, rsa).start()) {
            bed.knows(server);
            for (String[] rule :
                    new String[][] {
                        {"PubkeyAcceptedAlgorithms rsa-sha2-512", rsa.fingerprint()},
                        {"PubkeyAcceptedAlgorithms -rsa*", key.fingerprint()},
                        {"RequiredRSASize 4096", key.fingerprint()},
                    }) {
                Files.writeString(bed.config(), rule[0] + "\n");
                try (SshConnections connections = new SshConnections(bed.files(rsa, key));
                        SshSession session =
                                connections.open(
                                        server.destination("w1"),
                                        SshTestBed.PATIENT,
                                        Optional.empty())) {
                    assertThat(session.loginKey()).as(rule[0]).isEqualTo(rule[1]);
                }
            }
        }
    }

    @Test
    void sshConfigSaysHowLongAHostKeyMustBe() throws IOException {
        try (OpenSshServer server =
                OpenSshServer.at("127.0.0.2")
                        .authorize(key)
                        .hostKey("-t", "rsa", "-b", "2048")
                        .start()) {
            bed.knows(server);
            Files.writeString(bed.config(), "RequiredRSASize 3072\n");
            assertThatThrownBy(() -> agreed(server.destination("w1")))
                    .hasMessageContaining(
                            "its host key has 2048 bits, but RequiredRSASize of ssh_config"
                                    + " requires 3072");
        }
    }
}
