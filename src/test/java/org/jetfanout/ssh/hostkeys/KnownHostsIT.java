package org.jetfanout.ssh.hostkeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ssh.PassphrasePrompt;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.SshFiles;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.ssh.WorkerUnreachableException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.SshTestBed;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our verdict on host keys is that of {@code ssh -o StrictHostKeyChecking=yes}. */
class KnownHostsIT {
    @TempDir static Path folder;
    private static Keys.Pair key;
    private static Keys.Pair other;
    private static Keys.Pair authority;
    private static OpenSshServer plain;
    private static OpenSshServer certified;
    private static OpenSshServer misnamed;

    @BeforeAll
    static void startServers() throws IOException {
        key = Keys.ed25519(folder, "key");
        other = Keys.ed25519(folder, "other");
        authority = Keys.ed25519(folder, "authority");
        plain =
                OpenSshServer.at("127.0.0.2")
                        .authorize(key)
                        .hostKey("-t", "rsa", "-b", "2048")
                        .hostKey("-t", "ecdsa", "-b", "256")
                        .hostKey("-t", "ed25519")
                        .start();
        certified = certifiedServer("127.0.0.3", "127.0.0.3");
        misnamed = certifiedServer("127.0.0.4", "another.example");
    }

    @AfterAll
    static void stopServers() {
        plain.close();
        certified.close();
        misnamed.close();
    }

    private static OpenSshServer certifiedServer(String address, String principal)
            throws IOException {
        Keys.Pair host = Keys.ed25519(folder, "certified" + address);
        Programs.ok(
                "ssh-keygen",
                "-q",
                "-s",
                authority.file().toString(),
                "-I",
                "worker",
                "-h",
                "-n",
                principal,
                "-V",
                "+1d",
                host.file() + ".pub");
        return OpenSshServer.at(address)
                .authorize(key)
                .option("HostKey " + host.file())
                .option("HostCertificate " + host.file() + "-cert.pub")
                .start();
    }

