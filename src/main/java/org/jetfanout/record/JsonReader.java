package org.jetfanout.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON in UTF-8 as a stream, value by value: the documents of a record. Jackson's parser
 * would do the same, but a short command would spend more time on its beginning than on everything
 * else: on Java 25 the first use of {@code BigDecimal}, which that parser names, multiplies numbers
 * of a hundred thousand bits. Every method fails with an {@link IOException} where the text is no
 * JSON. Not thread-safe.
 */
public final class JsonReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int DEEPEST = 1000;
    private static final int LONGEST_NUMBER = 1000;

    /** So many digits fit into a long. */
    private static final int SAFE_DIGITS = 18;

    /** Null where all bytes are there. */
    private final InputStream in;

    // Mutable state: the bytes from at to end were read and not taken
    private byte[] buffer;
    private int at;
    private int end;
    private boolean first;

    /**
     * @param in not closed here; read in large pieces, beyond the end of a value
     */
    public JsonReader(InputStream in) {
        this(in, new byte[1 << 13], 0);
    }

    /** Reads these bytes, which stay as they are. */
    public JsonReader(byte[] bytes) {
        this(null, bytes, bytes.length);
    }

    private JsonReader(InputStream in, byte[] buffer, int end) {
        this.in = in;
        this.buffer = buffer;
        this.end = end;
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
        return peek() < 0 ? NODES.missingNode() : value();
    }

    /** Whether the next value is an object. */
    public boolean isObject() throws IOException {
        return peek() == '{';
    }

    /** Whether the next value is an array. */
    public boolean isArray() throws IOException {
        return peek() == '[';
    }

    /** Whether the next value is a number. */
    public boolean isNumber() throws IOException {
        int next = peek();
        return next == '-' || isDigit(next);
    }

    /** Begins an object. */
    public void beginObject() throws IOException {
        take('{');
        first = true;
    }

    /** Begins an array. */
    public void beginArray() throws IOException {
        take('[');
        first = true;
    }

    /** The key of the next value in the object that was begun last; null at the object's end. */
    public String nextKey() throws IOException {
        if (!goOn('}')) {
            return null;
        }
        String key = string();
        take(':');
        return key;
    }

    /** Whether there is another value in the array that was begun last; false at its end. */
    public boolean nextElement() throws IOException {
        return goOn(']');
    }

    private boolean goOn(char last) throws IOException {
        boolean begun = first;
        first = false;
        if (peek() == last) {
            at++;
            return false;
        }
        if (!begun) {
            take(',');
        }
        return true;
    }

    /** Takes a string. */
    public String string() throws IOException {
        take('"');
        StringBuilder escaped = null;
        int from = at;
        while (true) {
            if (at == end) {
                from = more(from);
            }
            byte next = buffer[at];
            if (next == '"' || next == '\\') {
                String part = new String(buffer, from, at - from, StandardCharsets.UTF_8);
                at++;
                if (next == '"') {
                    return escaped == null ? part : escaped.append(part).toString();
                }
                escaped = (escaped == null ? new StringBuilder() : escaped).append(part);
                escaped.append(escape());
                from = at;
            } else if (next >= 0 && next < ' ') {
                throw broken("a control character in a string");
            } else {
                at++;
            }
        }
    }

    private char escape() throws IOException {
        int kind = next();
        return switch (kind) {
            case '"', '\\', '/' -> (char) kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = 0;
                for (int digits = 0; digits < 4; digits++) {
                    int digit = Character.digit(next(), 16);
                    if (digit < 0) {
                        throw broken("a broken escape in a string");
                    }
                    unit = unit << 4 | digit;
                }
                yield (char) unit;
            }
            default -> throw broken("a broken escape in a string");
        };
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
        return value(0);
    }

    private JsonNode value(int depth) throws IOException {
        if (depth > DEEPEST) {
            throw broken("too many brackets in one another");
        }
        return switch (peek()) {
            case '"' -> NODES.textNode(string());
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case 't' -> word("true", NODES.booleanNode(true));
            case 'f' -> word("false", NODES.booleanNode(false));
            case 'n' -> word("null", NODES.nullNode());
            default -> numberNode();
        };
    }

    private JsonNode object(int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        beginObject();
        for (String key = nextKey(); key != null; key = nextKey()) {
            object.set(key, value(depth));
        }
        return object;
    }

    private JsonNode array(int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        beginArray();
        while (nextElement()) {
            array.add(value(depth));
        }
        return array;
    }

    private JsonNode word(String word, JsonNode value) throws IOException {
        for (int i = 0; i < word.length(); i++) {
            if (next() != word.charAt(i)) {
                throw broken("an unknown word");
            }
        }
        return value;
    }

    private JsonNode numberNode() throws IOException {
        int from = at;
        while (true) {
            if (at == end) {
                int length = at - from;
                if (!fill(from)) {
                    from = at - length;
                    break;
                }
                from = at - length;
            }
            int c = buffer[at];
            if (!isDigit(c) && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E') {
                break;
            }
            at++;
        }
        if (at - from > LONGEST_NUMBER) {
            throw broken("a number that is too long");
        }
        String text = new String(buffer, from, at - from, StandardCharsets.US_ASCII);
        int sign = text.startsWith("-") ? 1 : 0;
        int whole = digits(text, sign);
        if (whole == sign || (text.charAt(sign) == '0' && whole > sign + 1)) {
            throw broken("no value where one is expected");
        }
        if (whole == text.length()) {
            return whole - sign > SAFE_DIGITS ? large(text) : small(Long.parseLong(text));
        }
        int rest = whole;
        if (text.charAt(rest) == '.') {
            rest = atLeastOneDigit(text, rest + 1);
        }
        if (rest < text.length() && (text.charAt(rest) | 0x20) == 'e') {
            boolean signed = rest + 1 < text.length() && "+-".indexOf(text.charAt(rest + 1)) >= 0;
            rest = atLeastOneDigit(text, rest + (signed ? 2 : 1));
        }
        if (rest < text.length()) {
            throw broken("a broken number");
        }
        return NODES.numberNode(Double.parseDouble(text));
    }

    private int atLeastOneDigit(String text, int from) throws IOException {
        int to = digits(text, from);
        if (to == from) {
            throw broken("a broken number");
        }
        return to;
    }

    private static int digits(String text, int from) {
        int to = from;
        while (to < text.length() && isDigit(text.charAt(to))) {
            to++;
        }
        return to;
    }

    private static JsonNode small(long value) {
        return (int) value == value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    private static JsonNode large(String text) {
        BigInteger value = new BigInteger(text);
        return value.bitLength() < Long.SIZE ? small(value.longValue()) : NODES.numberNode(value);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private void take(char expected) throws IOException {
        if (peek() != expected) {
            throw broken("'" + expected + "' is missing");
        }
        at++;
    }

    /** The next byte that is no blank, which stays; -1 at the end. */
    private int peek() throws IOException {
        while (true) {
            if (at == end && !fill(at)) {
                return -1;
            }
            int next = buffer[at];
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                return next & 0xff;
            }
            at++;
        }
    }

    /** Takes the next byte. */
    private int next() throws IOException {
        if (at == end) {
            more(at);
        }
        return buffer[at++];
    }

    /** Reads on, in the middle of a value. Returns where the byte is now that was there. */
    private int more(int from) throws IOException {
        int length = at - from;
        if (!fill(from)) {
            throw broken("the end is missing");
        }
        return at - length;
    }

    /** Reads on behind the bytes from here on, which stay. Returns false at the end. */
    private boolean fill(int from) throws IOException {
        if (in == null) {
            return false;
        }
        int kept = end - from;
        byte[] to = kept > buffer.length / 2 ? new byte[Math.max(64, 2 * kept)] : buffer;
        if (from > 0 || to != buffer) {
            System.arraycopy(buffer, from, to, 0, kept);
        }
        buffer = to;
        at -= from;
        end = kept;
        int count = in.read(buffer, end, buffer.length - end);
        end += Math.max(0, count);
        return count > 0;
    }

    private static IOException broken(String why) {
        return new IOException("it is no JSON: " + why);
    }
}
