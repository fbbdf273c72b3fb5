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

/** A mapping of workers.yml whose keys know their lines (a value may begin lines below its key). */
final class Section {
    private final String name;
    private final Map<String, YamlValue> keys = new LinkedHashMap<>();
    private final Map<String, YamlValue> values = new LinkedHashMap<>();

    /** The name is what errors call it. */
    Section(String name, YamlValue value) {
        this.name = name;
        for (YamlValue.Entry entry : value.entries(name)) {
            keys.put(entry.name(), entry.key());
            values.put(entry.name(), entry.value());
        }
    }

    Set<String> keys() {
        return keys.keySet();
    }

    Optional<YamlValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Line of a key, from 1; empty where it is not there. */
    OptionalInt line(String key) {
        return keys.containsKey(key) ? OptionalInt.of(keys.get(key).line()) : OptionalInt.empty();
    }

    /** An error at the line of a key that is there. */
    ConfigurationException error(String key, String message) {
        return keys.get(key).error(message);
    }

    void refuseUnknown(Collection<String> known) {
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
