package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.Shipping;
import org.jetfanout.sink.SinkConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of sinks' routes are loaded, and what is said of those that cannot be. */
class SinkRoutesTest {
    @TempDir Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        Files.createDirectories(folder.resolve("sinks"));
    }

    private Path sink(String name, String text) throws IOException {
        return Files.writeString(folder.resolve("sinks/" + name + ".camel.yaml"), text);
    }

    private static String route(String name, String to) {
        return """
        # a comment that names direct:sink-nobody
        - route:
            id: sink-%s
            from:
              uri: direct:sink-%s
              steps:
                - to: %s
        """
                .formatted(name, name, to);
    }

    private Map<String, String> sinks(String... names) {
        return Routes.sinks(List.of(names), Optional.of(folder));
    }

    @Test
    void theUsersFileWins() throws IOException {
        assertThat(sinks("file"))
                .containsExactly(Map.entry("file", "classpath:routes/sinks/file.camel.yaml"));
        Path own = sink("file", route("file", "log:x"));
        assertThat(sinks("file")).containsExactly(Map.entry("file", "file:" + own));
        assertThat(Routes.sinks(List.of("stdout"), Optional.empty())).hasSize(1);
    }

    @Test
    void aSinkThatAnotherSendsToIsLoadedToo() throws IOException {
        sink("errors", route("errors", "direct:sink-middle"));
        sink("middle", route("middle", "direct:sink-stdout"));
        sink("unused", route("unused", "direct:sink-file"));
        assertThat(sinks("errors")).containsOnlyKeys("errors", "middle", "stdout");
    }

    @Test
    void sinksAreNoPartOfThePipeline() throws IOException {
        sink("mine", route("mine", "log:x"));
        Files.writeString(
                folder.resolve("more.camel.yaml"),
                route("more", "log:x").replace("sink-more", "more"));
        assertThat(Routes.pattern(Routes.ALL, Optional.of(folder)))
                .contains("more.camel.yaml")
                .doesNotContain("mine");
    }

    @Test
    void unknownNamesAreSaidWithTheNearest() throws IOException {
        sink("webhook", route("webhook", "log:x"));
        assertThatThrownBy(() -> sinks("webhok"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("no sink 'webhok' (nearest: 'webhook'). Known sinks: ")
                .hasMessageContaining("elasticsearch, file,")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> sinks("elastic")).hasMessageContaining("'elasticsearch'");
        assertThatThrownBy(() -> sinks("../sinks/webhook"))
                .isInstanceOf(ConfigurationException.class);
        Path broken = sink("broken", route("broken", "direct:sink-elsewhere"));
        assertThatThrownBy(() -> sinks("broken"))
                .hasMessageStartingWith(broken + ": no sink 'elsewhere'");
    }

    @Test
    void aFileWithoutItsRouteIsNamed() throws IOException {
        Path file = sink("mine", route("mine", "log:x").replace("direct:sink-mine", "direct:mine"));
        SinkConfig config = SinkConfig.read(Optional.of(Path.of("/dev/null")), Map.of());
        assertThatThrownBy(() -> open(config))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(file + ": it has no route that starts from direct:sink-mine");
    }

    @Test
    void aPlaceholderWithoutAValueIsSaid() throws IOException {
        sink("mine", route("mine", "\"{{mine.url}}\""));
        SinkConfig config = SinkConfig.read(Optional.of(Path.of("/dev/null")), Map.of());
        assertThatThrownBy(() -> open(config))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("mine.url")
                .hasMessageNotContaining("\n");
    }

    private void open(SinkConfig config) {
        try (Shipping shipping =
                new Shipping(List.of("mine"), config, Optional.of(folder), line -> {})) {
            shipping.await();
        }
    }
}
