package org.jetfanout.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The pages of the sinks that are tested here name what the code knows. */
final class SinkPagesTest {
    @Test
    void eachKeyOfTheSplunkSinkIsInItsTable() throws IOException {
        assertThat(keys("splunk")).isEqualTo(new TreeSet<>(SplunkSink.KEYS));
        assertThat(column(text("splunk"), "| indexed field |"))
                .isEqualTo(new TreeSet<>(HecEvents.FIELDS));
    }

    @Test
    void eachKeyOfTheLogstashSinkIsInItsTable() throws IOException {
        assertThat(keys("logstash")).isEqualTo(new TreeSet<>(LogstashSink.KEYS));
    }

    private static Set<String> keys(String sink) throws IOException {
        return column(text(sink), "| key |").stream()
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
