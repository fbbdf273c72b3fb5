package org.jetfanout.sink;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A setting that a sink declares. Its value is read and checked by it, and errors and the table of
 * the sink's page are made of it. Immutable.
 *
 * @param name without the name of the sink
 * @param type of the value
 * @param value the default, as it would be written
 * @param without what applies where there is no value at all, for the page: {@code the JDK's}
 * @param secret whether nobody may see its value
 * @param required whether the sink cannot work without it
 * @param meaning one sentence for the page
 */
public record Setting<T>(
        String name,
        SettingType<T> type,
        Optional<String> value,
        String without,
        boolean secret,
        boolean required,
        String meaning) {
    /** Replaces the value of a secret. */
    public static final String MASK = "***";

    /** A setting that is optional and has no default. */
    public static <T> Setting<T> of(String name, SettingType<T> type, String meaning) {
        return new Setting<>(name, type, Optional.empty(), "", false, false, meaning);
    }

    /** The same setting with a default, as it would be written. */
    public Setting<T> orElse(String text) {
        return new Setting<>(name, type, Optional.of(text), without, secret, required, meaning);
    }

    /** The same setting with the words for what applies without it. */
    public Setting<T> without(String words) {
        return new Setting<>(name, type, value, words, secret, required, meaning);
    }

    /** The same setting as a secret. */
    public Setting<T> hidden() {
        return new Setting<>(name, type, value, without, true, required, meaning);
    }

    /** The same setting as a required one. */
    public Setting<T> needed() {
        return new Setting<>(name, type, value, without, secret, true, meaning);
    }

    /** The value for people: masked, if it is a secret. */
    public String shown(String text) {
        return secret ? MASK : text;
    }

    /** The setting's row in a table with the columns key, type, default and meaning. */
    public String row(String sink) {
        String standard =
                required ? "required" : value.map(text -> "`" + text + "`").orElse(without);
        return "| %s.%s | %s | %s | %s |"
                .formatted(sink, name, type.name() + (secret ? ", secret" : ""), standard, meaning)
                .replace("|  |", "| |");
    }

    /** These settings, then those. */
    public static List<Setting<?>> all(List<Setting<?>> these, List<Setting<?>> those) {
        return Stream.concat(these.stream(), those.stream()).toList();
    }
}
