package org.jetfanout.sink.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The index template has the fields of docs/records.md, each with the type that stands there. */
final class IndexTemplateTest {
    private static final Pattern ROW =
            Pattern.compile("\\| ([@a-z_.]+) \\| (keyword|text|date|long|boolean) \\|.*");

    @Test
    void mapsEachFieldOfTheDocs() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs/records.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                documented.put(row.group(1), row.group(2));
            }
        }
        assertThat(documented).hasSizeGreaterThan(60);
        assertThat(fields(json("logs-jetfanout.run-default"))).isEqualTo(documented);
    }

    @Test
    void isAboveTheStoresOwnAndForAllOurDataStreams() throws IOException {
        JsonNode ours = json("logs-jetfanout.run-default");
        assertThat(ours.path("priority").asInt()).isGreaterThan(100);
        assertThat(ours.path("index_patterns")).hasToString("[\"logs-jetfanout.*-*\"]");
        assertThat(new IndexTemplate("logs-jetfanout.errors-x").name()).isEqualTo("logs-jetfanout");
        assertThat(json("fan-out").path("index_patterns")).hasToString("[\"fan-out\"]");
        assertThat(new IndexTemplate("fan-out").name()).isEqualTo("fan-out");
    }

    private static JsonNode json(String index) throws IOException {
        return new ObjectMapper().readTree(new IndexTemplate(index).bytes());
    }

    /** Types by the path of the field. */
    static Map<String, String> fields(JsonNode template) {
        Map<String, String> fields = new TreeMap<>();
        collect(template.path("template").path("mappings"), "", fields);
        return fields;
    }

    private static void collect(JsonNode of, String prefix, Map<String, String> fields) {
        of.path("properties")
                .properties()
                .forEach(
                        entry -> {
                            if (entry.getValue().has("type")) {
                                fields.put(
                                        prefix + entry.getKey(),
                                        entry.getValue().path("type").asText());
                            }
                            collect(entry.getValue(), prefix + entry.getKey() + ".", fields);
                        });
    }
}
