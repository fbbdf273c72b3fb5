package org.jetfanout.sink;

import java.util.LinkedHashMap;
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
 * The values of one sink's {@link Setting}s. They are properties that begin with the sink's name
 * ({@code elasticsearch.url}). An environment variable ({@code JET_FANOUT_ELASTICSEARCH_URL})
 * overrides each. Errors name the line or the variable and the key, never the value of a secret.
 * Immutable.
 */
public final class SinkSettings {
    private final String sink;
    private final Map<String, String> values;

    /** The place of each value, for errors. */
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
     * Selects a sink's settings.
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

    /** All values by key, without the sink's name, with secrets. */
    public Map<String, String> values() {
        return values;
    }

    /**
     * Checks the values. It refuses keys that neither this sink nor every sink has, and invalid
     * values.
     */
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

    /** The value of a setting, or its default. */
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

    /** The value of a setting, where it is set. An empty value counts as not set. */
    public <T> Optional<T> find(Setting<T> setting) {
        try {
            return Optional.ofNullable(values.get(setting.name()))
                    .filter(text -> !text.isEmpty())
                    .map(setting.type().reading());
        } catch (IllegalArgumentException e) {
            throw wrong(setting, e.getMessage());
        }
    }

    /** The values that are set, by key, in the order of the keys; secrets are masked. */
    public Map<String, String> shown(List<Setting<?>> own) {
        Map<String, String> shown = new LinkedHashMap<>();
        for (Setting<?> setting : Setting.all(own, SharedSettings.ALL)) {
            Optional.ofNullable(values.get(setting.name()))
                    .ifPresent(text -> shown.put(setting.name(), setting.shown(text)));
        }
        return shown;
    }

    /**
     * An error in a value.
     *
     * @param what the value must be
     */
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
