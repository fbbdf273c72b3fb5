package org.jetfanout.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.ConfigurationException;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.status.Runs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HomeTest {
    @ParameterizedTest
    @CsvSource({
        "/h, /entry, /h",
        "'', /entry, /entry",
        "relative, /entry, /entry",
        "~, /entry, /entry",
        "/h, ?, /h",
    })
    void isWhatTheEnvironmentSaysElseWhatPasswdSays(String variable, String entry, String home) {
        assertThat(Home.of(Map.of("HOME", variable), entry).path()).isEqualTo(Path.of(home));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "", "."})
    void whoHasNoneIsToldSoAndNothingIsLookedForInTheCurrentFolder(String entry) {
        Home none = Home.of(Map.of(), entry);
        assertThatThrownBy(none::path)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Set HOME");
        assertThatThrownBy(() -> none.expand("~/.ssh/config")).hasMessageContaining("Set HOME");
        assertThat(none.expand("/etc/x")).isEqualTo("/etc/x");
    }

    @Test
    void expandsWhatIsItsOwn() {
        Home home = Home.of(Map.of("HOME", "/h"), "?");
        assertThat(home.expand("~")).isEqualTo("/h");
        assertThat(home.expand("~/a b")).isEqualTo("/h/a b");
        assertThat(home.expand("~other/a")).isEqualTo("~other/a");
        assertThat(home.expand("a/~/b")).isEqualTo("a/~/b");
    }

    @Test
    void stateAndSettingsAreBelowIt() {
        Map<String, String> environment = Map.of("HOME", "/h");
        assertThat(Runs.of(environment).folder())
                .isEqualTo(Path.of("/h/.local/state/jet-fanout/runs"));
        assertThat(SinkConfig.usual(environment))
                .isEqualTo(Path.of("/h/.config/jet-fanout/sinks.properties"));
    }

    @Test
    void aFolderOfTheUser() {
        Map<String, String> home = Map.of("HOME", "/home/ann");
        Path usual = Path.of("/home/ann/.cache");
        assertThat(Home.folder(home, "XDG_CACHE_HOME", ".cache")).isEqualTo(usual);
        assertThat(
                        Home.folder(
                                Map.of("HOME", "/home/ann", "XDG_CACHE_HOME", "relative"),
                                "XDG_CACHE_HOME",
                                ".cache"))
                .isEqualTo(usual);
        assertThat(Home.folder(Map.of("XDG_CACHE_HOME", "/c"), "XDG_CACHE_HOME", ".cache"))
                .isEqualTo(Path.of("/c"));
    }
}
