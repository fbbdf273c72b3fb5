package org.jetfanout.inventory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.Quoted;

/**
 * Hosts, groups and variables, merged from several paths as jetp merges them, and strict where jetp
 * leaves things to chance. Thread-safe. Files of variables are read when first asked for.
 */
public final class Inventory implements Groups {
    /** The implicit group that holds every group and host. */
    public static final String ALL = "all";

    private static final String LOCALHOST = "localhost";
    private static final String ADDRESS = "jet_ssh_hostname";

    /** Groups that set variables, lowest first, {@code all} before all others. */
    private record GroupSet(List<Integer> groups) {}

    private record Merged(Map<String, Object> values, List<Conflicts.Conflict> conflicts) {}

    private final List<String> hosts;
    private final Map<String, Integer> hostIds;
    private final List<String> groups;
    private final Map<String, Integer> groupIds;
    private final int[][] groupHosts;
    private final int[] offsets;
    private final int[] hostGroups;
    private final int[][] subgroups;
    private final int[][] parents;
    private final int[][] ancestors;
    private final Variables[] groupVariables;
    private final Map<Integer, Variables> hostVariables;
    private final Map<String, Path> emptyGroups;

    /** Per group: itself and its ancestors as far as they set variables, lowest first. */
    private final int[][] variableGroups;

    // Mutable state: what was computed before. Hosts with the same groups share one entry.
    private final Map<GroupSet, Merged> merged = new ConcurrentHashMap<>();

    private final AtomicReferenceArray<Merged> mergedOfGroup;

    Inventory(
            List<String> hosts,
            Map<String, Integer> hostIds,
            List<String> groups,
            Map<String, Integer> groupIds,
            int[][] groupHosts,
            int[] offsets,
            int[] hostGroups,
            int[][] subgroups,
            int[][] parents,
            int[][] ancestors,
            Variables[] groupVariables,
            Map<Integer, Variables> hostVariables,
            Map<String, Path> emptyGroups) {
        this.emptyGroups = Map.copyOf(emptyGroups);
        this.hosts = Collections.unmodifiableList(hosts);
        this.hostIds = hostIds;
        this.groups = Collections.unmodifiableList(groups);
        this.groupIds = Collections.unmodifiableMap(groupIds);
        this.groupHosts = groupHosts;
        this.offsets = offsets;
        this.hostGroups = hostGroups;
        this.subgroups = subgroups;
        this.parents = parents;
        this.ancestors = ancestors;
        this.groupVariables = groupVariables;
        this.hostVariables = hostVariables;
        this.mergedOfGroup = new AtomicReferenceArray<>(groups.size());
        this.variableGroups = new int[groups.size()][];
        for (int g = 0; g < variableGroups.length; g++) {
            Ints found = new Ints();
            lowestFirst(g, new BitSet(), found);
            variableGroups[g] = found.toArray();
        }
    }

    /**
     * Loads an inventory as jetp would: directories with groups/, or executables that print JSON.
     *
     * @param paths in the order of the command line; a later one's variables replace an earlier
     *     one's
     * @param executableTimeout how long one executable may take
     * @param talk takes warnings and the executables' stderr, line by line, for people; from other
     *     threads too, but only until this method returns
     */
    public static Inventory load(
            List<Path> paths, Duration executableTimeout, Consumer<String> talk) {
        InventoryBuilder builder = new InventoryBuilder();
        for (Path path : paths) {
            InventoryPath.load(path, executableTimeout, talk, builder);
        }
        Inventory inventory = builder.build();
        if (inventory.hosts.isEmpty()) {
            throw new ConfigurationException("no hosts found in --inventory " + shown(paths));
        }
        return inventory;
    }

    /** Every host once, in order of first appearance. */
    @Override
    public List<String> hosts() {
        return hosts;
    }

