package org.jetfanout.service.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jetfanout.service.views.ViewJson;

/**
 * JSON schemas of records, in the words of OpenAPI 3.0. It says of a record what {@link ViewJson}
 * writes. Not thread-safe.
 */
final class JsonSchemas {
    private static final String REF = "#/components/schemas/";

    private final ApiTexts texts;

    // Mutable state
    private final Map<String, ObjectNode> named = new TreeMap<>();

    JsonSchemas(ApiTexts texts) {
        this.texts = texts;
    }

    /** All schemas that were referred to, by name. */
    ObjectNode all() {
        ObjectNode all = ViewJson.MAPPER.createObjectNode();
        named.forEach(all::set);
        return all;
    }

    /** The schema of a type, or a reference to it. */
    ObjectNode of(Type type) {
        ObjectNode schema = ViewJson.MAPPER.createObjectNode();
        if (type instanceof ParameterizedType generic) {
            return of(schema, (Class<?>) generic.getRawType(), generic.getActualTypeArguments());
        }
        Class<?> plain = (Class<?>) type;
        if (plain == int.class || plain == Integer.class) {
            return schema.put("type", "integer").put("format", "int32");
        }
        if (plain == long.class || plain == Long.class) {
            return schema.put("type", "integer").put("format", "int64");
        }
        if (plain == boolean.class || plain == Boolean.class) {
            return schema.put("type", "boolean");
        }
        if (plain == Instant.class) {
            return schema.put("type", "string").put("format", "date-time");
        }
        if (plain == OptionalInt.class) {
            return schema.put("type", "integer").put("format", "int32").put("nullable", true);
        }
        if (plain == String.class) {
            return schema.put("type", "string");
        }
        if (plain.isEnum()) {
            schema.put("type", "string");
            ArrayNode words = schema.putArray("enum");
            for (Object constant : plain.getEnumConstants()) {
                JsonNode word = ViewJson.MAPPER.valueToTree(constant);
                words.add(word.asText());
            }
            return schema;
        }
        if (plain.isRecord()) {
            return schema.put("$ref", REF + record(plain));
        }
        if (Map.class.isAssignableFrom(plain)) {
            schema.put("type", "object").put("additionalProperties", true);
        }
        return schema;
    }

    private ObjectNode of(ObjectNode schema, Class<?> raw, Type... arguments) {
        if (raw == Optional.class) {
            ObjectNode inner = of(arguments[0]);
            if (inner.has("$ref")) {
                schema.put("nullable", true);
                schema.putArray("allOf").add(inner);
                return schema;
            }
            return inner.put("nullable", true);
        }
        if (Collection.class.isAssignableFrom(raw)) {
            schema.put("type", "array").set("items", of(arguments[0]));
            return schema;
        }
        if (Map.class.isAssignableFrom(raw)) {
            schema.put("type", "object");
            ObjectNode values = of(arguments[1]);
            if (values.isEmpty()) {
                schema.put("additionalProperties", true);
            } else {
                schema.set("additionalProperties", values);
            }
            return schema;
        }
        throw new IllegalArgumentException("no schema for " + raw);
    }

    /** The name of a record, whose schema is among all then. */
    private String record(Class<?> type) {
        String name = name(type);
        if (named.containsKey(name)) {
            return name;
        }
        ObjectNode schema = ViewJson.MAPPER.createObjectNode().put("type", "object");
        named.put(name, schema);
        schema.put("description", texts.description(name));
        boolean sent =
                List.of(StartBody.class, RerunBody.class, ApproveBody.class, NoBody.class)
                        .contains(type);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = ViewJson.MAPPER.createArrayNode();
        for (RecordComponent component : type.getRecordComponents()) {
            properties.set(
                    component.getName(),
                    described(of(component.getGenericType()), name + "." + component.getName()));
            if (type == RerunBody.class && component.getName().equals("outcomes")) {
                ObjectNode outcomes = (ObjectNode) properties.get("outcomes");
                outcomes.put("minItems", 1);
                ArrayNode words = ((ObjectNode) outcomes.get("items")).putArray("enum");
                ApiPart.rerunWords().forEach(words::add);
            }
            if (!sent || component.getType() != Optional.class) {
                required.add(component.getName());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        if (sent) {
            schema.put("additionalProperties", false);
        }
        return name;
    }

    private ObjectNode described(ObjectNode schema, String name) {
        ObjectNode described = schema;
        if (schema.has("$ref")) {
            // what stands beside a reference does not count
            described = ViewJson.MAPPER.createObjectNode();
            described.putArray("allOf").add(schema);
        }
        return described.put("description", texts.description(name));
    }

    private static String name(Class<?> type) {
        String simple = type.getSimpleName();
        return Arrays.asList(
                                "Group",
                                "Reason",
                                "Host",
                                "Point",
                                "Can",
                                "Wave",
                                "Barrier",
                                "Variable")
                        .contains(simple)
                ? type.getEnclosingClass().getSimpleName().replaceFirst("View$|Head$", "") + simple
                : simple;
    }

    /** The schema of problems. */
    void problem() {
        ObjectNode schema = ViewJson.MAPPER.createObjectNode().put("type", "object");
        schema.put("description", texts.description("Problem"));
        ObjectNode properties = schema.putObject("properties");
        for (String text : List.of("type", "title", "detail", "instance")) {
            properties
                    .putObject(text)
                    .put("type", "string")
                    .put("description", texts.description("Problem." + text));
        }
        properties
                .putObject("status")
                .put("type", "integer")
                .put("format", "int32")
                .put("description", texts.description("Problem.status"));
        schema.putArray("required").add("type").add("title").add("status");
        named.put("Problem", schema);
    }
}
