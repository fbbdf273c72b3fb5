package org.jetfanout.inventory;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.Quoted;

/**
 * Collects what the paths of an inventory hold, in jetp's order. Hosts and groups are numbered, so
 * that a million hosts in three groups each are three million ints. Names are checked by the
 * callers, who know the place. Not thread-safe.
 */
final class InventoryBuilder {
    /** Number of the implicit group {@code all}. */
    static final int ALL = 0;

    /** So many are looked through one by one. */
    private static final int FEW = 32;

    /** jetp looks no further up from a group. */
    private static final int DEEPEST = 20;

    private static final class Group {
        final String name;
        final Ints hosts = new Ints();
        final Ints subgroups = new Ints();

        // Mutable state
        Variables variables;

        /** The same as subgroups, for those that have many. */
        private Set<Integer> known = Set.of();

        Group(String name) {
            this.name = name;
        }

        void addSubgroup(int subgroup) {
            if (subgroups.size() < FEW) {
                if (!subgroups.contains(subgroup)) {
                    subgroups.add(subgroup);
                }
                return;
            }
            if (known.isEmpty()) {
                known = new HashSet<>();
                Arrays.stream(subgroups.toArray()).forEach(known::add);
            }
            if (known.add(subgroup)) {
                subgroups.add(subgroup);
            }
        }
    }

    private final List<String> hosts = new ArrayList<>();
    private final Map<String, Integer> hostIds = new HashMap<>();
    private final List<Group> groups = new ArrayList<>();
    private final Map<String, Integer> groupIds = new HashMap<>();
    private final Map<Integer, Variables> hostVariables = new HashMap<>();

    /** Files of groups that list nothing; for jetp there are no such groups. */
    private final Map<String, Path> emptyGroups = new HashMap<>();

    InventoryBuilder() {
        group(Inventory.ALL);
    }

    /** The group's number; it exists from now on. */
    int group(String name) {
        Integer id = groupIds.get(name);
        if (id == null) {
            id = groups.size();
            groups.add(new Group(name));
            groupIds.put(name, id);
        }
        return id;
    }

    /** Notes a group's file that lists neither hosts nor subgroups. */
    void emptyGroup(String name, Path file) {
        emptyGroups.put(name, file);
    }

    int addHost(int group, String host) {
        Integer id = hostIds.get(host);
        if (id == null) {
            id = hosts.size();
            hosts.add(host);
            hostIds.put(host, id);
        }
        groups.get(group).hosts.add(id);
        return id;
    }

    void addSubgroup(int group, int subgroup) {
        if (group != ALL && group != subgroup) {
            groups.get(group).addSubgroup(subgroup);
        }
    }

    Optional<Integer> groupId(String name) {
        return Optional.ofNullable(groupIds.get(name));
    }

    Optional<Integer> hostId(String name) {
        return Optional.ofNullable(hostIds.get(name));
    }

    Optional<Variables> groupVariables(int group) {
        return Optional.ofNullable(groups.get(group).variables);
    }

    void groupVariables(int group, Variables variables) {
        groups.get(group).variables = variables;
    }

    Optional<Variables> hostVariables(int host) {
        return Optional.ofNullable(hostVariables.get(host));
    }

    void hostVariables(int host, Variables variables) {
        hostVariables.put(host, variables);
    }

    Inventory build() {
        int count = groups.size();
        List<String> names = new ArrayList<>(count);
        int[][] groupHosts = new int[count][];
        int[][] subgroups = new int[count][];
        int[][] parents = parents();
        Variables[] variables = new Variables[count];
        for (int g = 0; g < count; g++) {
            Group group = groups.get(g);
            names.add(group.name);
            subgroups[g] = group.subgroups.toArray();
            variables[g] = group.variables;
        }
        // each group's hosts once, and each host's groups: offsets into one array
        int[] seenIn = new int[hosts.size()];
        int[] offsets = new int[hosts.size() + 1];
        for (int g = 0; g < count; g++) {
            Ints listed = groups.get(g).hosts;
            int[] once = new int[listed.size()];
            int n = 0;
            for (int i = 0; i < listed.size(); i++) {
                int host = listed.get(i);
                if (seenIn[host] != g + 1) {
                    seenIn[host] = g + 1;
                    once[n++] = host;
                    offsets[host + 1]++;
                }
            }
            groupHosts[g] = n == once.length ? once : Arrays.copyOf(once, n);
        }
        for (int h = 0; h < hosts.size(); h++) {
            offsets[h + 1] += offsets[h];
        }
        int[] hostGroups = new int[offsets[hosts.size()]];
        int[] next = Arrays.copyOf(offsets, hosts.size());
        for (int g = 0; g < count; g++) {
            for (int host : groupHosts[g]) {
                hostGroups[next[host]++] = g;
            }
        }
        return new Inventory(
                hosts,
                hostIds,
                names,
                groupIds,
                groupHosts,
                offsets,
                hostGroups,
                subgroups,
                parents,
                ancestors(parents),
                variables,
                hostVariables,
                emptyGroups);
    }

    private int[][] parents() {
        Ints[] parents = new Ints[groups.size()];
        Arrays.setAll(parents, g -> new Ints());
        for (int g = 0; g < groups.size(); g++) {
            Ints subgroups = groups.get(g).subgroups;
            for (int i = 0; i < subgroups.size(); i++) {
                parents[subgroups.get(i)].add(g);
            }
        }
        return Arrays.stream(parents).map(Ints::toArray).toArray(int[][]::new);
    }

    /** Of each group: itself and all above it but {@code all}, nearest first. */
    private int[][] ancestors(int[][] parents) {
        int[][] ancestors = new int[parents.length][];
        for (int g = 0; g < parents.length; g++) {
            BitSet seen = new BitSet();
            Ints found = new Ints();
            ArrayDeque<Integer> level = new ArrayDeque<>(List.of(g));
            seen.set(g);
            for (int depth = 0; !level.isEmpty(); depth++) {
                if (depth > DEEPEST) {
                    throw new ConfigurationException(
                            "group "
                                    + Quoted.of(groups.get(g).name)
                                    + " is nested more than "
                                    + DEEPEST
                                    + " groups deep: jetp does not see groups further up, such as "
                                    + Quoted.of(groups.get(level.getFirst()).name)
                                    + "; make the nesting flatter");
                }
                ArrayDeque<Integer> above = new ArrayDeque<>();
                for (int group : level) {
                    if (group != ALL) {
                        found.add(group);
                    }
                    for (int parent : parents[group]) {
                        if (!seen.get(parent)) {
                            seen.set(parent);
                            above.add(parent);
                        }
                    }
                }
                level = above;
            }
            ancestors[g] = found.toArray();
        }
        return ancestors;
    }
}
