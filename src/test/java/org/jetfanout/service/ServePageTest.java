package org.jetfanout.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HttpLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the service names each key of its file, and its examples can be read. */
final class ServePageTest {
    private static final Path PAGE = Path.of("docs/serve.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`\\w+`(?:, `\\w+`)*) \\|.*$");
    private static final Pattern KEY = Pattern.compile("`(\\w+)`");
    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");

    private static Set<String> keys(String heading) throws IOException {
        String[] sections = Files.readString(PAGE).split("(?m)^## ", -1);
        Set<String> keys = new TreeSet<>();
        for (String section : sections) {
            if (section.startsWith(heading + "\n")) {
                Matcher row = ROW.matcher(section);
                while (row.find()) {
                    Matcher key = KEY.matcher(row.group(1));
                    while (key.find()) {
                        keys.add(key.group(1));
                    }
                }
            }
        }
        return keys;
    }

    @Test
    void itNamesEachKeyAndNoOther() throws IOException {
        assertThat(keys("service.yml")).isEqualTo(ServiceConfig.known());
    }

    @Test
    void itNamesEachLimitWithItsDefault() throws IOException {
        assertThat(keys("Limits"))
                .containsExactlyInAnyOrder(
                        "body", "head", "connections", "streams", "request", "idle");
        HttpLimits usual = HttpLimits.USUAL;
        assertThat(Files.readString(PAGE))
                .contains("| `body` | " + usual.body() + " bytes |")
                .contains("| `head` | " + usual.head() + " bytes |")
                .contains("| `connections` | " + usual.connections() + " |")
                .contains("| `streams` | " + usual.streams() + " |")
                .contains("| `request` | `" + usual.request().toSeconds() + "s`")
                .contains("| `idle` | `" + usual.idle().toSeconds() + "s`");
    }

    @Test
    void itsExampleCanBeRead(@TempDir Path folder) throws IOException {
        Matcher yaml = YAML.matcher(Files.readString(PAGE));
        assertThat(yaml.find()).isTrue();
        Path file = folder.resolve("service.yml");
        Files.writeString(file, yaml.group(1));
        assertThat(ServiceConfig.read(file).section("templates")).isPresent();
    }
}
