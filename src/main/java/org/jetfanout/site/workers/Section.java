package org.jetfanout.site.workers;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * A mapping of a file with settings. Each of its keys has a line of its own, because a value may
 * begin lines below its key. Immutable.
 */
public final class Section {
    private final String name;
    private final Map<String, YamlValue> keys = new LinkedHashMap<>();
    private final Map<String, YamlValue> values = new LinkedHashMap<>();

    /**
     * @param name what errors call the section
     */
    public Section(String name, YamlValue value) {
        this.name = name;
        for (YamlValue.Entry entry : value.entries(name)) {
            keys.put(entry.name(), entry.key());
            values.put(entry.name(), entry.value());
        }
    }

    /** The names of the keys that are there. */
    public Set<String> keys() {
        return keys.keySet();
    }

    /** The value of a key; empty where the key is missing. */
    public Optional<YamlValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The line of a key, from 1; empty where the key is missing. */
    public OptionalInt line(String key) {
        return keys.containsKey(key) ? OptionalInt.of(keys.get(key).line()) : OptionalInt.empty();
    }

    /** An error at the line of a key, which must be there. */
    public ConfigurationException error(String key, String message) {
        return keys.get(key).error(message);
    }

    /** Fails at the first key that is none of these, and names the nearest one. */
    public void refuseUnknown(Collection<String> known) {
        for (String key : keys.keySet()) {
            if (!known.contains(key)) {
                throw error(
                        key,
                        "unknown key "
                                + Quoted.of(key)
                                + " in "
                                + name
                                + NearestName.hint(key, known));
            }
        }
    }
}
