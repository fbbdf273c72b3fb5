package org.jetfanout.runner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/** The JSON object that is a line of a runner's events. Pure functions. */
public final class EventObject {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** How many characters of unknown fields are kept. */
    private static final int MOST_OTHER = 8 << 10;

    private EventObject() {}

    /** The object of a line; empty where the line is none. */
    public static Optional<ObjectNode> of(String line) {
        try {
            return JSON.readTree(line) instanceof ObjectNode object
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** An object without fields. */
    public static ObjectNode empty() {
        return JSON.createObjectNode();
    }

    /** A field as text; empty where it has no value or is a list or an object. */
    public static String text(ObjectNode event, String name) {
        JsonNode value = event.path(name);
        return value.isNull() ? "" : value.asText();
    }

    /** Whether a value is a whole number that a log store can keep. */
    public static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong();
    }

    /** An exit code that an event gives; empty where the value is none. */
    public static OptionalInt code(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt()
                ? OptionalInt.of(value.intValue())
                : OptionalInt.empty();
    }

    /**
     * Adds what is not known of an event to its fields, as one text: so no event can break the
     * mapping of a log store.
     *
     * @param clean makes the text harmless
     */
    public static void addOther(ObjectNode fields, ObjectNode other, UnaryOperator<String> clean) {
        if (!other.isEmpty()) {
            String text = clean.apply(other.toString());
            fields.put("other", text.length() > MOST_OTHER ? text.substring(0, MOST_OTHER) : text);
        }
    }
}
