package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Values on which the groups of a host do not agree. jetp merges groups in a random order (parents,
 * children and {@code all} alike), so nobody can say which value it would use.
 */
final class Conflicts {
    /**
     * Two groups give one variable different values.
     *
     * @param path the variable's name; where mappings are merged, the keys that lead to the value
     */
    record Conflict(
            List<String> path,
            Object first,
            String firstSource,
            Object second,
            String secondSource) {}

    private record Leaf(Object value, String source) {}

    private Conflicts() {}

    /** All conflicts between the variables of several groups. */
    static List<Conflict> among(List<Variables> groups) {
        if (groups.size() < 2) {
            return List.of();
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        List<Conflict> found = new ArrayList<>();
        for (Variables group : groups) {
            add(tree, group.values(), group.source(), List.of(), found);
        }
        return List.copyOf(found);
    }

    /**
     * Whether the host's own variables decide the conflict. They are merged last, over those of all
     * groups.
     */
    static boolean settled(Conflict conflict, Map<String, Object> hostValues) {
        Object own = hostValues;
        int depth = 0;
        while (depth < conflict.path().size() && own instanceof Map<?, ?> map) {
            Map<String, Object> named = VariableMerge.textKeys(map);
            String key = conflict.path().get(depth++);
            if (!named.containsKey(key)) {
                return false;
            }
            own = named.get(key);
        }
        if (depth < conflict.path().size()) {
            // it replaces the mapping of the groups, unless it is null
            return own != null;
        }
        boolean joins = own instanceof List && either(conflict, List.class);
        boolean merges = (own instanceof Map || own == null) && either(conflict, Map.class);
        return !joins && !merges;
    }

    private static boolean either(Conflict conflict, Class<?> type) {
        return type.isInstance(conflict.first()) || type.isInstance(conflict.second());
    }

    private static void add(
            Map<String, Object> tree,
            Map<?, ?> values,
            String source,
            List<String> path,
            List<Conflict> found) {
        values.forEach(
                (key, value) -> {
                    String name = String.valueOf(key);
                    List<String> here = new ArrayList<>(path);
                    here.add(name);
                    Object old = tree.get(name);
                    if (old == null) {
                        tree.put(name, branch(value, source, here, found));
                    } else if (value instanceof Map<?, ?> map) {
                        if (old instanceof Map<?, ?>) {
                            @SuppressWarnings("unchecked") // only we put maps there
                            Map<String, Object> inner = (Map<String, Object>) old;
                            add(inner, map, source, here, found);
                        } else if (((Leaf) old).value() == null) {
                            tree.put(name, branch(value, source, here, found));
                        } else {
                            found.add(conflict(here, old, value, source));
                        }
                    } else if (old instanceof Leaf leaf
                            ? !agree(leaf.value(), value)
                            : value != null) {
                        found.add(conflict(here, old, value, source));
                    }
                });
    }

    private static Object branch(
            Object value, String source, List<String> path, List<Conflict> found) {
        if (!(value instanceof Map<?, ?> map)) {
            return new Leaf(value, source);
        }
        Map<String, Object> inner = new LinkedHashMap<>();
        add(inner, map, source, path, found);
        return inner;
    }

    private static boolean agree(Object a, Object b) {
        return Objects.equals(a, b) || (a instanceof List && b instanceof List);
    }

    private static Conflict conflict(List<String> path, Object old, Object value, String source) {
        Leaf leaf = firstLeaf(old);
        return new Conflict(
                path, old instanceof Leaf ? leaf.value() : old, leaf.source(), value, source);
    }

    private static Leaf firstLeaf(Object branch) {
        if (branch instanceof Leaf leaf) {
            return leaf;
        }
        for (Object inner : ((Map<?, ?>) branch).values()) {
            return firstLeaf(inner);
        }
        return new Leaf(Map.of(), "another group");
    }
}
