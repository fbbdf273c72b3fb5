package org.jetfanout.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServiceConfigTest {
    @TempDir Path folder;

    private ServiceConfig read(String text) throws IOException {
        Path file = folder.resolve("service.yml");
        Files.writeString(file, text);
        return ServiceConfig.read(file);
    }

    @Test
    void anEmptyFileMeansLoopbackOnly() throws IOException {
        ServiceConfig config = read("# nothing\n");
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.port()).isEqualTo(8642);
        assertThat(config.prefix()).isEmpty();
        assertThat(config.url()).isEmpty();
        assertThat(config.drain()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void readsEachKeyOfTheFrame() throws IOException {
        ServiceConfig config =
                read(
                        """
                        listen: '[::1]:9000'
                        prefix: /fanout/
                        url: https://fanout.example.org/fanout/
                        drain: 10m
                        """);
        assertThat(config.host()).isEqualTo("::1");
        assertThat(config.port()).isEqualTo(9000);
        assertThat(config.prefix()).isEqualTo("/fanout");
        assertThat(config.url()).contains("https://fanout.example.org/fanout");
        assertThat(config.drain()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void pathsBeginAtTheFolderOfTheFile() throws IOException {
        ServiceConfig config = read("routes: mine\n");
        assertThat(config.path(config.section("routes").orElseThrow(), "routes"))
                .isEqualTo(folder.toAbsolutePath().resolve("mine"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen: here|:1: listen must be [ADDRESS:]PORT",
                "listen: 127.0.0.1:99999|:1: listen must be",
                "lisen: 1|:1: unknown key 'lisen' in service.yml (nearest: 'listen')",
                "prefix: fanout|:1: prefix must be a path such as /fanout",
                "prefix: /a b|:1: prefix must be a path",
                "prefix: /a/../b?c|:1: prefix must be a path",
                "url: fanout.example.org|:1: url must be one such as",
                "drain: soon|:1: drain must be a duration",
                "- listen|:1: service.yml must be a mapping",
            })
    void aMistakeIsNamedWithItsLine(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }
}
