package org.jetfanout.site.inventory;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.SourceText;
import org.jetfanout.site.yaml.YamlValue;

/**
 * A file of group_vars or host_vars. It is read once, when it is first needed, so that the worker
 * gets exactly what was checked.
 */
final class FileVariables implements Variables {
    private final Path file;

    // Mutable state: set once each
    private byte[] text;
    private Map<String, Object> values;

    FileVariables(Path file) {
        this.file = file;
    }

    @Override
    public String source() {
        return file.toString();
    }

    @Override
    public List<byte[]> texts() {
        return List.of(text());
    }

    private synchronized byte[] text() {
        if (text == null) {
            text = SourceText.bytes(file);
            if (text.length > 2
                    && text[0] == (byte) 0xef
                    && text[1] == (byte) 0xbb
                    && text[2] == (byte) 0xbf) {
                throw ConfigurationException.at(
                        file,
                        1,
                        "starts with a byte order mark (BOM), at which jetp stops: save the file"
                                + " as UTF-8 without BOM");
            }
        }
        return text;
    }

    @Override
    public synchronized Map<String, Object> values() {
        if (values == null) {
            Optional<YamlValue> document = YamlValue.parse(file, SourceText.decode(file, text()));
            values =
                    document.isEmpty() || document.get().isNull()
                            ? Map.of()
                            : parse(document.get());
        }
        return values;
    }

    @Override
    public void check() {
        values();
    }

    @Override
    public boolean mayMention(String word) {
        String bytes = new String(text(), StandardCharsets.UTF_8);
        return bytes.contains(word) || bytes.indexOf('\\') >= 0;
    }

    private static Map<String, Object> parse(YamlValue document) {
        if (!document.isMapping()) {
            throw document.error("a file of variables must be a mapping (name: value)");
        }
        Map<String, Object> parsed = new LinkedHashMap<>();
        ((Map<?, ?>) document.plain())
                .forEach((key, value) -> parsed.put(String.valueOf(key), value));
        return Collections.unmodifiableMap(parsed);
    }
}
