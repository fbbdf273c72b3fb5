package org.jetfanout.sink;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;
import org.jetfanout.text.Redaction;

/**
 * A file of Java properties that switches sinks on and holds their settings: {@code sinks=a, b},
 * {@code NAME.key=value}, {@code redact.ANY=regular expression}, and {@code
 * redact.ANY.example=text}, in which the expression must find something. Immutable.
 */
public final class SinkConfig {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final String SINKS = "sinks";
    private static final String REDACT = "redact";
    private static final String EXAMPLE = ".example";

    /** A backslash escaped as in a file of Java properties, which this file once was. */
    private static final Pattern ESCAPED_TWICE =
            Pattern.compile("\\\\\\\\[bBdDwWsSAzZGQERhHvVpPk0-9]");

    private final SinkProperties properties;
    private final Map<String, String> environment;

    private SinkConfig(SinkProperties properties, Map<String, String> environment) {
        this.properties = properties;
        this.environment = environment;
    }

    /** The path of the file unless another one is named: {@code jet-fanout/sinks.properties}. */
    public static Path usual(Map<String, String> environment) {
        Path base = Home.folder(environment, "XDG_CONFIG_HOME", ".config");
        return base.resolve("jet-fanout").resolve("sinks.properties");
    }

    /**
     * Reads a file.
     *
     * @param file empty for the usual one, which need not exist
     * @param environment of the process: its variables override the file
     */
    public static SinkConfig read(Optional<Path> file, Map<String, String> environment) {
        Path path = file.orElseGet(() -> usual(environment));
        if (file.isEmpty() && !Files.exists(path)) {
            return new SinkConfig(SinkProperties.of(path.toString(), Map.of()), environment);
        }
        SinkProperties properties = SinkProperties.read(path);
        for (String key : new TreeMap<>(properties.values()).keySet()) {
            if (!key.contains(".") && !key.equals(SINKS)) {
                throw new ConfigurationException(
                        properties.place(key)
                                + ": unknown key "
                                + Quoted.of(key)
                                + NearestName.hint(key, List.of(SINKS))
                                + "; all other keys have the form NAME.key");
            }
        }
        return new SinkConfig(properties, environment);
    }

    /** Whether a text can be the name of a sink. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches() && !name.equals(SINKS) && !name.equals(REDACT);
    }

    /** The names of the sinks that are on, and these: each once, in alphabetical order. */
    public List<String> sinks(List<String> more) {
        TreeSet<String> names = new TreeSet<>(more);
        for (String name : properties.values().getOrDefault(SINKS, "").split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        return List.copyOf(names);
    }

    /** The settings of a sink. */
    public SinkSettings settings(String sink) {
        return SinkSettings.of(sink, properties, environment);
    }

    /** What is masked in every document, with the defaults. */
    public Redaction redaction() {
        List<Pattern> patterns = new ArrayList<>();
        new TreeMap<>(properties.values())
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(REDACT + ".") && !key.endsWith(EXAMPLE)) {
                                patterns.add(pattern(key, value));
                            } else if (key.startsWith(REDACT + ".")) {
                                checkExample(key);
                            }
                        });
        return Redaction.of(patterns);
    }

    private Pattern pattern(String key, String value) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(value);
        } catch (PatternSyntaxException e) {
            throw wrong(key, "is not a valid regular expression: " + description(e));
        }
        String example = properties.values().get(key + EXAMPLE);
        if (example == null) {
            if (value.isEmpty() || ESCAPED_TWICE.matcher(value).find()) {
                throw wrong(
                        key,
                        value.isEmpty()
                                ? "is empty"
                                : "looks for a backslash, because patterns are read exactly as"
                                        + " written: use \\d, not \\\\d. If you want to match a"
                                        + " backslash, give an example: "
                                        + key
                                        + EXAMPLE);
            }
        } else if (example.equals(Redaction.masked(pattern, example))) {
            throw wrong(key, "does not match its own example (" + key + EXAMPLE + ")");
        }
        return pattern;
    }

    /**
     * The description of an error. The library reports a backslash at the end as an error of its
     * own.
     */
    private static String description(PatternSyntaxException e) {
        String text = e.getDescription();
        return text.contains("internal error") ? "it ends in the middle of an escape" : text;
    }

    private void checkExample(String key) {
        String of = key.substring(0, key.length() - EXAMPLE.length());
        if (!properties.values().containsKey(of)) {
            throw wrong(key, "is an example of " + of + ", which does not exist");
        }
    }

    private ConfigurationException wrong(String key, String what) {
        return new ConfigurationException(properties.place(key) + ": " + key + ": " + what);
    }
}
