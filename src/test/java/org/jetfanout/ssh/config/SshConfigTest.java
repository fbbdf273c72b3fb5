package org.jetfanout.ssh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;
import org.jetfanout.ssh.Algorithms;
import org.jetfanout.ssh.KeyExchanges;
import org.jetfanout.ssh.config.SshConfig.Resolved;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ssh_config as ssh reads it: OpenSSH's own client is asked about the same file. */
class SshConfigTest {
    private static final List<String> HOSTS =
            List.of("w1", "w2", "W1", "10.0.0.1", "other.example");

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host w1\n HostName 127.0.0.9\n Port 2201\n User fan\nHost *\n User nobody",
                "Host *\n User first\nHost w1\n User second\n HostName a",
                "User top\nPort 99\nHost w?\n Port 98\n HostName %h.example",
                "Host !w1 *\n HostName not-w1\nHost w1\n HostName is-w1",
                "Host w1 w2\nIdentityFile /a/%h-%p-%r\nIdentityFile \"/b c\"\nHost w*\nIdentityFile ~/k",
                "Host=w1\nHostName = 127.0.0.9\n\tPort=77",
                "# w1\nHost w1 # not w2\n  HostName x # comment\n",
                "Host w1\n ProxyJump a,b:22\nHost *\n ProxyJump c",
                "Host w1\n ProxyJump none\nHost *\n ProxyJump c",
                "Host w1\n ProxyCommand none\nHost *\n ProxyJump c",
                "Host w1\n HostKeyAlias gold\n IdentitiesOnly yes\n IdentityAgent none",
                "Host w1\nCertificateFile ~/c\nCertificateFile /d\nGlobalKnownHostsFile /g ~/h",
                "Host w1\n AddressFamily inet6\n BindAddress 127.0.0.1",
                // what only ssh can weigh
                "Match host w1\n HostName 127.0.0.7\n User m\nHost *\n User n",
                "Match originalhost w1,w2\n Port 44\nMatch all\n User z\n Port 45",
                "Host w1\n HostName real\nMatch host real\n User by-real\n IdentityFile /m",
                "Match exec \"test %n = w1\"\n User by-exec\n CertificateFile /m-cert",
                "Match final all\n ProxyJump last\nHost w1\n User f",
                "Match user fan\n HostName nowhere\nHost w1\n User fan",
                "Host w2\nMatch host w1\nIdentityAgent \"/tmp/a b\"\nHostKeyAlias k\nUserKnownHostsFile /k1",
                "CanonicalizeHostname yes\nCanonicalDomains invalid\nHost w1\n User canon",
                // Include, placed
                "Host w2\n Include one\nHost w1\n User main",
                "Include one two\nHost *\n Port 5",
                "Include none-there\nHost w1\n Include one\n User after",
                "Host w1\n Include match\n User after",
                "Include t*\nHost *\n User star",
                "IgnoreUnknown Shiny*,Glossy\nHost w1\n ShinyThing yes\n Port 6\n glossy 1",
                // strange, but valid
                "Host w1\rUser x\nPort 44\r\nUser fan\r\n",
                "Host w1 \nIdentityFile none\nHost *\nIdentityFile none",
                "Match host w1\nIdentityFile ~/.ssh/id_rsa\nIdentitiesOnly yes",
                "Match exec \"(sleep 60 &); test %n = w1\"\n User left-something-behind",
                // no version of ssh agrees with another one about these
                "Include ${HOME}/one\nHost w1\n Port 7",
                "Host w1\n Include %n\n Include one\nHost *\n User star",
                "Host w1\nLogLevel VERBOSE\nCompression yes\nForwardAgent yes\nPort 8",
            })
    void saysOfEachHostWhatSshSays(String text) throws IOException {
        Files.writeString(
                folder.resolve("one"), "User one\nHost w1\n Port 61\nHost w2\n Port 62\n");
        Files.writeString(folder.resolve("two"), "Host w*\n User two\nInclude three\n");
        Files.writeString(folder.resolve("three"), "HostName three\n");
        Files.writeString(folder.resolve("match"), "Match originalhost w1\n HostName m\n");
        Path config = Files.writeString(folder.resolve("config"), text + "\n");
        SshConfig ours = SshConfig.read(List.of(config));
        for (String host : HOSTS) {
            for (String user : List.of("", "fan")) {
                Map<String, List<String>> theirs = ssh(text, host, user);
                Resolved found = ours.resolve(new Destination("a worker", host, 0, user));
                assertThat(found.hostName()).isEqualToIgnoringCase(theirs.get("hostname").get(0));
                assertThat(Integer.toString(found.port())).isEqualTo(theirs.get("port").get(0));
                assertThat(found.user()).isEqualTo(theirs.get("user").get(0));
                assertThat(String.join(",", found.jumps()))
                        .isEqualTo(theirs.getOrDefault("proxyjump", List.of("")).get(0));
                assertThat(found.alias()).isEqualTo(theirs.containsKey("hostkeyalias"));
                assertThat(found.identitiesOnly())
                        .isEqualTo(theirs.get("identitiesonly").equals(List.of("yes")));
                assertThat(found.addresses().name())
                        .isEqualToIgnoringCase(theirs.get("addressfamily").get(0));
                List<String> keys = theirs.get("identityfile");
                if (keys.equals(List.of("none"))) {
                    assertThat(found.keysNamed()).isTrue();
                    assertThat(found.identityFiles()).isEmpty();
                } else if (keys.contains("~/.ssh/id_ed25519")) {
                    assertThat(found.keysNamed()).isFalse();
                    assertThat(found.identityFiles()).isEmpty();
                } else {
                    assertThat(found.identityFiles())
                            .isEqualTo(paths(keys, found.hostName(), found.port(), found.user()));
                }
                assertThat(found.certificates())
                        .isEqualTo(
                                paths(
                                        theirs.getOrDefault("certificatefile", List.of()),
                                        "",
                                        0,
                                        ""));
                found.userKnownHosts()
                        .ifPresent(files -> assertThat(files).isEqualTo(known(theirs, "user")));
                found.globalKnownHosts()
                        .ifPresent(files -> assertThat(files).isEqualTo(known(theirs, "global")));
                assertThat(found.agentSocket().map(Path::toString).orElse("?"))
                        .isEqualTo(
                                theirs.containsKey("identityagent")
                                        ? theirs.get("identityagent").get(0).replace("none", "")
                                        : "?");
            }
        }
    }

    /** What ssh makes of the text: an Include is relative to a folder that we cannot choose. */
    private Map<String, List<String>> ssh(String text, String host, String user)
            throws IOException {
        Path config =
                Files.writeString(
                        folder.resolve("for-ssh"),
                        text.replaceAll("(Include|(?<=Include one)) (\\S)", "$1 " + folder + "/$2")
                                + "\n");
        Path two = folder.resolve("two");
        Files.writeString(
                two,
                Files.readString(two).replace("Include three", "Include " + folder + "/three"));
        List<String> command = new ArrayList<>(List.of("ssh", "-G", "-F", config.toString()));
        if (!user.isEmpty()) {
            command.addAll(List.of("-l", user));
        }
        command.add(host);
        Map<String, List<String>> said = new HashMap<>();
        for (String line : Programs.ok(command.toArray(String[]::new)).split("\n", -1)) {
            String[] words = line.split(" ", 2);
            if (words.length == 2) {
                said.computeIfAbsent(words[0], k -> new ArrayList<>()).add(words[1]);
            }
        }
        return said;
    }

    private static List<Path> known(Map<String, List<String>> said, String whose) {
        return paths(
                Arrays.asList(said.get(whose + "knownhostsfile").get(0).split(" ", -1)), "", 0, "");
    }

    private static List<Path> paths(List<String> files, String host, int port, String user) {
        return files.stream()
                .map(file -> file.replace("%h", host).replace("%p", "" + port).replace("%r", user))
                .map(file -> Path.of(Home.ofUser().expand(file)))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Include ~root/..%s", "Host w1\n Include \"~root/..%s\" none-there"})
    void anIncludeFromTheHomeOfAnotherIsReadBySsh(String text) throws IOException {
        Path included = Files.writeString(folder.resolve("theirs"), "User inc\nPort 61\n");
        Resolved found = resolve(text.formatted(included), "w1", System.getenv());
        assertThat(found.port()).isEqualTo(61);
        assertThat(found.identityFiles()).isEmpty();
        assertThatThrownBy(
                        () ->
                                resolve(
                                        text.formatted(included),
                                        "w1",
                                        Map.of("PATH", folder.toString())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(": Include: only ssh can evaluate");
    }

    @Test
    void jumpHostsMayHaveTokens() throws IOException {
        String jump = " ProxyJump bastion-%n,j-%h\n";
        for (String way : List.of("Host w1\n", "Match originalhost w1\n")) {
            assertThat(resolve(way + " HostName real\n" + jump, "w1", System.getenv()).jumps())
                    .containsExactly("bastion-w1", "j-real");
        }
    }

    @Test
    void whatAProgramOfMatchExecPrintsIsNoAnswer() throws IOException {
        String noise = "Match exec \"echo user liar >&2; echo port 1; echo port 1 >&2\"\n";
        Resolved found = resolve(noise + " IdentityFile /k\n", "w1", System.getenv());
        assertThat(found.port()).isEqualTo(22);
        assertThat(found.user()).isEqualTo("fan");
        assertThat(found.identityFiles()).containsExactly(Path.of("/k"));
        assertThatThrownBy(() -> resolve(noise + "Port x\n", "w1", System.getenv()))
                .hasMessageEndingWith("ssh -G refuses it: Bad port 'x'.");
    }

    @Test
    void filesOfKnownHostsMayHaveBlanksInTheirNames() throws IOException {
        for (String way : List.of("Host w1\n", "Match host w1\n")) {
            String file = way + " UserKnownHostsFile \"/a b/c\" /d\n";
            assertThat(resolve(file, "w1", System.getenv()).userKnownHosts())
                    .contains(List.of(Path.of("/a b/c"), Path.of("/d")));
        }
    }

    private Resolved resolve(String text, String host, Map<String, String> environment)
            throws IOException {
        Path config = Files.writeString(folder.resolve("config"), text + "\n");
        return SshConfig.read(List.of(config), environment)
                .resolve(new Destination("a worker", host, 0, "fan"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Match host w1\n HostName x",
                "Match user fan\n HostName x",
                "CanonicalizeHostname always",
                "NewKeywordOfNextYear yes",
            })
    void withoutSshAWorkerThatOnlySshKnowsIsRefusedAndTheOthersAreNot(String lines)
            throws IOException {
        String text = "Host w2\n User a\nHost w1\n" + lines + "\nHost *\n User b";
        boolean match = lines.startsWith("Match"); // ends the Host before it
        assertThatThrownBy(() -> resolve(text, "w1", Map.of("PATH", folder.toString())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(
                        folder.resolve("config")
                                + ":4: "
                                + lines.split(" ", 2)[0]
                                + ": only ssh can evaluate")
                .hasMessageContaining("not installed")
                .message()
                .doesNotContain("\n");
        if (!match) {
            assertThat(resolve(text, "w2", Map.of("PATH", folder.toString())).hostName())
                    .isEqualTo("w2");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ProxyCommand nc %h %p",
                "KnownHostsCommand /bin/keys %H",
                "RevokedHostKeys /etc/ssh/revoked",
                "PKCS11Provider /usr/lib/token.so",
                "BindInterface eth7",
                "PubkeyAuthentication no",
            })
    void whatCannotBeDoneRefusesTheWorkersItIsAbout(String line) throws IOException {
        String keyword = line.split(" ", 2)[0];
        for (String way : List.of("Host w1\n " + line, "Match originalhost w1\n " + line)) {
            assertThatThrownBy(() -> resolve(way, "w1", System.getenv()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith(folder.resolve("config") + ":2: " + keyword + ": ")
                    .hasMessageContaining("jet-fanout does not support this option");
            assertThat(resolve(way, "w2", System.getenv()).hostName()).isEqualTo("w2");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Port many",
                "Port 0",
                "Port 70000",
                "Port",
                "HostName",
                "IdentityFile \"/open",
                "IdentityFile /a/%Z",
                "IdentityFile ${NO_SUCH_VARIABLE}/x",
                "AddressFamily inet5",
                "IdentitiesOnly perhaps",
                "HostName a/b",
                "User $(id)",
                "KexAlgorithms none-such",
                "RequiredRSASize big",
                "Ciphers none-such",
            })
    void aBrokenStanzaRefusesTheWorkersItIsAbout(String line) throws IOException {
        String text = "Host w1\n " + line + "\nHost w2\n User a";
        assertThat(resolve(text, "w2", Map.of()).hostName()).isEqualTo("w2");
        assertThatThrownBy(
                        () ->
                                Algorithms.of(
                                        KeyExchanges.USUAL,
                                        SshConfig.read(List.of(folder.resolve("config")), Map.of())
                                                .resolve(new Destination("w", "w1", 0, ""))
                                                .algorithms()))
                .isInstanceOf(ConfigurationException.class)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void identityAgentIsReadAsSshReadsIt() throws IOException {
        Map<String, String> environment =
                new HashMap<>(Map.of("HOME", "/h", "SOCK", "/s", "D", "/d"));
        Map<String, Optional<String>> agents = new HashMap<>();
        agents.put("SSH_AUTH_SOCK", Optional.empty());
        agents.put("none", Optional.of(""));
        agents.put("~/a", Optional.of("/h/a"));
        agents.put("\"~/with blank/a\"", Optional.of("/h/with blank/a"));
        agents.put("'/single'", Optional.of("/single"));
        agents.put("$SOCK", Optional.of("/s"));
        agents.put("$UNSET", Optional.of(""));
        agents.put("${D}/a-%r", Optional.of("/d/a-fan"));
        agents.put("%d/a", Optional.of("/h/a"));
        for (Map.Entry<String, Optional<String>> agent : agents.entrySet()) {
            assertThat(resolve("IdentityAgent " + agent.getKey(), "w", environment).agentSocket())
                    .as(agent.getKey())
                    .isEqualTo(agent.getValue().map(Path::of));
        }
    }

    @Test
    void listsOfAlgorithmsAreReadAsSshReadsThem() {
        List<String> usual = List.of("a1", "a2", "b1");
        Set<String> all = new LinkedHashSet<>(List.of("a1", "a2", "a3", "b1", "b2"));
        assertThat(Algorithms.names("b2,a1", usual, all)).containsExactly("b2", "a1");
        assertThat(Algorithms.names("+b2,a1", usual, all)).containsExactly("a1", "a2", "b1", "b2");
        assertThat(Algorithms.names("-a*", usual, all)).containsExactly("b1");
        assertThat(Algorithms.names("^b2,a2", usual, all)).containsExactly("b2", "a2", "a1", "b1");
        assertThat(Algorithms.names("unknown,a3", usual, all)).containsExactly("a3");
    }
}