    /** {@code @ED}, {@code @RSA}…: keys of the plain server; {@code P}: its port. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "KNOWN; [127.0.0.2]:P @ED",
                "KNOWN; [127.0.0.2]:P @RSA",
                "KNOWN; [127.0.0.2]:P @ECDSA",
                "KNOWN; 127.0.0.2 @ED",
                "KNOWN; [127.0.0.*]:* @ED",
                "KNOWN; 127.0.0.? @ED",
                "KNOWN; one,[127.0.0.2]:P,two @ED comment",
                "KNOWN; # comment | garbage | [127.0.0.2]:P ssh-ed25519 | [127.0.0.2]:P @ED",
                "KNOWN; @unknown-marker * @ED | [127.0.0.2]:P @ED",
                "KNOWN; [127.0.0.2]:P @OTHER | [127.0.0.2]:P @ED",
                "KNOWN; @revoked * @OTHER | [127.0.0.2]:P @ED",
                "KNOWN; 127.0.0.2 @OTHER | [127.0.0.2]:P @ED",
                "HOST_KEY_UNKNOWN; # nothing",
                "HOST_KEY_UNKNOWN; [127.0.0.2]:1 @ED",
                "HOST_KEY_UNKNOWN; 127.0.0.22 @ED",
                "HOST_KEY_UNKNOWN; 127.0.0.2.evil.example @ED",
                "HOST_KEY_UNKNOWN; [127.0.0.*]:*,![127.0.0.2]:* @ED",
                "HOST_KEY_UNKNOWN; @cert-authority * @ED",
                "HOST_KEY_CHANGED; [127.0.0.2]:P @OTHER",
                "HOST_KEY_CHANGED; 127.0.0.2 @OTHER",
                "HOST_KEY_CHANGED; [127.0.0.2]:P @OTHER | 127.0.0.2 @ED",
                "HOST_KEY_REVOKED; @revoked * @ED | [127.0.0.2]:P @ED",
                "HOST_KEY_REVOKED; [127.0.0.2]:P @ED | @revoked [127.0.0.2]:P @ED",
                "HOST_KEY_REVOKED; @revoked 127.0.0.2 @ED | 127.0.0.2 @ED",
            })
    void judgesPlainKeysAsOpenSshDoes(String verdict, String lines) throws IOException {
        assertSameVerdict(plain, verdict, lines);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "KNOWN; @cert-authority * @CA",
                "KNOWN; @cert-authority [127.0.0.3]:* @CA",
                "KNOWN; 127.0.0.3 @HOST",
                "HOST_KEY_UNKNOWN; @cert-authority other.example @CA",
                "HOST_KEY_UNKNOWN; @cert-authority * @OTHER",
                "HOST_KEY_UNKNOWN; * @CA2",
                "HOST_KEY_REVOKED; @cert-authority * @CA | @revoked * @CA",
                "HOST_KEY_REVOKED; @cert-authority * @CA | @revoked * @HOST",
            })
    void judgesCertificatesAsOpenSshDoes(String verdict, String lines) throws IOException {
        String[] parts = lines.split("CA2", -1);
        assertSameVerdict(
                certified,
                parts.length > 1 ? "HOST_KEY_CHANGED" : verdict,
                String.join("CA", parts));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "HOST_KEY_UNKNOWN; @cert-authority * @CA",
                "KNOWN; @cert-authority * @CA | 127.0.0.4 @HOST",
            })
    void certificateForAnotherNameCountsAsPlainKey(String verdict, String lines)
            throws IOException {
        assertSameVerdict(misnamed, verdict, lines);
    }

    @Test
    void findsHashedNames() throws IOException {
        Path file = write(plain, "[127.0.0.2]:P @ED");
        Programs.ok("ssh-keygen", "-q", "-H", "-f", file.toString());
        assertThat(Files.readString(file)).startsWith("|1|");
        assertThat(ours(plain, file)).isEqualTo("KNOWN");
        assertThat(ours(plain, write(plain, "|1|broken|| @ED"))).isEqualTo("HOST_KEY_UNKNOWN");
    }

    @Test
    void readsSeveralFiles() throws IOException {
        Path first = write(plain, "elsewhere @OTHER");
        Path second = write(plain, "[127.0.0.2]:P @ED");
        assertThat(ours(plain, folder.resolve("no such file"), first, second)).isEqualTo("KNOWN");
    }

    @Test
    void unknownKeyComesWithTheLineToAdd() throws IOException {
        Path file = write(plain, "# nothing");
        assertThatThrownBy(() -> connect(plain, file))
                .hasMessageContaining(
                        "worker w1 (127.0.0.2:" + plain.port() + "): host key unknown")
                .hasMessageContaining("Check this fingerprint")
                .satisfies(
                        e -> {
                            String message = e.getMessage();
                            String line =
                                    message.substring(message.lastIndexOf("known_hosts: ") + 13);
                            Files.writeString(file, line + "\n");
                        });
        assertThat(ours(plain, file)).isEqualTo("KNOWN");
    }

    @Test
    void hostKeyAliasIsTheNameThatCounts() throws IOException {
        Path known = write(plain, "the-worker @ED");
        Path config = folder.resolve("alias_config");
        Files.writeString(config, "Host w\n HostName 127.0.0.2\n HostKeyAlias The-Worker\n");
        SshFiles files =
                new SshFiles(
                        List.of(known),
                        List.of(config),
                        List.of(key.file()),
                        List.of(),
                        Optional.empty());
        try (SshConnections connections =
                new SshConnections(SshSettings.of(files, PassphrasePrompt.none()))) {
            Destination worker =
                    new Destination("w1", "w", plain.port(), OpenSshServer.loginUser());
            assertThat(SshTestBed.run(connections, worker, "echo in")).isEqualTo("in\n");
        }
    }

    private static void assertSameVerdict(OpenSshServer server, String verdict, String lines)
            throws IOException {
        Path file = write(server, lines);
        assertThat(ours(server, file)).isEqualTo(verdict);
        assertThat(openSsh(server, file)).as("ssh agrees").isEqualTo(verdict.equals("KNOWN"));
    }

    private static Path write(OpenSshServer server, String lines) throws IOException {
        Path file = Files.createTempFile(folder, "known_hosts", "");
        String text =
                lines.replace(" | ", "\n")
                        .replace("]:P", "]:" + server.port())
                        .replace("@OTHER", other.blob())
                        .replace("@CA", authority.blob())
                        .replace("@RSA", plain.hostKeys().get(0).blob())
                        .replace("@ECDSA", plain.hostKeys().get(1).blob())
                        .replace("@ED", plain.hostKeys().get(2).blob());
        if (text.contains("@HOST")) {
            Path certifiedKey = folder.resolve("certified" + server.address());
            text = text.replace("@HOST", new Keys.Pair(certifiedKey).blob());
        }
        Files.writeString(file, text + "\n");
        return file;
    }

    private static String ours(OpenSshServer server, Path... knownHosts) {
        try {
            connect(server, knownHosts);
            return "KNOWN";
        } catch (WorkerUnreachableException e) {
            assertThat(e.reason())
                    .as(e.getMessage())
                    .isIn(Cause.HOST_KEY_UNKNOWN, Cause.HOST_KEY_CHANGED, Cause.HOST_KEY_REVOKED);
            return e.reason().name();
        }
    }

    private static void connect(OpenSshServer server, Path... knownHosts) {
        SshFiles files =
                new SshFiles(
                        List.of(knownHosts),
                        List.of(),
                        List.of(key.file()),
                        List.of(),
                        Optional.empty());
        try (SshConnections connections =
                new SshConnections(SshSettings.of(files, PassphrasePrompt.none()))) {
            SshTestBed.run(connections, server.destination("w1"), "true");
        }
    }

    private static boolean openSsh(OpenSshServer server, Path knownHosts) {
        Programs.Result result =
                Programs.run(
                        Map.of(),
                        "ssh",
                        "-F",
                        "none",
                        "-o",
                        "StrictHostKeyChecking=yes",
                        "-o",
                        "UserKnownHostsFile=" + knownHosts,
                        "-o",
                        "GlobalKnownHostsFile=/dev/null",
                        "-o",
                        "BatchMode=yes",
                        "-i",
                        key.file().toString(),
                        "-p",
                        String.valueOf(server.port()),
                        OpenSshServer.loginUser() + "@" + server.address(),
                        "true");
        assertThat(result.exit() == 0 || result.output().contains("Host key verification failed"))
                .as(result.output())
                .isTrue();
        return result.exit() == 0;
    }
}
