package org.jetfanout.runner.jetp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.jetp.bundle.BundlePaths;
import org.junit.jupiter.api.Test;

class JetpCommandTest {
    private static final BundlePaths PATHS =
            new BundlePaths(
                    List.of("p/1.yml", "p/2.yml"),
                    List.of("roles"),
                    List.of(),
                    List.of("inventory"),
                    List.of("e/1.yml", "e/2.yml"));

    @Test
    void workersYmlAlone() {
        assertThat(
                        JetpCommand.words(
                                new JetpCall(
                                        List.of("op", "run", "--", "/usr/bin/jetp"),
                                        200,
                                        OptionalInt.of(999999),
                                        Optional.of("opsteam"),
                                        "me",
                                        JetpOptions.none(),
                                        PATHS)))
                .containsExactly(
                        "op",
                        "run",
                        "--",
                        "/usr/bin/jetp",
                        "ssh",
                        "--playbook",
                        "p/1.yml:p/2.yml",
                        "--inventory",
                        "inventory",
                        "--roles",
                        "roles",
                        "--user",
                        "me",
                        "--threads",
                        "200",
                        "--batch-size",
                        "999999",
                        "--sudo",
                        "opsteam",
                        "--extra-vars",
                        "@e/1.yml",
                        "--extra-vars",
                        "@e/2.yml");
    }

    @Test
    void commandLineWins() {
        JetpOptions options =
                new JetpOptions(
                        "check-ssh",
                        Optional.of("you"),
                        OptionalInt.of(2222),
                        OptionalInt.of(5),
                        Optional.of("root"),
                        List.of("a", "b"),
                        7,
                        true,
                        true);
        assertThat(options.login(Map.of("USER", "me"))).isEqualTo("you");
        assertThat(
                        JetpCommand.words(
                                new JetpCall(
                                        List.of("jetp"),
                                        20,
                                        OptionalInt.of(1),
                                        Optional.of("opsteam"),
                                        "you",
                                        options,
                                        new BundlePaths(
                                                List.of("p"),
                                                List.of(),
                                                List.of("m"),
                                                List.of("i"),
                                                List.of()))))
                .containsExactly(
                        "jetp",
                        "check-ssh",
                        "--playbook",
                        "p",
                        "--inventory",
                        "i",
                        "--modules",
                        "m",
                        "--user",
                        "you",
                        "--port",
                        "2222",
                        "--threads",
                        "20",
                        "--batch-size",
                        "5",
                        "--sudo",
                        "root",
                        "--tags",
                        "a:b",
                        "--forward-agent",
                        "--allow-localhost-delegation",
                        "-vvv");
    }

    @Test
    void loginAsJetpFindsIt() {
        JetpOptions none = JetpOptions.none();
        assertThat(none.login(Map.of("JET_SSH_USER", "a", "USER", "b"))).isEqualTo("a");
        assertThat(none.login(Map.of("JET_SSH_USER", "", "USER", "b"))).isEqualTo("b");
        assertThat(none.login(Map.of())).isEqualTo(System.getProperty("user.name"));
        assertThat(none.withLogin(Map.of("USER", "b")).login(Map.of("USER", "c"))).isEqualTo("b");
        assertThatThrownBy(() -> none.login(Map.of("USER", "-l")))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void refused() {
        for (String user : List.of("", "-x", "a b", "a'b", "a\nb", "$(id)")) {
            assertThatThrownBy(() -> options("ssh", user, 1, List.of()))
                    .isInstanceOf(ConfigurationException.class);
        }
        assertThatThrownBy(() -> options("local", "a", 1, List.of())).hasMessageContaining("mode");
        assertThatThrownBy(() -> options("ssh", "a", 0, List.of()))
                .hasMessageContaining("--batch-size");
        assertThatThrownBy(() -> options("ssh", "a", 1, List.of("a:b")))
                .hasMessageContaining("--tags");
    }

    private static JetpOptions options(String mode, String user, int batchSize, List<String> tags) {
        return new JetpOptions(
                mode,
                Optional.of(user),
                OptionalInt.empty(),
                OptionalInt.of(batchSize),
                Optional.empty(),
                tags,
                0,
                false,
                false);
    }
}
