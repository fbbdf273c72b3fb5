package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables that several paths of an inventory set for one group or host. A later path replaces
 * those of the same names. Immutable.
 */
final class OverlaidVariables implements Variables {
    private final List<Variables> layers;

    private OverlaidVariables(List<Variables> layers) {
        this.layers = List.copyOf(layers);
    }

    static Variables of(Variables lower, Variables upper) {
        List<Variables> layers = new ArrayList<>();
        if (lower instanceof OverlaidVariables overlaid) {
            layers.addAll(overlaid.layers);
        } else {
            layers.add(lower);
        }
        layers.add(upper);
        return new OverlaidVariables(layers);
    }

    @Override
    public String source() {
        return String.join(" and ", layers.stream().map(Variables::source).toList());
    }

    @Override
    public Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        layers.forEach(layer -> values.putAll(layer.values()));
        return Collections.unmodifiableMap(values);
    }

    @Override
    public void check() {
        layers.forEach(Variables::check);
    }

    @Override
    public List<byte[]> texts() {
        return layers.stream().flatMap(layer -> layer.texts().stream()).toList();
    }

    @Override
    public boolean mayMention(String word) {
        return layers.stream().anyMatch(layer -> layer.mayMention(word));
    }
}
