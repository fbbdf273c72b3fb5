package org.jetfanout.sink;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.SourceText;

/**
 * A file of Java properties, with one exception: the patterns of secrets are read as they are
 * written, up to the end of their line. A backslash that would be lost elsewhere is an error.
 * Immutable.
 */
public final class SinkProperties {
    private static final Pattern AS_WRITTEN =
            Pattern.compile("(\\s*redact\\.[^\\s=:]*(?:\\s*[=:]|\\s))(.*)", Pattern.DOTALL);

    /** All characters that Java accepts after a backslash. */
    private static final String ESCAPES = "tnrfu\\ :=#!";

    private static final Pattern CHARACTER = Pattern.compile("\\\\u[0-9A-Fa-f]{4}");

    private final String source;
    private final Map<String, String> values;
    private final Map<String, Integer> lines;

    private SinkProperties(String source, Map<String, String> values, Map<String, Integer> lines) {
        this.source = source;
        this.values = Map.copyOf(values);
        this.lines = Map.copyOf(lines);
    }

    /** Values that come from no file. */
    public static SinkProperties of(String source, Map<String, String> values) {
        return new SinkProperties(source, values, Map.of());
    }

    /** Reads a file. Blanks around values are removed. */
    static SinkProperties read(Path file) {
        Map<String, String> values = new TreeMap<>();
        Map<String, Integer> lines = new TreeMap<>();
        StringBuilder entry = new StringBuilder();
        int first = 1;
        int number = 0;
        for (String line : SourceText.decode(file, SourceText.bytes(file)).split("\\R", -1)) {
            number++;
            boolean begun = !entry.isEmpty();
            first = begun ? first : number;
            Matcher pattern = AS_WRITTEN.matcher(line);
            boolean asWritten = !begun && pattern.matches();
            boolean comment = !begun && line.strip().matches("[#!].*");
            entry.append(
                            asWritten
                                    ? pattern.group(1) + pattern.group(2).replace("\\", "\\\\")
                                    : line)
                    .append('\n');
            if (asWritten || comment || !goesOn(file, number, line)) {
                add(entry.toString(), first, values, lines);
                entry.setLength(0);
            }
        }
        add(entry.toString(), first, values, lines);
        return new SinkProperties(file.toString(), values, lines);
    }

    private static void add(
            String entry, int line, Map<String, String> values, Map<String, Integer> lines) {
        Properties read = new Properties();
        try {
            read.load(new StringReader(entry));
        } catch (IOException e) {
            throw new IllegalStateException(e); // it reads a text
        }
        for (String key : read.stringPropertyNames()) {
            values.put(key, read.getProperty(key).strip());
            lines.put(key, line);
        }
    }

    /** The file, for errors. */
    String source() {
        return source;
    }

    /** The values by key. */
    Map<String, String> values() {
        return values;
    }

    /** The place of a key, for errors: the file, and its line if there is one. */
    String place(String key) {
        return lines.containsKey(key) ? source + ":" + lines.get(key) : source;
    }

    /** Whether the next line belongs to this one. A backslash that would be lost is an error. */
    private static boolean goesOn(Path file, int number, String line) {
        for (int at = line.indexOf('\\'); at >= 0; at = line.indexOf('\\', at + 2)) {
            if (at + 1 == line.length()) {
                return true;
            }
            if (line.charAt(at + 1) == 'u'
                    && !CHARACTER.matcher(line).region(at, line.length()).lookingAt()) {
                throw ConfigurationException.at(
                        file,
                        number,
                        "\\u must be followed by the four hexadecimal digits of a character");
            }
            if (ESCAPES.indexOf(line.charAt(at + 1)) < 0) {
                throw ConfigurationException.at(
                        file,
                        number,
                        "write a backslash in a value twice (\\\\), or it is lost; only the"
                                + " patterns of redact.NAME are read exactly as written");
            }
        }
        return false;
    }
}
