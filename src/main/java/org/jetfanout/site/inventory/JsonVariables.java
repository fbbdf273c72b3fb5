package org.jetfanout.site.inventory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Variables of a dynamic inventory, kept as the JSON text in which they came, because the maps of a
 * million hosts would not fit into memory.
 */
final class JsonVariables implements Variables {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> MAP =
            new TypeReference<>() {};

    private final String source;
    private final byte[] json;

    JsonVariables(String source, byte[] json) {
        this.source = source;
        this.json = json;
    }

    JsonVariables(String source, Map<String, Object> values) {
        this(source, write(values).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public Map<String, Object> values() {
        try {
            return MAPPER.readValue(json, MAP);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does nothing: the text was parsed when it came. */
    @Override
    public void check() {}

    @Override
    public List<byte[]> texts() {
        return List.of(yaml(values()).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean mayMention(String word) {
        String text = new String(json, StandardCharsets.UTF_8);
        return text.contains(word) || text.indexOf('\\') >= 0;
    }

    /**
     * The values as one line of JSON that is also valid YAML. YAML forbids some characters and the
     * escapes of surrogate pairs, which JSON allows.
     */
    static String yaml(Map<String, Object> values) {
        StringBuilder yaml = new StringBuilder();
        write(values)
                .codePoints()
                .forEach(
                        c -> {
                            if ((c >= 0x7f && c < 0xa0)
                                    || (c >= 0xd800 && c < 0xe000)
                                    || c == 0x2028
                                    || c == 0x2029
                                    || c == 0xfeff
                                    || c == 0xfffe
                                    || c == 0xffff) {
                                yaml.append(String.format(Locale.ROOT, "\\u%04x", c));
                            } else {
                                yaml.appendCodePoint(c);
                            }
                        });
        return yaml.append('\n').toString();
    }

    private static String write(Map<String, Object> values) {
        try {
            return MAPPER.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
