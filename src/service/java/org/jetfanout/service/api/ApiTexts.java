package org.jetfanout.service.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.jetfanout.service.views.ViewJson;

/**
 * What the OpenAPI document says to people: a sentence for each schema and field, and an example
 * for each answer. Immutable.
 */
final class ApiTexts {
    private final Properties descriptions = new Properties();
    private final JsonNode examples;

    ApiTexts() {
        try (InputStream texts = file("descriptions.properties");
                InputStream answers = file("examples.json")) {
            descriptions.load(new InputStreamReader(texts, StandardCharsets.UTF_8));
            examples = ViewJson.MAPPER.readTree(answers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream file(String name) {
        return ApiTexts.class.getResourceAsStream(name);
    }

    /**
     * Describes a schema or a field.
     *
     * @param name of a schema, or {@code SCHEMA.FIELD}
     */
    String description(String name) {
        String text = descriptions.getProperty(name);
        if (text == null) {
            throw new IllegalStateException("descriptions.properties has no " + name);
        }
        return text;
    }

    /**
     * An example; missing where there is none.
     *
     * @param operation its id
     * @param what answer or body
     */
    JsonNode example(String operation, String what) {
        return examples.path(operation).path(what);
    }

    /** A text of the routes as a sentence. */
    static String sentence(String text) {
        return text.isEmpty() || text.endsWith(".") ? text : text + ".";
    }
}
