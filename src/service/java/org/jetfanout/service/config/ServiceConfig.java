package org.jetfanout.service.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Durations;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * What service.yml says: the frame, and the sections that the rooms of the service read themselves.
 * Immutable.
 *
 * @param file the file; relative paths in it begin at its folder
 * @param sections the values of the file by key; all keys are known ones
 */
public record ServiceConfig(Path file, Map<String, YamlValue> sections) {
    /** The address where the file names none. */
    public static final String USUAL_ADDRESS = "127.0.0.1:8642";

    private static final Duration USUAL_DRAIN = Duration.ofMinutes(1);

    /** All keys, with those of the sections that others read. */
    private static final Set<String> KEYS =
            new TreeSet<>(
                    Set.of(
                            "listen",
                            "url",
                            "tls",
                            "prefix",
                            "trusted_proxies",
                            "limits",
                            "metrics",
                            "routes",
                            "drain",
                            "runs",
                            "roots",
                            "keep_connections",
                            "tokens",
                            "proxy",
                            "sessions",
                            "templates"));

    private static final Pattern ADDRESS =
            Pattern.compile("(?:(\\[[0-9a-fA-F:.%]+\\]|[^\\s/:\\[\\]]+):)?(\\d{1,5})");
    private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

    /** Copies the map. */
    public ServiceConfig {
        sections = Map.copyOf(sections);
    }

    /** All keys that a file may have. */
    public static Set<String> known() {
        return new TreeSet<>(KEYS);
    }

    /** Reads a file. An empty file means all defaults. */
    public static ServiceConfig read(Path file) {
        Optional<YamlValue> document = YamlValue.read(file);
        if (document.isEmpty() || document.get().isNull()) {
            return new ServiceConfig(file, Map.of());
        }
        Map<String, YamlValue> sections = keys(document.get(), "service.yml", KEYS);
        ServiceConfig config = new ServiceConfig(file, sections);
        // checked before anything is started
        config.host();
        config.port();
        config.prefix();
        config.url();
        config.drain();
        return config;
    }

    /**
     * The values of a mapping, all of whose keys are known.
     *
     * @param what the name of the mapping in an error
     */
    public static Map<String, YamlValue> keys(YamlValue mapping, String what, Set<String> known) {
        Map<String, YamlValue> values = new LinkedHashMap<>();
        for (YamlValue.Entry entry : mapping.entries(what)) {
            if (!known.contains(entry.name())) {
                throw entry.key()
                        .error(
                                "unknown key "
                                        + Quoted.of(entry.name())
                                        + " in "
                                        + what
                                        + NearestName.hint(entry.name(), known)
                                        + ". Known: "
                                        + String.join(", ", new TreeSet<>(known)));
            }
            if (!entry.value().isNull()) {
                values.put(entry.name(), entry.value());
            }
        }
        return values;
    }

    /**
     * A duration such as 10m.
     *
     * @param what the name of the value in an error
     */
    public static Duration duration(YamlValue value, String what) {
        try {
            return Durations.parse(value.text(what));
        } catch (IllegalArgumentException e) {
            throw value.error(what + " " + e.getMessage());
        }
    }

    /**
     * Whether a value is true.
     *
     * @param what the name of the value in an error
     */
    public static boolean flag(YamlValue value, String what) {
        String text = value.text(what);
        if (!Set.of("true", "false").contains(text)) {
            throw value.error(what + " must be true or false, not " + Quoted.of(text));
        }
        return text.equals("true");
    }

    /** The value of a key of the file; empty where the file does not have it. */
    public Optional<YamlValue> section(String key) {
        if (!KEYS.contains(key)) {
            throw new IllegalArgumentException(key);
        }
        return Optional.ofNullable(sections.get(key));
    }

    /** A path that the file names. A relative one begins at the folder of the file. */
    public Path path(YamlValue value, String what) {
        String name = value.text(what);
        if (name.isBlank()) {
            throw value.error(what + " must be the name of a file or folder, not empty");
        }
        return file.toAbsolutePath().resolveSibling(name).normalize();
    }

    /** The host to listen on. */
    public String host() {
        String host = address().group(1);
        return host == null ? "127.0.0.1" : host.replaceAll("[\\[\\]]", "");
    }

    /** The port to listen on; 0 for any free one. */
    public int port() {
        return Integer.parseInt(address().group(2));
    }

    private Matcher address() {
        String text = section("listen").map(value -> value.text("listen")).orElse(USUAL_ADDRESS);
        Matcher form = ADDRESS.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(2)) > 65535) {
            throw sections.get("listen")
                    .error(
                            "listen must be [ADDRESS:]PORT, such as "
                                    + USUAL_ADDRESS
                                    + ", not "
                                    + Quoted.of(text));
        }
        return form;
    }

    /** The path before all paths, such as {@code /fanout}; empty for none. */
    public String prefix() {
        Optional<YamlValue> value = section("prefix");
        if (value.isEmpty() || value.get().text("prefix").equals("/")) {
            return "";
        }
        String text = value.get().text("prefix").replaceFirst("/$", "");
        if (!PREFIX.matcher(text).matches()) {
            throw value.get()
                    .error("prefix must be a path such as /fanout, not " + Quoted.of(text));
        }
        return text;
    }

    /** The URL at which people reach the service, without a slash at its end, where it is given. */
    public Optional<String> url() {
        return section("url")
                .map(
                        value -> {
                            String text = value.text("url").replaceFirst("/+$", "");
                            URI uri;
                            try {
                                uri = URI.create(text);
                            } catch (IllegalArgumentException e) {
                                throw url(value, text);
                            }
                            if (uri.getHost() == null
                                    || !List.of("http", "https").contains(uri.getScheme())
                                    || uri.getRawQuery() != null
                                    || uri.getRawFragment() != null) {
                                throw url(value, text);
                            }
                            return text;
                        });
    }

    private static ConfigurationException url(YamlValue value, String text) {
        return value.error(
                "url must be one such as https://fanout.example.org/fanout, not "
                        + Quoted.of(text));
    }

    /** How long to wait for runs at the end. */
    public Duration drain() {
        return section("drain").map(value -> duration(value, "drain")).orElse(USUAL_DRAIN);
    }
}
