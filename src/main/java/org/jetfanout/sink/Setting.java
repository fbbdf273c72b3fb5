package org.jetfanout.sink;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A setting that a sink declares. From it come the reading and checking of its value, what errors
 * say, and its row in the table of the sink's page. Immutable.
 *
 * @param name without that of the sink
 * @param value that holds where none is set, as it would be written
 * @param without what holds where there is no value at all, for the page: {@code the JDK's}
 * @param secret its value is shown to nobody
 * @param required the sink cannot work without it
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
    /** What secrets are shown as. */
    public static final String MASK = "***";

    /** One that need not be set, and has no default. */
    public static <T> Setting<T> of(String name, SettingType<T> type, String meaning) {
        return new Setting<>(name, type, Optional.empty(), "", false, false, meaning);
    }

    /** The same with a default, as it would be written. */
    public Setting<T> orElse(String text) {
        return new Setting<>(name, type, Optional.of(text), without, secret, required, meaning);
    }

    /** The same, and what holds without it. */
    public Setting<T> without(String words) {
        return new Setting<>(name, type, value, words, secret, required, meaning);
    }

    /** The same, whose value is a secret. */
    public Setting<T> hidden() {
        return new Setting<>(name, type, value, without, true, required, meaning);
    }

    /** The same, without which the sink cannot work. */
    public Setting<T> needed() {
        return new Setting<>(name, type, value, without, secret, true, meaning);
    }

    /** A value as people may see it. */
    public String shown(String text) {
        return secret ? MASK : text;
    }

    /** Its row in a table with the columns key, type, default and meaning. */
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
