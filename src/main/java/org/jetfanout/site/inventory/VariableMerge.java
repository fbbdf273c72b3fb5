package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges variables as jetp does: mappings are merged at every depth, lists under one key are
 * joined, anything else is replaced.
 */
final class VariableMerge {
    private VariableMerge() {}

    /** Merges the upper variables into the lower ones, and changes only the lower ones. */
    static void over(Map<String, Object> lower, Map<String, Object> upper) {
        upper.forEach((key, value) -> put(lower, key, value));
    }

    private static void put(Map<String, Object> lower, String key, Object value) {
        Object old = lower.get(key);
        if (old instanceof List<?> first && value instanceof List<?> second) {
            List<Object> joined = new ArrayList<>(first);
            joined.addAll(second);
            lower.put(key, joined);
        } else if (old instanceof Map<?, ?> first && value instanceof Map<?, ?> second) {
            Map<String, Object> merged = textKeys(first);
            over(merged, textKeys(second));
            lower.put(key, merged);
        } else if (!(old instanceof Map && value == null)) {
            lower.put(key, value);
        }
    }

    /** A copy whose keys are texts. Maps within it are not copied. */
    static Map<String, Object> textKeys(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }
}
