package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The variables of groups and hosts, by their numbers, merged as jetp does: first those of {@code
 * all}, then those of a host's groups from the top down, then its own. Later ones override earlier
 * ones. Files are read when they are first needed. Thread-safe.
 */
final class LayeredVariables {
    /** What several groups set together. */
    record Merged(Map<String, Object> values, List<Conflicts.Conflict> conflicts) {}

    private final Members members;
    private final Variables[] ofGroups;
    private final Map<Integer, Variables> ofHosts;

    /**
     * For each group: itself and its ancestors, in the order in which they are merged; without
     * those that set no variables.
     */
    private final int[][] settingGroups;

    // Mutable state: results kept for reuse, by the groups that set variables, in the order in
    // which they are merged: `all` first. Hosts with the same groups share one.
    private final Map<List<Integer>, Merged> merged = new ConcurrentHashMap<>();

    private final AtomicReferenceArray<Merged> mergedOfGroup;

    /**
     * @param ofGroups by number; null where a group sets none
     */
    LayeredVariables(Members members, Variables[] ofGroups, Map<Integer, Variables> ofHosts) {
        this.members = members;
        this.ofGroups = ofGroups;
        this.ofHosts = ofHosts;
        this.mergedOfGroup = new AtomicReferenceArray<>(ofGroups.length);
        this.settingGroups = new int[ofGroups.length][];
        for (int g = 0; g < ofGroups.length; g++) {
            Ints found = new Ints();
            members.downTo(
                    g,
                    group -> {
                        if (ofGroups[group] != null) {
                            found.add(group);
                        }
                    });
            settingGroups[g] = found.toArray();
        }
    }

    /** The variables set for the group alone. */
    Optional<Variables> ofGroup(int group) {
        return Optional.ofNullable(ofGroups[group]);
    }

    /** The variables set for the host alone. */
    Optional<Variables> ofHost(int host) {
        return Optional.ofNullable(ofHosts.get(host));
    }

    /** All variables of a host. Callers must not change them. */
    Map<String, Object> values(int host) {
        Map<String, Object> fromGroups = fromGroups(host).values();
        Variables own = ofHosts.get(host);
        if (own == null) {
            return fromGroups;
        }
        Map<String, Object> values = new LinkedHashMap<>(fromGroups);
        VariableMerge.over(values, own.values());
        return Collections.unmodifiableMap(values);
    }

    /** One of the {@link #values}; cheaper than to get all of them. */
    Optional<Object> value(int host, String name) {
        Variables own = ofHosts.get(host);
        return Optional.ofNullable(
                own != null && own.mayMention(name)
                        ? values(host).get(name)
                        : fromGroups(host).values().get(name));
    }

    /**
     * Whether a host's variable has that value. The files must have both as plain text, without
     * escapes.
     */
    boolean has(int host, String name, String value) {
        Variables own = ofHosts.get(host);
        boolean possible =
                value.equals(fromGroups(host).values().get(name))
                        || (own != null && own.mayMention(value));
        return possible && value.equals(values(host).get(name));
    }

    /**
     * The place that sets a host's variable last.
     *
     * @param groups the host's groups, nearest first, without {@code all}
     */
    Optional<String> source(int host, IntStream groups, String variable) {
        return Stream.concat(
                        Stream.ofNullable(ofHosts.get(host)),
                        IntStream.concat(groups, IntStream.of(Members.ALL))
                                .mapToObj(group -> ofGroups[group]))
                .filter(variables -> variables != null && variables.values().containsKey(variable))
                .map(Variables::source)
                .findFirst();
    }

    /** The variables that a host's groups set. */
    Merged fromGroups(int host) {
        if (members.groupCount(host) != 1) {
            return merge(host);
        }
        // most hosts are in one group, so its result is kept apart
        int group = members.firstGroup(host);
        Merged known = mergedOfGroup.get(group);
        if (known == null) {
            known = merge(host);
            mergedOfGroup.set(group, known);
        }
        return known;
    }

    private Merged merge(int host) {
        List<Integer> key = new ArrayList<>();
        BitSet taken = new BitSet();
        if (ofGroups[Members.ALL] != null) {
            key.add(Members.ALL);
        }
        members.groups(host)
                .forEach(
                        listing -> {
                            for (int group : settingGroups[listing]) {
                                if (!taken.get(group)) {
                                    taken.set(group);
                                    key.add(group);
                                }
                            }
                        });
        return merged.computeIfAbsent(List.copyOf(key), this::merge);
    }

    private Merged merge(List<Integer> groups) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<Variables> sources = groups.stream().map(g -> ofGroups[g]).toList();
        sources.forEach(source -> VariableMerge.over(values, source.values()));
        return new Merged(Collections.unmodifiableMap(values), Conflicts.among(sources));
    }
}
