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
 * The variables of groups and hosts, by their numbers, laid over each other as jetp does: those of
 * {@code all} lowest, then a host's groups from the top down, then its own. Files are read when
 * first asked for. Thread-safe.
 */
final class LayeredVariables {
    /** Groups that set variables, lowest first, {@code all} before all others. */
    private record GroupSet(List<Integer> groups) {}

    /** What groups set together. */
    record Merged(Map<String, Object> values, List<Conflicts.Conflict> conflicts) {}

    private final Members members;
    private final Variables[] ofGroups;
    private final Map<Integer, Variables> ofHosts;

    /** Per group: itself and its ancestors as far as they set variables, lowest first. */
    private final int[][] settingGroups;

    // Mutable state: what was computed before. Hosts with the same groups share one entry.
    private final Map<GroupSet, Merged> merged = new ConcurrentHashMap<>();

    private final AtomicReferenceArray<Merged> mergedOfGroup;

    /**
     * @param ofGroups each may be null
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

    /** What is set for the group alone. */
    Optional<Variables> ofGroup(int group) {
        return Optional.ofNullable(ofGroups[group]);
    }

    /** What is set for the host alone. */
    Optional<Variables> ofHost(int host) {
        return Optional.ofNullable(ofHosts.get(host));
    }

    /** All of a host's; nobody may change them. */
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

    /** One of {@link #values}, which is cheaper than all of them. */
    Optional<Object> value(int host, String name) {
        Variables own = ofHosts.get(host);
        return Optional.ofNullable(
                own != null && own.mayMention(name)
                        ? values(host).get(name)
                        : fromGroups(host).values().get(name));
    }

    /** Whether a host's variable has that value; both stand in the files as they are. */
    boolean has(int host, String name, String value) {
        Variables own = ofHosts.get(host);
        boolean possible =
                value.equals(fromGroups(host).values().get(name))
                        || (own != null && own.mayMention(value));
        return possible && value.equals(values(host).get(name));
    }

    /**
     * Where a host's variable is set last.
     *
     * @param groups those that the host is in, nearest first, without {@code all}
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

    /** What a host's groups set. */
    Merged fromGroups(int host) {
        if (members.groupCount(host) != 1) {
            return merge(host);
        }
        // most hosts are listed by one group
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
        return merged.computeIfAbsent(new GroupSet(key), this::merge);
    }

    private Merged merge(GroupSet set) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<Variables> sources = set.groups().stream().map(g -> ofGroups[g]).toList();
        sources.forEach(source -> VariableMerge.over(values, source.values()));
        return new Merged(Collections.unmodifiableMap(values), Conflicts.among(sources));
    }
}
