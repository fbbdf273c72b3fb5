package org.jetfanout.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check says of sinks. */
final class SinkCheckTest {
    @TempDir private Path folder;

    @Test
    void showsWhatIsSetWithoutSecrets() throws IOException {
        write("sinks = file, splunk\nsplunk.url = https://h:8088\nsplunk.records = 10\n");
        assertThat(lines(Map.of("JET_FANOUT_SPLUNK_TOKEN", "hush")))
                .containsExactly(
                        "sink file: default settings",
                        "sink splunk: url https://h:8088, token ***, records 10");
    }

    @Test
    void programsGetTheSame() {
        assertThat(new SinkCheck("splunk", Map.of("url", "https://h:8088")).json())
                .isEqualTo(Map.of("sink", "splunk", "settings", Map.of("url", "https://h:8088")));
    }

    @Test
    void refusesWhatARunWouldRefuse() throws IOException {
        write("sinks = file\n\nfile.rotate-sice = 1GiB\n");
        assertThatThrownBy(() -> lines(Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        folder
                                + "/sinks.properties:3: file.rotate-sice: unknown key (nearest:"
                                + " 'rotate-size')");
        write("sinks = fil\n");
        assertThatThrownBy(() -> lines(Map.of())).hasMessageContaining("no sink 'fil'");
    }

    /** Nobody knows which settings of a user's own sink are secrets: none is shown. */
    @Test
    void aSinkOfTheUsersOwnKeepsItsSettingsToItself() throws IOException {
        Path sinks = Files.createDirectories(folder.resolve("routes/sinks"));
        Files.writeString(
                sinks.resolve("hook.camel.yaml"),
                "- route:\n    id: sink-hook\n    from: { uri: direct:sink-hook }\n");
        write("sinks = hook\nhook.key = hush\nhook.bytes = 1MiB\n");
        assertThat(lines(Map.of())).containsExactly("sink hook: bytes 1MiB");
    }

    private void write(String text) throws IOException {
        Files.writeString(folder.resolve("sinks.properties"), text);
    }

    private List<String> lines(Map<String, String> environment) {
        SinkRequest request =
                new SinkRequest(
                        List.of(),
                        Optional.of(folder.resolve("sinks.properties")),
                        Optional.empty(),
                        Optional.empty());
        return SinkCheck.of(request, Optional.of(folder.resolve("routes")), environment).stream()
                .map(SinkCheck::text)
                .toList();
    }
}
