package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON in UTF-8 as a stream, value by value, or as trees: the documents of a record. By
 * Gson's parser. Jackson's would do the same, but a short command would spend more time on its
 * beginning than on everything else: on Java 25 the first use of {@code BigDecimal}, which that
 * parser names, multiplies numbers of a hundred thousand bits. Every method fails with an {@link
 * IOException} where the text is no JSON. Not thread-safe.
 */
public final class JsonReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int LONGEST_NUMBER = 1000;

    /** So many characters of a whole number fit into a long, with its sign. */
    private static final int SAFE_CHARACTERS = 18;

    private final com.google.gson.stream.JsonReader json;

    /**
     * @param in not closed here; read in large pieces, beyond the end of a value
     */
    public JsonReader(InputStream in) {
        this(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** Reads these bytes, which stay as they are. */
    public JsonReader(byte[] bytes) {
        this(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
    }

    private JsonReader(Reader reader) {
        json = new com.google.gson.stream.JsonReader(reader);
        json.setStrictness(Strictness.STRICT);
    }

    /** The first value of a document; a missing node where the document is empty. */
    public static JsonNode document(InputStream in) throws IOException {
        return new JsonReader(in).document();
    }

    /** The first value of a document; a missing node where the document is empty. */
    public static JsonNode document(byte[] bytes) throws IOException {
        return new JsonReader(bytes).document();
    }

    private JsonNode document() throws IOException {
        return isEmpty() ? NODES.missingNode() : value();
    }

    private boolean isEmpty() throws IOException {
        try {
            return json.peek() == JsonToken.END_DOCUMENT;
        } catch (EOFException e) {
            return true;
        } catch (MalformedJsonException e) {
            throw broken(e);
        }
    }

    /** Whether the next value is an object. */
    public boolean isObject() throws IOException {
        return peek() == JsonToken.BEGIN_OBJECT;
    }

    /** Whether the next value is an array. */
    public boolean isArray() throws IOException {
        return peek() == JsonToken.BEGIN_ARRAY;
    }

    /** Whether the next value is a number. */
    public boolean isNumber() throws IOException {
        return peek() == JsonToken.NUMBER;
    }

    /** Begins an object. */
    public void beginObject() throws IOException {
        require(JsonToken.BEGIN_OBJECT);
        json.beginObject();
    }

    /** Begins an array. */
    public void beginArray() throws IOException {
        require(JsonToken.BEGIN_ARRAY);
        json.beginArray();
    }

    /** The key of the next value in the object that was begun last; null at the object's end. */
    public String nextKey() throws IOException {
        if (peek() == JsonToken.END_OBJECT) {
            json.endObject();
            return null;
        }
        require(JsonToken.NAME);
        try {
            return json.nextName();
        } catch (MalformedJsonException | EOFException e) {
            throw broken(e);
        }
    }

    /** Whether there is another value in the array that was begun last; false at its end. */
    public boolean nextElement() throws IOException {
        if (peek() == JsonToken.END_ARRAY) {
            json.endArray();
            return false;
        }
        return true;
    }

    /** Takes a string. */
    public String string() throws IOException {
        require(JsonToken.STRING);
        return text();
    }

    /** Takes a whole number. */
    public int number() throws IOException {
        JsonNode value = value();
        if (!value.isInt()) {
            throw broken("no whole number");
        }
        return value.intValue();
    }

    /** Takes a value that nobody needs. */
    public void skip() throws IOException {
        value();
    }

    /** Takes any value, as a tree. Of two values with the same key, the second one counts. */
    public JsonNode value() throws IOException {
        return switch (peek()) {
            case STRING -> NODES.textNode(text());
            case NUMBER -> numberNode(text());
            case BEGIN_OBJECT -> object();
            case BEGIN_ARRAY -> array();
            case BOOLEAN -> NODES.booleanNode(json.nextBoolean());
            case NULL -> {
                json.nextNull();
                yield NODES.nullNode();
            }
            default -> throw broken("no value where one is expected");
        };
    }

    private JsonNode object() throws IOException {
        ObjectNode object = NODES.objectNode();
        beginObject();
        for (String key = nextKey(); key != null; key = nextKey()) {
            object.set(key, value());
        }
        return object;
    }

    private JsonNode array() throws IOException {
        ArrayNode array = NODES.arrayNode();
        beginArray();
        while (nextElement()) {
            array.add(value());
        }
        return array;
    }

    private static JsonNode numberNode(String text) throws IOException {
        if (text.length() > LONGEST_NUMBER) {
            throw broken("a number that is too long");
        }
        if (text.indexOf('.') >= 0 || text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
            return NODES.numberNode(Double.parseDouble(text));
        }
        if (text.length() <= SAFE_CHARACTERS) {
            return whole(Long.parseLong(text));
        }
        BigInteger large = new BigInteger(text);
        return large.bitLength() < Long.SIZE ? whole(large.longValue()) : NODES.numberNode(large);
    }

    private static JsonNode whole(long value) {
        return (int) value == value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    private JsonToken peek() throws IOException {
        try {
            return json.peek();
        } catch (MalformedJsonException | EOFException e) {
            throw broken(e);
        }
    }

    private void require(JsonToken expected) throws IOException {
        if (peek() != expected) {
            throw broken("no " + expected + " where one is expected");
        }
    }

    /** A string, or a number as it stands there. */
    private String text() throws IOException {
        try {
            return json.nextString();
        } catch (MalformedJsonException | EOFException e) {
            throw broken(e);
        }
    }

    /** In one line: Gson adds the address of a page. */
    private static IOException broken(IOException thrown) {
        String why = String.valueOf(thrown.getMessage());
        int end = why.indexOf('\n');
        return broken(end < 0 ? why : why.substring(0, end));
    }

    private static IOException broken(String why) {
        return new IOException("it is no JSON: " + why);
    }
}
