package org.jetfanout.site.inventory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Collects the content of an inventory's paths, in jetp's order. Hosts and groups are numbers, so a
 * million hosts in three groups each take three million ints. Callers check the names, because they
 * know the place for the error. Not thread-safe.
 */
final class InventoryBuilder {
    /** Up to this many subgroups are searched one by one. */
    private static final int FEW = 32;

    private static final class Group {
        final Ints hosts = new Ints();
        final Ints subgroups = new Ints();

        // Mutable state
        Variables variables;

        /** The subgroups again, for a fast search in groups that have many. */
        private Set<Integer> known = Set.of();

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

    private final NameIndex hosts = new NameIndex();
    private final NameIndex groups = new NameIndex();

    /** The content of each group, by its number. */
    private final List<Group> content = new ArrayList<>();

    private final Map<Integer, Variables> hostVariables = new HashMap<>();

    /** Files of groups that list nothing. For jetp such groups do not exist. */
    private final Map<String, Path> emptyGroups = new HashMap<>();

    private final Overlay overlay;

    InventoryBuilder(Overlay overlay) {
        this.overlay = overlay;
        group(Inventory.ALL);
    }

    Overlay overlay() {
        return overlay;
    }

    /** What becomes of variables where a later path has a file for the same group or host. */
    Variables overlaid(Variables old, Variables next) {
        return overlay == Overlay.MERGE ? OverlaidVariables.of(old, next) : next;
    }

    /** The group's number. The group is added where it does not exist yet. */
    int group(String name) {
        int id = groups.add(name);
        if (id == content.size()) {
            content.add(new Group());
        }
        return id;
    }

    /** Notes the file of a group that lists neither hosts nor subgroups. */
    void emptyGroup(String name, Path file) {
        emptyGroups.put(name, file);
    }

    int addHost(int group, String host) {
        int id = hosts.add(host);
        content.get(group).hosts.add(id);
        return id;
    }

    void addSubgroup(int group, int subgroup) {
        if (group != Members.ALL && group != subgroup) {
            content.get(group).addSubgroup(subgroup);
        }
    }

    Optional<Integer> groupId(String name) {
        return groups.number(name);
    }

    Optional<Integer> hostId(String name) {
        return hosts.number(name);
    }

    Optional<Variables> groupVariables(int group) {
        return Optional.ofNullable(content.get(group).variables);
    }

    void groupVariables(int group, Variables variables) {
        content.get(group).variables = variables;
    }

    Optional<Variables> hostVariables(int host) {
        return Optional.ofNullable(hostVariables.get(host));
    }

    void hostVariables(int host, Variables variables) {
        hostVariables.put(host, variables);
    }

    Inventory build() {
        Members members =
                new Members(
                        groups.names(),
                        content.stream().map(group -> group.hosts).toList(),
                        content.stream().map(group -> group.subgroups).toList(),
                        hosts.size());
        Variables[] variables =
                content.stream().map(group -> group.variables).toArray(Variables[]::new);
        return new Inventory(
                hosts,
                groups,
                members,
                new LayeredVariables(members, variables, hostVariables),
                emptyGroups,
                overlay == Overlay.REPLACE ? 1 : layers());
    }

    private int layers() {
        return Stream.concat(
                        content.stream().map(group -> group.variables),
                        hostVariables.values().stream())
                .filter(OverlaidVariables.class::isInstance)
                .mapToInt(variables -> variables.texts().size())
                .max()
                .orElse(1);
    }
}
