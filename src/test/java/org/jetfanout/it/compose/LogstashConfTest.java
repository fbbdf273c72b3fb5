package org.jetfanout.it.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * compose/logstash.conf: no Logstash can be had where the tests run, so this is what can be said
 * without one.
 */
final class LogstashConfTest {
    private static final Path FILE = Path.of("compose/logstash.conf");

    @Test
    void isMadeOfTheThreeSectionsAndClosesWhatItOpens() throws IOException {
        Deque<String> open = new ArrayDeque<>();
        // without comments and texts
        String text = text().replaceAll("(?m)^\\s*#.*", "").replaceAll("\"[^\"\n]*\"", "");
        assertThat(text).doesNotContain("\"");
        for (String sign : text.replaceAll("[^{}\\[\\]]", "").split("", 0)) {
            if (sign.equals("{") || sign.equals("[")) {
                open.push(sign);
            } else {
                assertThat(open.pop() + sign).isIn("{}", "[]");
            }
        }
        assertThat(open).isEmpty();
        assertThat(text.lines().filter(line -> line.matches("\\w.*")))
                .containsExactly("input {", "filter {", "output {");
        assertThat(text.lines().map(String::strip))
                .allMatch(line -> line.matches("(|}|\\w+ \\{|\\w+ =>.*)"));
    }

    @Test
    void copiesAFieldOfTheRecordsAndRemovesNone() throws IOException {
        Matcher copy =
                Pattern.compile("copy => \\{ \"(.*)\" => \"\\[@metadata]\\[id]\" }")
                        .matcher(text());
        assertThat(copy.find()).isTrue();
        assertThat(isFieldOfRecords(copy.group(1))).isTrue();
        Matcher removed = Pattern.compile("remove_field => \\[ (.*) ]").matcher(text());
        assertThat(removed.find()).isTrue();
        assertThat(removed.group(1).split(", ", -1))
                .hasSize(2)
                .noneMatch(field -> isFieldOfRecords(field.replace("\"", "")));
    }

    /** {@code @version}, {@code [event][original]}. */
    private static boolean isFieldOfRecords(String reference) {
        try {
            JsonNode schema =
                    new ObjectMapper().readTree(Path.of("docs/records.schema.json").toFile());
            String path = reference.replaceAll("^\\[|]$", "").replace("][", "/properties/");
            return !schema.at("/properties/" + path).isMissingNode();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void writesAsThePageOfTheSinkSays() throws IOException {
        assertThat(output(text()))
                .isEqualTo(
                        output(Files.readString(Path.of("docs/sinks/logstash.md"))).stream()
                                .map(line -> line.replace("https:", "http:"))
                                .toList());
    }

    private static List<String> output(String text) {
        return text.lines()
                .map(String::strip)
                .dropWhile(line -> !line.equals("output {"))
                .takeWhile(line -> !line.isEmpty())
                .toList();
    }

    private static String text() throws IOException {
        return Files.readString(FILE);
    }
}
