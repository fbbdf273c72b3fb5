package org.jetfanout.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which keys workers are shown, as can be told before any login; with a real ssh-agent. */
class KeysForHostsIT {
    @TempDir Path folder;
    private SshAgent agent;
    private SshTestBed bed;

    @BeforeEach
    void start() throws IOException {
        for (String name : List.of("a", "b", "c", "d")) {
            Keys.ed25519(folder, name);
        }
        agent = SshAgent.start();
        bed = new SshTestBed(folder);
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private Keys.Pair key(String name) {
        return new Keys.Pair(folder.resolve(name));
    }

    private KeysForHosts settled(String held, String files, String workers, boolean local) {
        for (String name : words(held)) {
            agent.add(key(name));
        }
        SshFiles ofBed = bed.agent(agent).files();
        SshFiles all =
                new SshFiles(
                        ofBed.knownHosts(),
                        ofBed.configs(),
                        List.of(),
                        words(files).stream().map(folder::resolve).toList(),
                        ofBed.agentSocket());
        List<Destination> destinations = new ArrayList<>();
        for (String worker : words(workers)) {
            destinations.add(new Destination(worker, worker, 0, ""));
        }
        return KeysForHosts.of(SshSettings.of(all, PassphrasePrompt.none()), destinations, local);
    }

    private static List<String> words(String text) {
        return text == null || text.isEmpty() ? List.of() : Arrays.asList(text.split(" ", -1));
    }

    private static final String CONFIG =
            """
            Host w1 w2
              IdentityFile %1$s/a
            Host w3
              IdentityFile %1$s/b
            Host w4
              IdentityFile %1$s/missing
            Host w5
              IdentityFile %1$s/a
              ProxyJump j1
            Host w6
              IdentityFile %1$s/a
              ProxyJump j2
            Host u1
              HostName 127.0.0.9
              User one
            Host u2
              HostName 127.0.0.9
              User two
            Host odd
              ProxyCommand nc %%h %%p
            Host j1
              IdentityFile %1$s/d.pub
            """;

    /** The agent's keys, default key files, workers, and what is left for hosts. */
    @ParameterizedTest
    @CsvSource({
        "a b, , w1 w2, b",
        "b a, , w1 w2, b",
        "b c, , w1 w2, b c", // the workers' key is a file only
        "a b c, , w1 w3, c",
        "a b, , w1 w3, ''",
        "a b d, , w1 w5, b", // the jump host's key is no key for hosts
        "a, , x1 x2, ''", // the one that logs in
        "a, a, x1 x2, ''",
        "'', a b, x1 x2, ''",
    })
    void whatIsNamedForWorkersIsNotForHosts(String held, String files, String workers, String hosts)
            throws IOException {
        Files.writeString(bed.config(), CONFIG.formatted(folder));
        KeysForHosts keys = settled(held, files, workers, false);
        assertThat(keys.question()).isEmpty();
        assertThat(keys.shown())
                .isEqualTo(
                        new ShownKeys(
                                ShownKeys.Kind.LEFT,
                                words(hosts).stream().map(n -> key(n).fingerprint()).toList()));
    }

    @ParameterizedTest
    @CsvSource({
        "a b, , x1 x2, false", // two keys, two workers: which is whose?
        "a b c, , x1 x2, false",
        "a, c, x1 x2, false", // who opens workers, the agent's or the file?
        "a b, , w1 x1, false", // one worker's key is not named
        "a b, , w1 w4, false", // ... or not there
        "a b, , w1 w6, false", // ... or its jump host's is not
        "a b, , u1 u2, false", // two accounts of one machine
        "a b, , odd x1, false", // a machine that only ssh reaches
        "a b, , x1, true", // the control machine is shown keys too
    })
    void whatCannotBeKnownIsAskedFor(String held, String files, String workers, boolean local)
            throws IOException {
        Files.writeString(bed.config(), CONFIG.formatted(folder));
        KeysForHosts keys = settled(held, files, workers, local);
        assertThat(keys.question().orElseThrow())
                .contains("agent_keys: [ 'SHA256:", "IdentityFile", key("a").fingerprint() + " (a)")
                .doesNotContain("\n");
        assertThatThrownBy(keys::shown)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(keys.question().get());
    }

    @Test
    void oneWorkerAloneNeedsNoQuestion() {
        assertThat(settled("a b", "", "x1", false).shown().kind())
                .isEqualTo(ShownKeys.Kind.BUT_LOGIN);
    }

    @ParameterizedTest
    @CsvSource({
        "a, , x1 x2, false, has only one key",
        "a b, , w1 w3, false, all keys of the ssh-agent log in to workers",
        "a c d, , w1 w2, false, has 2 keys for hosts, but the runner tries only the first",
        "a c d, , w1 w2, true, ''",
        "a c, , w1 w2, false, ''",
        "a c, , x1, false, ''",
        "a c d, , x1, false, has 2 keys for hosts",
    })
    void whatWillNotDoIsSaid(
            String held, String files, String workers, boolean commented, String said)
            throws IOException {
        Files.writeString(bed.config(), CONFIG.formatted(folder));
        Optional<String> warning = settled(held, files, workers, false).warning(commented);
        if (said.isEmpty()) {
            assertThat(warning).isEmpty();
        } else {
            assertThat(warning.orElseThrow()).contains(said, "agent_keys");
        }
    }

    /** What workers are shown opens no worker, even where a worker would take it. */
    @Test
    void aKeyForHostsIsNotTriedOnWorkers() throws IOException {
        agent.add(key("b"));
        try (OpenSshServer worker = OpenSshServer.at("127.0.0.2").authorize(key("b")).start()) {
            bed.knows(worker);
            try (SshConnections connections = new SshConnections(bed.agent(agent))) {
                Set<String> forHosts = Set.of(key("b").fingerprint());
                assertThatThrownBy(
                                () ->
                                        connections.open(
                                                worker.destination("w1"),
                                                SshTestBed.PATIENT,
                                                Optional.empty(),
                                                forHosts))
                        .isInstanceOf(WorkerUnreachableException.class)
                        .hasMessageContaining("keys for hosts, because")
                        .hasMessageContaining(key("b").fingerprint());
            }
        }
    }
}
