package org.jetfanout.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.sink.elasticsearch.ElasticsearchSink;
import org.jetfanout.sink.file.FileSink;
import org.jetfanout.sink.logstash.LogstashSink;
import org.jetfanout.sink.splunk.HecEvents;
import org.jetfanout.sink.splunk.SplunkSink;
import org.jetfanout.sink.stdout.StdoutSink;
import org.jetfanout.sink.syslog.SyslogSink;
import org.junit.jupiter.api.Test;

/** The pages of the sinks name what the code knows. */
final class SinkPagesTest {
    @Test
    void eachKeyOfASinkIsInItsTable() throws IOException {
        assertThat(keys("elasticsearch")).isEqualTo(new TreeSet<>(ElasticsearchSink.KEYS));
        assertThat(keys("file")).isEqualTo(new TreeSet<>(FileSink.KEYS));
        assertThat(keys("logstash")).isEqualTo(new TreeSet<>(LogstashSink.KEYS));
        assertThat(keys("splunk")).isEqualTo(new TreeSet<>(SplunkSink.KEYS));
        assertThat(keys("syslog")).isEqualTo(new TreeSet<>(SyslogSink.KEYS));
        assertThat(StdoutSink.KEYS).isEmpty();
        assertThat(text("stdout")).contains("no keys").doesNotContain("| key |");
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

    private static Set<String> keys(String sink) throws IOException {
        return column(text(sink), "| key |").stream()
                .flatMap(cell -> Stream.of(cell.split(", ", -1)))
                .map(key -> key.replaceFirst("^" + sink + "\\.", ""))
                .collect(Collectors.toCollection(TreeSet::new));
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
