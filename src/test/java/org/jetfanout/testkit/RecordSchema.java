package org.jetfanout.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.record.Json;
import org.jetfanout.record.RecordStream;
import org.jetfanout.text.Times;

/** The schema of log documents, from the docs. */
public final class RecordSchema {
    private static final Path FILE = Path.of("docs/records.schema.json");
    private static final JsonSchema SCHEMA = read();

    private RecordSchema() {}

    private static JsonSchema read() {
        try (InputStream in = Files.newInputStream(FILE)) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Fails where a document does not follow the schema, or where its JSON differs from its fields.
     */
    public static JsonNode check(LogDocument document) {
        String text = new String(document.json(), StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("\n");
        JsonNode json;
        try {
            json = Json.mapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
        assertThat(SCHEMA.validate(json)).as(text).isEmpty();
        assertThat(json.at("/@timestamp").asText()).isEqualTo(Times.utc(document.time()));
        assertThat(json.at("/message").asText()).isEqualTo(document.message());
        assertThat(json.at("/event/id").asText()).isEqualTo(document.id());
        assertThat(json.at("/event/sequence").asLong()).isEqualTo(document.offset());
        assertThat(json.at("/event/dataset").asText()).isEqualTo("jetfanout." + document.stream());
        assertThat(json.at("/event/outcome").asText()).isEqualTo(document.outcome());
        assertThat(json.at("/log/level").asText()).isEqualTo(document.level());
        assertThat(json.at("/host/name").asText()).isEqualTo(document.host());
        assertThat(json.at("/observer/hostname").asText()).isEqualTo(document.worker());
        String batch = document.batch().equals(RecordStream.RUN) ? "" : document.batch();
        assertThat(json.at("/labels/guid").asText()).isEqualTo(document.guid());
        assertThat(json.at("/labels/batch").asText()).isEqualTo(batch);
        assertThat(json.at("/labels/worker_group").asText()).isEqualTo(document.workerGroup());
        return json;
    }

    /** The type of each field by its path: a type of JSON, or {@code date}. */
    public static Map<String, String> fields() throws IOException {
        Map<String, String> fields = new TreeMap<>();
        collect("", Json.mapper().readTree(Files.readAllBytes(FILE)), fields);
        return fields;
    }

    private static void collect(String path, JsonNode schema, Map<String, String> to) {
        schema.path("properties")
                .properties()
                .forEach(
                        field -> {
                            String name = path + field.getKey();
                            JsonNode inner = field.getValue();
                            if (inner.path("type").asText().equals("object")) {
                                assertThat(inner.path("additionalProperties").asBoolean(true))
                                        .as(name)
                                        .isFalse();
                                collect(name + ".", inner, to);
                            } else {
                                boolean date = inner.path("format").asText().equals("date-time");
                                to.put(name, date ? "date" : inner.path("type").asText());
                            }
                        });
    }

    /** Collects the paths of a document's fields. */
    public static void paths(String path, JsonNode json, Map<String, String> to) {
        json.properties()
                .forEach(
                        field -> {
                            String name = path + field.getKey();
                            if (field.getValue().isObject()) {
                                paths(name + ".", field.getValue(), to);
                            } else {
                                to.put(name, field.getValue().asText());
                            }
                        });
    }
}