    /** Names of all groups, {@code all} first. */
    @Override
    public Set<String> groups() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(groups));
    }

    @Override
    public boolean hasGroup(String group) {
        return groupIds.containsKey(group);
    }

    @Override
    public String missing(String group) {
        Path empty = emptyGroups.get(group);
        return empty == null
                ? Groups.super.missing(group)
                : "group "
                        + Quoted.of(group)
                        + " is empty ("
                        + empty
                        + " lists neither hosts nor subgroups, and for jetp there is no such"
                        + " group)";
    }

    public boolean hasHost(String host) {
        return hostIds.containsKey(host);
    }

    /**
     * The hosts of a group and of all groups below it, each once, in inventory order. None where
     * there is no such group.
     */
    @Override
    public List<String> hostsOf(String group) {
        return hostsOf(List.of(group));
    }

    /** The hosts of any of the groups or of groups below them, each once, in inventory order. */
    public List<String> hostsOf(Collection<String> names) {
        BitSet below = new BitSet();
        for (String name : names) {
            Integer id = groupIds.get(name);
            if (id != null && id == InventoryBuilder.ALL) {
                return hosts;
            }
            if (id != null) {
                addBelow(id, below);
            }
        }
        BitSet found = new BitSet(hosts.size());
        below.stream().forEach(g -> Arrays.stream(groupHosts[g]).forEach(found::set));
        List<String> list = new ArrayList<>(found.cardinality());
        found.stream().forEach(h -> list.add(hosts.get(h)));
        return Collections.unmodifiableList(list);
    }

    /** Whether the host is in the group or in one below it. */
    public boolean holds(String group, String host) {
        Integer wanted = groupIds.get(group);
        Integer id = hostIds.get(host);
        if (wanted == null || id == null) {
            return false;
        }
        if (wanted == InventoryBuilder.ALL) {
            return true;
        }
        for (int i = offsets[id]; i < offsets[id + 1]; i++) {
            for (int above : ancestors[hostGroups[i]]) {
                if (above == wanted) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The groups that list the host, then those above them, each once, without {@code all}. */
    @Override
    public List<String> groupsOf(String host) {
        Integer id = hostIds.get(host);
        if (id == null) {
            return List.of();
        }
        Set<String> found = new LinkedHashSet<>(directGroupsOf(host));
        found.remove(ALL);
        for (int i = offsets[id]; i < offsets[id + 1]; i++) {
            for (int above : ancestors[hostGroups[i]]) {
                found.add(groups.get(above));
            }
        }
        return List.copyOf(found);
    }

    /** The groups that list the host themselves; {@code all} among them where it does. */
    public List<String> directGroupsOf(String host) {
        Integer id = hostIds.get(host);
        if (id == null) {
            return List.of();
        }
        List<String> found = new ArrayList<>(offsets[id + 1] - offsets[id]);
        for (int i = offsets[id]; i < offsets[id + 1]; i++) {
            found.add(groups.get(hostGroups[i]));
        }
        return Collections.unmodifiableList(found);
    }

    /** The group itself and the groups above it, without {@code all}. */
    public List<String> ancestorsOf(String group) {
        Integer id = groupIds.get(group);
        return id == null ? List.of() : names(ancestors[id]);
    }

    /** The groups that name this one as their subgroup, without {@code all}. */
    public List<String> parentsOf(String group) {
        Integer id = groupIds.get(group);
        return id == null ? List.of() : names(parents[id]);
    }

    /**
     * A host's variables: {@code all}, then its groups from the top down, then its own, laid over
     * each other as jetp does (mappings merged, lists joined). Nobody may change the values.
     */
    @Override
    public Map<String, Object> variables(String host) {
        Integer id = hostIds.get(host);
        if (id == null) {
            return Map.of();
        }
        Map<String, Object> fromGroups = merged(id).values();
        Variables own = hostVariables.get(id);
        if (own == null) {
            return fromGroups;
        }
        Map<String, Object> values = new LinkedHashMap<>(fromGroups);
        Blend.over(values, own.values());
        return Collections.unmodifiableMap(values);
    }

    /** One of {@link #variables}, which is cheaper than all of them. */
    public Optional<Object> variable(String host, String name) {
        Integer id = hostIds.get(host);
        if (id == null) {
            return Optional.empty();
        }
        Variables own = hostVariables.get(id);
        return Optional.ofNullable(
                own != null && own.mayMention(name)
                        ? variables(host).get(name)
                        : merged(id).values().get(name));
    }

    @Override
    public Optional<String> source(String host, String variable) {
        Integer id = hostIds.get(host);
        if (id == null) {
            return Optional.empty();
        }
        List<Variables> all = new ArrayList<>();
        groupsOf(host).forEach(group -> all.add(groupVariables[groupIds.get(group)]));
        all.add(groupVariables[InventoryBuilder.ALL]);
        all.add(0, hostVariables.get(id));
        return all.stream()
                .filter(variables -> variables != null && variables.values().containsKey(variable))
                .map(Variables::source)
                .findFirst();
    }

    /**
     * What a group sets, as the text of a YAML file: the file's own bytes where it came from one.
     */
    public Optional<byte[]> groupVariables(String group) {
        return Optional.ofNullable(groupIds.get(group))
                .map(id -> groupVariables[id])
                .map(Variables::text);
    }

    /** What is set for the host alone, as the text of a YAML file. */
    public Optional<byte[]> hostVariables(String host) {
        return Optional.ofNullable(hostIds.get(host)).map(hostVariables::get).map(Variables::text);
    }

    /**
     * Whether jetp would run the host's tasks on the machine that it runs on itself: the host is
     * called {@code localhost}, or its {@code jet_ssh_hostname} is.
     */
    public boolean isLocalhost(String host) {
        if (host.equals(LOCALHOST)) {
            return true;
        }
        Integer id = hostIds.get(host);
        if (id == null) {
            return false;
        }
        Variables own = hostVariables.get(id);
        boolean possible =
                LOCALHOST.equals(merged(id).values().get(ADDRESS))
                        || (own != null && own.mayMention(LOCALHOST));
        return possible && LOCALHOST.equals(variables(host).get(ADDRESS));
    }

    /**
     * Fails where two groups of one of these hosts, {@code all} and parents included, set a
     * variable to different values and the host does not set it itself: jetp would take one of them
     * at random. Broken files of variables of these hosts fail here too.
     */
    public void checkVariables(Collection<String> asked) {
        for (String host : asked) {
            Integer id = hostIds.get(host);
            if (id == null) {
                continue;
            }
            List<Conflicts.Conflict> conflicts = merged(id).conflicts();
            Variables own = hostVariables.get(id);
            if (own != null) {
                own.check();
            }
            if (conflicts.isEmpty()) {
                continue;
            }
            Map<String, Object> values = own == null ? Map.of() : own.values();
            for (Conflicts.Conflict conflict : conflicts) {
                if (!Conflicts.settled(conflict, values)) {
                    throw new ConfigurationException(
                            "variable "
                                    + Quoted.of(String.join(".", conflict.path()))
                                    + " of host "
                                    + Quoted.of(host)
                                    + " is set to different values by "
                                    + conflict.firstSource()
                                    + " and "
                                    + conflict.secondSource()
                                    + ": jetp takes one of them at random, also between parent and"
                                    + " child groups; set it in one of them only, or in host_vars");
                }
            }
        }
    }

    private Merged merged(int host) {
        if (offsets[host + 1] - offsets[host] != 1) {
            return ofGroups(host);
        }
        // most hosts are listed by one group
        int group = hostGroups[offsets[host]];
        Merged known = mergedOfGroup.get(group);
        if (known == null) {
            known = ofGroups(host);
            mergedOfGroup.set(group, known);
        }
        return known;
    }

    private Merged ofGroups(int host) {
        List<Integer> key = new ArrayList<>();
        BitSet taken = new BitSet();
        if (groupVariables[InventoryBuilder.ALL] != null) {
            key.add(InventoryBuilder.ALL);
        }
        for (int i = offsets[host]; i < offsets[host + 1]; i++) {
            for (int group : variableGroups[hostGroups[i]]) {
                if (!taken.get(group)) {
                    taken.set(group);
                    key.add(group);
                }
            }
        }
        return merged.computeIfAbsent(new GroupSet(key), this::merge);
    }

    private Merged merge(GroupSet set) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<Variables> sources = set.groups().stream().map(g -> groupVariables[g]).toList();
        sources.forEach(source -> Blend.over(values, source.values()));
        return new Merged(Collections.unmodifiableMap(values), Conflicts.among(sources));
    }

    private void lowestFirst(int group, BitSet seen, Ints found) {
        if (group == InventoryBuilder.ALL || seen.get(group)) {
            return;
        }
        seen.set(group);
        for (int parent : parents[group]) {
            lowestFirst(parent, seen, found);
        }
        if (groupVariables[group] != null) {
            found.add(group);
        }
    }

    private void addBelow(int group, BitSet below) {
        if (!below.get(group)) {
            below.set(group);
            for (int subgroup : subgroups[group]) {
                addBelow(subgroup, below);
            }
        }
    }

    private List<String> names(int[] ids) {
        return Arrays.stream(ids).mapToObj(groups::get).toList();
    }

    private static String shown(List<Path> paths) {
        return String.join(":", paths.stream().map(Path::toString).toList());
    }
}
