package org.jetfanout.hand;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the head of a message that another instance has sent. Whatever it holds, the values are
 * within limits. Immutable.
 *
 * @param json the head, or a part of it
 */
record Fields(JsonNode json) {
    /** The longest name, or line for people. */
    static final int LINE = 2_000;

    /** The most entries of a list. */
    private static final int ENTRIES = 10_000;

    /**
     * A text, empty where it is missing.
     *
     * @param most characters
     * @throws IllegalArgumentException if it is longer, or no text
     */
    String text(String name, int most) {
        JsonNode value = json.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isTextual() || value.textValue().length() > most) {
            throw new IllegalArgumentException("invalid " + name);
        }
        return value.textValue();
    }

    /** A text for people: what is longer than a line is cut off. */
    String line(String name) {
        String text = json.path(name).asText("");
        return text.length() > LINE ? text.substring(0, LINE) + "…" : text;
    }

    /**
     * A whole number; 0 where it is missing.
     *
     * @throws IllegalArgumentException if it is not between 0 and the most
     */
    long number(String name, long most) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            return 0;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > most) {
            throw new IllegalArgumentException("invalid " + name);
        }
        return value.longValue();
    }

    /**
     * Texts, none where they are missing.
     *
     * @throws IllegalArgumentException if they are too many or too long
     */
    List<String> texts(String name) {
        JsonNode values = json.path(name);
        if (!values.isMissingNode() && (!values.isArray() || values.size() > ENTRIES)) {
            throw new IllegalArgumentException("invalid " + name);
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode value : values) {
            if (!value.isTextual() || value.textValue().length() > LINE) {
                throw new IllegalArgumentException("invalid " + name);
            }
            texts.add(value.textValue());
        }
        return texts;
    }

    boolean has(String name) {
        return json.has(name);
    }

    boolean yes(String name) {
        return json.path(name).asBoolean();
    }

    Fields part(String name) {
        return new Fields(json.path(name));
    }
}
