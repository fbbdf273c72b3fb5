package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Numbers names from 0, in the order in which they are added. Not thread-safe. */
final class NameIndex {
    // Mutable state
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /** The name's number. The name is added where it is new. */
    int add(String name) {
        Integer number = numbers.putIfAbsent(name, names.size());
        if (number != null) {
            return number;
        }
        names.add(name);
        return names.size() - 1;
    }

    /** The name's number; empty where it was never added. */
    Optional<Integer> number(String name) {
        return Optional.ofNullable(numbers.get(name));
    }

    boolean has(String name) {
        return numbers.containsKey(name);
    }

    String name(int number) {
        return names.get(number);
    }

    int size() {
        return names.size();
    }

    /** All names in order, as a read-only view. */
    List<String> names() {
        return Collections.unmodifiableList(names);
    }
}
