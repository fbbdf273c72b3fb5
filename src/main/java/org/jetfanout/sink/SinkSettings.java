package org.jetfanout.sink;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.NearestName;

/**
 * The values of one sink's {@link Setting}s: properties that begin with its name ({@code
 * elasticsearch.url}), each of which an environment variable overrides ({@code
 * JET_FANOUT_ELASTICSEARCH_URL}). Each error names the line or the variable and the key, never the
 * value of a secret. Immutable.
 */
public final class SinkSettings {
    private final String sink;
    private final Map<String, String> values;

    /** Where each value stands, for errors. */
    private final Map<String, String> places;

    private final String source;

    private SinkSettings(
            String sink, Map<String, String> values, Map<String, String> places, String source) {
        this.sink = sink;
        this.values = Map.copyOf(values);
        this.places = Map.copyOf(places);
        this.source = source;
    }

    /**
     * Picks a sink's settings.
     *
     * @param properties of all sinks
     * @param environment of the process
     */
    public static SinkSettings of(
            String sink, SinkProperties properties, Map<String, String> environment) {
        Map<String, String> values = new TreeMap<>();
        Map<String, String> places = new TreeMap<>();
        properties
                .values()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(sink + ".")) {
                                String name = key.substring(sink.length() + 1);
                                values.put(name, value.strip());
                                places.put(name, properties.place(key));
                            }
                        });
        String prefix = variable(sink, "");
        environment.forEach(
                (variable, value) -> {
                    if (variable.startsWith(prefix)) {
                        String name =
                                variable.substring(prefix.length())
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '-');
                        values.put(name, value.strip());
                        places.put(name, "environment variable " + variable);
                    }
                });
        return new SinkSettings(sink, values, places, properties.source());
    }

    /** The sink's name. */
    public String sink() {
        return sink;
    }

    /** All of them by key, without the sink's name; secrets too. */
    public Map<String, String> values() {
        return values;
    }

    /** Refuses keys that are not among these or those of every sink, and values of other types. */
    public SinkSettings check(List<Setting<?>> own) {
        List<Setting<?>> settings = Setting.all(SharedSettings.ALL, own);
        Map<String, Setting<?>> known =
                settings.stream().collect(Collectors.toMap(Setting::name, Function.identity()));
        for (String key : new TreeMap<>(values).keySet()) {
            if (!known.containsKey(key)) {
                throw wrong(key, "unknown key" + NearestName.hint(key, known.keySet()));
            }
        }
        for (Setting<?> setting : settings) {
            if (setting.required()) {
                get(setting);
            } else {
                find(setting);
            }
        }
        return this;
    }

    /** A value, or the default. */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .or(() -> setting.value().map(setting.type().reading()))
                .orElseThrow(
                        () ->
                                wrong(
                                        setting,
                                        "is missing; set it there, or "
                                                + variable(sink, setting.name())));
    }

    /** A value that is set; an empty one counts as not set. */
    public <T> Optional<T> find(Setting<T> setting) {
        try {
            return Optional.ofNullable(values.get(setting.name()))
                    .filter(text -> !text.isEmpty())
                    .map(setting.type().reading());
        } catch (IllegalArgumentException e) {
            throw wrong(setting, e.getMessage());
        }
    }

    /** What is set, for people: each key with its value, or without if it is a secret. */
    public List<String> shown(List<Setting<?>> own) {
        List<String> shown = new ArrayList<>();
        for (Setting<?> setting : Setting.all(own, SharedSettings.ALL)) {
            Optional.ofNullable(values.get(setting.name()))
                    .ifPresent(text -> shown.add(setting.name() + " " + setting.shown(text)));
        }
        return shown;
    }

    /** An error in a value: the message says what is wanted. */
    public ConfigurationException wrong(Setting<?> setting, String what) {
        return wrong(setting.name(), what);
    }

    private ConfigurationException wrong(String key, String what) {
        return new ConfigurationException(
                places.getOrDefault(key, source) + ": " + sink + "." + key + ": " + what);
    }

    private static String variable(String sink, String key) {
        return "JET_FANOUT_" + upper(sink) + "_" + upper(key);
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }
}
