package org.jetfanout.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.sink.shipping.Sinks;
import org.jetfanout.sink.splunk.HecEvents;
import org.junit.jupiter.api.Test;

/** The pages of the sinks name what the code knows. */
final class SinkPagesTest {
    private static final String HEAD = "| key | type | default | meaning |\n|---|---|---|---|\n";

    /** The tables are made of what the sinks declare. */
    @Test
    void eachSettingIsInItsTable() throws IOException {
        page("docs/sinks.md", "NAME", SharedSettings.ALL);
        for (String sink : List.of("elasticsearch", "file", "logstash", "splunk", "syslog")) {
            page("docs/sinks/" + sink + ".md", sink, Sinks.settings(sink).orElseThrow());
        }
        assertThat(Sinks.settings("opensearch")).isEqualTo(Sinks.settings("elasticsearch"));
        assertThat(Sinks.settings("stdout").orElseThrow()).isEmpty();
        assertThat(text("stdout")).contains("no keys").doesNotContain("| key |");
    }

    private static void page(String name, String sink, List<Setting<?>> settings)
            throws IOException {
        Path page = Path.of(name);
        String table =
                settings.stream()
                        .map(setting -> setting.row(sink) + "\n")
                        .collect(Collectors.joining("", HEAD, ""));
        if (Boolean.getBoolean("jet.docs.write")) {
            Files.writeString(
                    page,
                    Files.readString(page)
                            .replaceFirst(
                                    "\\| key \\|.*\\n(\\|.*\\n)+",
                                    Matcher.quoteReplacement(table)));
        }
        assertThat(Files.readString(page))
                .as("write it anew: mvn test -Dtest=SinkPagesTest -Djet.docs.write=true")
                .contains("\n" + table + "\n");
    }

    /** A secret without the word in its table is written down carelessly. */
    @Test
    void secretsAreMarked() {
        assertThat(hidden("elasticsearch")).containsExactly("api-key", "password");
        assertThat(hidden("splunk")).containsExactly("token");
    }

    private static List<String> hidden(String sink) {
        return Sinks.settings(sink).orElseThrow().stream()
                .filter(Setting::secret)
                .map(Setting::name)
                .toList();
    }

    /** Each default is a value that its own type takes. */
    @Test
    void defaultsAreRead() {
        for (String sink : List.of("elasticsearch", "file", "logstash", "splunk", "syslog")) {
            for (Setting<?> each :
                    Setting.all(SharedSettings.ALL, Sinks.settings(sink).orElseThrow())) {
                assertThat(each.value().map(each.type().reading()).isPresent())
                        .as(each.name())
                        .isEqualTo(each.value().isPresent());
            }
        }
    }

    @Test
    void eachIndexedFieldOfSplunkIsInItsTable() throws IOException {
        assertThat(column(text("splunk"), "| indexed field |"))
                .isEqualTo(new TreeSet<>(HecEvents.FIELDS));
    }

    @Test
    void eachPackagedSinkHasAPage() throws IOException {
        String sinks = Files.readString(Path.of("docs/sinks.md"));
        try (Stream<Path> files = Files.list(Path.of("routes/sinks"))) {
            for (Path file : files.toList()) {
                String sink = file.getFileName().toString().replace(".camel.yaml", "");
                assertThat(sinks).containsPattern("\\[(\\w+, )*" + sink + "(, \\w+)*\\]\\(sinks/");
            }
        }
    }

    @Test
    void opensearchIsElasticsearchUnderAnotherName() throws IOException {
        List<String> renamed =
                steps("elasticsearch").stream()
                        .map(line -> line.replace("elasticsearch", "opensearch"))
                        .toList();
        assertThat(steps("opensearch")).isNotEmpty().isEqualTo(renamed);
    }

    /** A packaged route without its comments. */
    private static List<String> steps(String sink) throws IOException {
        return Files.readAllLines(Path.of("routes/sinks/" + sink + ".camel.yaml")).stream()
                .filter(line -> !line.strip().startsWith("#"))
                .toList();
    }

    private static String text(String sink) throws IOException {
        return Files.readString(Path.of("docs/sinks/" + sink + ".md"));
    }

    private static Set<String> column(String text, String head) {
        return text.substring(text.indexOf(head))
                .lines()
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("\\|", -1)[1].strip())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
