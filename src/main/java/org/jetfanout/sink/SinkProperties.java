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
 * A file of Java properties, but for the patterns of secrets in it: those are read as they are
 * written, up to the end of their line. What a backslash would lose elsewhere is an error.
 */
final class SinkProperties {
    private static final Pattern AS_WRITTEN =
            Pattern.compile("(\\s*redact\\.[^\\s=:]*(?:\\s*[=:]|\\s))(.*)", Pattern.DOTALL);

    /** All that Java knows behind a backslash. */
    private static final String ESCAPES = "tnrfu\\ :=#!";

    private static final Pattern CHARACTER = Pattern.compile("\\\\u[0-9A-Fa-f]{4}");

    private SinkProperties() {}

    /** The values by key, stripped of blanks around them. */
    static Map<String, String> read(Path file) {
        Properties read = new Properties();
        try {
            String text = SourceText.decode(file, SourceText.bytes(file));
            read.load(new StringReader(prepared(file, text)));
        } catch (IOException e) {
            throw new IllegalStateException(e); // it reads a text
        }
        Map<String, String> values = new TreeMap<>();
        read.stringPropertyNames().forEach(key -> values.put(key, read.getProperty(key).strip()));
        return values;
    }

    private static String prepared(Path file, String text) {
        StringBuilder prepared = new StringBuilder(text.length() + 64);
        boolean goesOn = false;
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            Matcher pattern = AS_WRITTEN.matcher(line);
            if (!goesOn && pattern.matches()) {
                prepared.append(pattern.group(1)).append(pattern.group(2).replace("\\", "\\\\"));
            } else {
                boolean comment = !goesOn && line.strip().matches("[#!].*");
                goesOn = !comment && goesOn(file, number, line);
                prepared.append(line);
            }
            prepared.append('\n');
        }
        return prepared.toString();
    }

    /** Whether the next line belongs to this one; no backslash may be lost in it. */
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
