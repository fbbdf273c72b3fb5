package org.jetfanout.service.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.views.ViewJson;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * The JSON object of a request, read strictly: an unknown field or a wrong type is refused with one
 * line. Not thread-safe.
 */
final class JsonBody {
    private final JsonNode object;

    private JsonBody(JsonNode object) {
        this.object = object;
    }

    /** The same where nothing, or null, says that there is nothing to say. */
    static JsonBody optional(byte[] bytes, Set<String> known) {
        return new String(bytes, StandardCharsets.UTF_8).strip().equals("null")
                ? of(new byte[0], known)
                : of(bytes, known);
    }

    /**
     * Reads an object.
     *
     * @param known names of its fields
     */
    static JsonBody of(byte[] bytes, Set<String> known) {
        JsonNode node;
        try {
            node =
                    bytes.length == 0
                            ? JsonNodeFactory.instance.objectNode()
                            : ViewJson.MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new RefusedException(
                    400,
                    "the body is not JSON"
                            + (e.getLocation() == null
                                    ? ""
                                    : ": line "
                                            + e.getLocation().getLineNr()
                                            + ", column "
                                            + e.getLocation().getColumnNr()));
        } catch (IOException e) {
            throw new RefusedException(400, "the body is not JSON");
        }
        if (node == null || !node.isObject()) {
            throw new RefusedException(400, "the body must be a JSON object");
        }
        node.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!known.contains(name)) {
                                throw new RefusedException(
                                        422,
                                        "unknown field %s%s%s"
                                                .formatted(
                                                        Quoted.of(name),
                                                        NearestName.hint(name, known),
                                                        known.isEmpty()
                                                                ? ": the object must be empty"
                                                                : ". Known: "
                                                                        + String.join(
                                                                                ", ",
                                                                                new TreeSet<>(
                                                                                        known))));
                            }
                        });
        return new JsonBody(node);
    }

    /** Whether a field is there and not null. */
    boolean has(String name) {
        return object.hasNonNull(name);
    }

    Optional<String> text(String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw wrong(name, "a string");
        }
        return Optional.of(checked(name, value.asText()));
    }

    Optional<Integer> number(String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(name, "a whole number");
        }
        return Optional.of(value.intValue());
    }

    List<String> texts(String name) {
        JsonNode value = object.get(name);
        List<String> texts = new ArrayList<>();
        if (value == null || value.isNull()) {
            return texts;
        }
        if (!value.isArray()) {
            throw wrong(name, "a list of strings");
        }
        for (JsonNode item : value) {
            if (!item.isTextual()) {
                throw wrong(name, "a list of strings");
            }
            texts.add(checked(name, item.asText()));
        }
        return texts;
    }

    /** Values by name. Numbers and truth values count as their texts. */
    Map<String, String> values(String name) {
        JsonNode value = object.get(name);
        Map<String, String> values = new LinkedHashMap<>();
        if (value == null || value.isNull()) {
            return values;
        }
        if (!value.isObject()) {
            throw wrong(name, "an object of strings");
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            if (!field.getValue().isTextual()
                    && !field.getValue().isNumber()
                    && !field.getValue().isBoolean()) {
                throw wrong(name, "an object of strings");
            }
            values.put(checked(name, field.getKey()), checked(name, field.getValue().asText()));
        }
        return values;
    }

    private static String checked(String name, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new RefusedException(422, name + " must not have a null character");
        }
        return text;
    }

    private static RefusedException wrong(String name, String type) {
        return new RefusedException(422, name + " must be " + type);
    }
}
