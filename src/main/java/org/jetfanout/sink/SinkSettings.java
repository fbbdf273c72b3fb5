package org.jetfanout.sink;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;
import org.jetfanout.sink.shipping.ShippingLimits;
import org.jetfanout.text.Durations;
import org.jetfanout.text.NearestName;

/**
 * The settings of one sink: properties that begin with its name ({@code elasticsearch.url}), each
 * of which an environment variable overrides ({@code JET_FANOUT_ELASTICSEARCH_URL}). Typed: each
 * error names the file and the key, never the value of a secret. Immutable.
 */
public final class SinkSettings {
    /** Keys of every sink: {@link ShippingLimits}. */
    private static final Set<String> COMMON = Set.of("records", "bytes", "backlog-limit");

    private static final Pattern BYTES = Pattern.compile("(\\d{1,9})([kmgKMG]?)(?:i?B)?");

    private final String sink;
    private final Map<String, String> values;
    private final String source;

    private SinkSettings(String sink, Map<String, String> values, String source) {
        this.sink = sink;
        this.values = values;
        this.source = source;
    }

    /**
     * Picks a sink's settings.
     *
     * @param properties of all sinks
     * @param environment of the process
     * @param source where the properties stand, for errors
     */
    public static SinkSettings of(
            String sink,
            Map<String, String> properties,
            Map<String, String> environment,
            String source) {
        TreeMap<String, String> values = new TreeMap<>();
        properties.forEach(
                (key, value) -> {
                    if (key.startsWith(sink + ".")) {
                        values.put(key.substring(sink.length() + 1), value.strip());
                    }
                });
        String prefix = "JET_FANOUT_" + upper(sink) + "_";
        environment.forEach(
                (key, value) -> {
                    if (key.startsWith(prefix)) {
                        String name = key.substring(prefix.length());
                        values.put(name.toLowerCase(Locale.ROOT).replace('_', '-'), value.strip());
                    }
                });
        return new SinkSettings(sink, Map.copyOf(values), source);
    }

    /** The sink's name. */
    public String sink() {
        return sink;
    }

    /** All of them by key, without the sink's name; secrets too. */
    public Map<String, String> values() {
        return values;
    }

    /** Refuses keys that neither the sink knows nor every sink has. */
    public SinkSettings only(Set<String> own) {
        Set<String> known = new TreeSet<>(COMMON);
        known.addAll(own);
        for (String key : new TreeMap<>(values).keySet()) {
            if (!known.contains(key)) {
                throw wrong(key, "unknown key" + NearestName.hint(key, known));
            }
        }
        return this;
    }

    /** Empty where it is not set. */
    public Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }

    public String text(String key, String otherwise) {
        return text(key).orElse(otherwise);
    }

    /** A value without which the sink cannot work. */
    public String required(String key) {
        return text(key)
                .orElseThrow(
                        () ->
                                wrong(
                                        key,
                                        "is missing; set it there, or JET_FANOUT_"
                                                + upper(sink)
                                                + "_"
                                                + upper(key)));
    }

    /** A whole number within bounds. */
    public int number(String key, int otherwise, int least, int most) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw wrong(key, "must be a number from " + least + " to " + most);
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String key, boolean otherwise) {
        return switch (text(key, Boolean.toString(otherwise))) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(key, "must be true or false");
        };
    }

    /** A duration such as {@code 30s} or {@code 5m}. */
    public Duration duration(String key, Duration otherwise) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return Durations.parse(text.get());
        } catch (IllegalArgumentException e) {
            throw wrong(key, e.getMessage());
        }
    }

    /** A duration that is not zero: to a socket 0 means for ever. */
    public Duration timeout(String key, Duration otherwise) {
        Duration timeout = duration(key, otherwise);
        if (timeout.isZero()) {
            throw wrong(key, "must be longer than 0s, such as 10s");
        }
        return timeout;
    }

    /**
     * A number of bytes: {@code 4096}, {@code 64KiB}, {@code 16MiB}, {@code 1GiB}: {@code 5m} is
     * five minutes elsewhere, so it is read but nowhere written.
     *
     * @param least smallest that is allowed
     */
    public long bytes(String key, long otherwise, long least) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        Matcher form = BYTES.matcher(text.get());
        if (form.matches()) {
            int unit =
                    form.group(2).isEmpty()
                            ? 0
                            : "kmg".indexOf(form.group(2).toLowerCase(Locale.ROOT)) + 1;
            long bytes = Long.parseLong(form.group(1)) << (10 * unit);
            if (bytes >= least) {
                return bytes;
            }
        }
        throw wrong(
                key, "must be a size such as 64KiB, 16MiB or 1GiB, and at least " + least + " on");
    }

    /** A path; one that begins with {@code ~/} is below the user's home. */
    public Optional<Path> file(String key) {
        return text(key).map(text -> path(key, text));
    }

    /** The same with a value where there is none. */
    public Path file(String key, String other) {
        return path(key, text(key, other));
    }

    private Path path(String key, String text) {
        if (text.startsWith("~") && !text.equals("~") && !text.startsWith("~/")) {
            throw wrong(
                    key,
                    "only ~/ is supported, not the home folder of another user: write the full path");
        }
        return Path.of(Home.ofUser().expand(text));
    }

    /** An address with scheme and host, without a slash at its end. */
    public String url(String key, Set<String> schemes) {
        String text = required(key).replaceAll("/+$", "");
        try {
            URI uri = new URI(text);
            if (uri.getScheme() != null
                    && schemes.contains(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getUserInfo() == null) {
                return text;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw wrong(
                key,
                "must be an address such as "
                        + schemes.stream().sorted().findFirst().orElseThrow()
                        + "://name:port, without user or password in it");
    }

    /** An error in the value of a key: the message says what is wanted. */
    public ConfigurationException wrong(String key, String what) {
        return new ConfigurationException(source + ": " + sink + "." + key + ": " + what);
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }
}
