package org.jetfanout.runner.described;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/**
 * Writes JSON that YAML 1.1 and 1.2 read in the same way. No text in it begins an expression of
 * Jinja, through which some programs pass such files: a brace in a text is written as {@code
 * \\u007b}. Pure functions.
 */
final class JsonText {
    private JsonText() {}

    /** The JSON of a value: maps, lists, texts, numbers, booleans, null. */
    static String of(Object value) {
        StringBuilder json = new StringBuilder();
        write(json, value);
        return json.toString();
    }

    private static void write(StringBuilder json, Object value) {
        if (value instanceof Map<?, ?> map) {
            String before = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.append(before);
                text(json, String.valueOf(entry.getKey()));
                json.append(": ");
                write(json, entry.getValue());
                before = ", ";
            }
            json.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Collection<?> list) {
            String before = "[";
            for (Object item : list) {
                json.append(before);
                write(json, item);
                before = ", ";
            }
            json.append(list.isEmpty() ? "[]" : "]");
        } else if (value == null || value instanceof Boolean || isPlainNumber(value)) {
            json.append(value);
        } else {
            text(json, value.toString());
        }
    }

    /** A number that JSON has; it has neither NaN nor infinity. */
    private static boolean isPlainNumber(Object value) {
        return value instanceof Number number
                && !Double.isNaN(number.doubleValue())
                && !Double.isInfinite(number.doubleValue());
    }

    private static void text(StringBuilder json, String text) {
        json.append('"');
        text.codePoints()
                .forEach(
                        c -> {
                            if (c == '"' || c == '\\') {
                                json.append('\\').append((char) c);
                            } else if (isEscaped(c)) {
                                json.append(String.format(Locale.ROOT, "\\u%04x", c));
                            } else {
                                json.appendCodePoint(c);
                            }
                        });
        json.append('"');
    }

    /** What YAML does not read as it is, and the brace. All of them are below U+10000. */
    private static boolean isEscaped(int c) {
        return c < ' '
                || c == '{'
                || (c >= 0x7f && c <= 0x9f)
                || c == 0x2028
                || c == 0x2029
                || c == 0xfeff
                || (c >= 0xd800 && c <= 0xdfff)
                || c == 0xfffe
                || c == 0xffff;
    }
}
