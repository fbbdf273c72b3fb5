package org.jetfanout.site.inventory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * Hosts, groups and variables, merged from several paths as jetp merges them. Where jetp would
 * choose at random, this class refuses. Files of variables are read when they are first needed.
 * Thread-safe.
 */
public final class Inventory implements Groups {
    /** The implicit group that holds every group and host. */
    public static final String ALL = "all";

    private static final String LOCALHOST = "localhost";
    private static final String ADDRESS = "jet_ssh_hostname";

    private final NameIndex hosts;
    private final NameIndex groups;
    private final Members members;
    private final LayeredVariables variables;

    /** Files of groups that list nothing. For jetp such groups do not exist. */
    private final Map<String, Path> emptyGroups;

    private final int layers;

    Inventory(
            NameIndex hosts,
            NameIndex groups,
            Members members,
            LayeredVariables variables,
            Map<String, Path> emptyGroups,
            int layers) {
        this.hosts = hosts;
        this.groups = groups;
        this.members = members;
        this.variables = variables;
        this.emptyGroups = Map.copyOf(emptyGroups);
        this.layers = layers;
    }

    /**
     * Loads an inventory as jetp would: directories with groups/, or executables that print JSON.
     *
     * @param paths in the order of the command line; the variables of a later path replace those of
     *     an earlier one
     * @param executableTimeout how long one executable may take
     * @param warnings takes warnings, and the executables' stderr line by line, for people; it is
     *     called from several threads, but not after this method has returned
     */
    public static Inventory load(
            List<Path> paths, Duration executableTimeout, Consumer<String> warnings) {
        return load(paths, Overlay.REPLACE, executableTimeout, warnings);
    }

    /**
     * Loads an inventory as jetp or Jetpack would.
     *
     * @param paths in the order of the command line
     * @param overlay what the variables of a later path do to those of an earlier one
     * @param executableTimeout how long one executable may take
     * @param warnings takes warnings, and the executables' stderr line by line, for people; it is
     *     called from several threads, but not after this method has returned
     */
    public static Inventory load(
            List<Path> paths,
            Overlay overlay,
            Duration executableTimeout,
            Consumer<String> warnings) {
        InventoryBuilder builder = new InventoryBuilder(overlay);
        for (Path path : paths) {
            InventoryPath.load(path, executableTimeout, warnings, builder);
        }
        Inventory inventory = builder.build();
        if (inventory.hosts().isEmpty()) {
            throw new ConfigurationException("no hosts found in --inventory " + shown(paths));
        }
        return inventory;
    }

    /** Every host once, in order of first appearance. */
    @Override
    public List<String> hosts() {
        return hosts.names();
    }

    /** Names of all groups, {@code all} first. */
    @Override
    public Set<String> groups() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(groups.names()));
    }

    @Override
    public boolean hasGroup(String group) {
        return groups.has(group);
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
                        + " lists neither hosts nor subgroups, and jetp ignores such a group)";
    }

    /** Whether the inventory has this host. */
    public boolean hasHost(String host) {
        return hosts.has(host);
    }

    /**
     * The hosts of a group and of all groups below it, each once, in inventory order. Empty where
     * the group does not exist.
     */
    @Override
    public List<String> hostsOf(String group) {
        return hostsOf(List.of(group));
    }

    /** The hosts of any of the groups or of groups below them, each once, in inventory order. */
    public List<String> hostsOf(Collection<String> names) {
        List<Integer> ids = names.stream().map(groups::number).flatMap(Optional::stream).toList();
        if (ids.contains(Members.ALL)) {
            return hosts.names();
        }
        BitSet found = members.hostsBelow(ids.stream().mapToInt(Integer::intValue));
        List<String> list = new ArrayList<>(found.cardinality());
        found.stream().forEach(h -> list.add(hosts.name(h)));
        return Collections.unmodifiableList(list);
    }

    /** The hosts of each list of groups, or of groups below them, to be asked for many hosts. */
    public HostSets sets(List<? extends Collection<String>> lists) {
        List<BitSet> sets = new ArrayList<>(lists.size());
        for (Collection<String> names : lists) {
            if (names.contains(ALL)) {
                BitSet all = new BitSet(hosts.size());
                all.set(0, hosts.size());
                sets.add(all);
            } else {
                sets.add(
                        members.hostsBelow(
                                names.stream()
                                        .map(groups::number)
                                        .flatMap(Optional::stream)
                                        .mapToInt(Integer::intValue)));
            }
        }
        return new HostSets(hosts, sets);
    }

    /**
     * Lists of hosts, to be asked for many hosts. Hosts that the inventory does not have are left
     * out.
     */
    public HostSets setsOf(List<? extends Collection<String>> lists) {
        List<BitSet> sets = new ArrayList<>(lists.size());
        for (Collection<String> names : lists) {
            BitSet set = new BitSet(hosts.size());
            names.stream().map(hosts::number).flatMap(Optional::stream).forEach(set::set);
            sets.add(set);
        }
        return new HostSets(hosts, sets);
    }

    /** Whether the host is in the group or in one below it. */
    public boolean holds(String group, String host) {
        Optional<Integer> wanted = groups.number(group);
        Optional<Integer> id = hosts.number(host);
        if (wanted.isEmpty() || id.isEmpty()) {
            return false;
        }
        return wanted.get() == Members.ALL || members.holds(wanted.get(), id.get());
    }

    /** The groups that list the host, then those above them, each once, without {@code all}. */
    @Override
    public List<String> groupsOf(String host) {
        return hosts.number(host).map(this::groupNumbers).map(this::names).orElse(List.of());
    }

    private IntStream groupNumbers(int host) {
        return IntStream.concat(
                        members.groups(host).filter(group -> group != Members.ALL),
                        members.groups(host).flatMap(members::ancestors))
                .distinct();
    }

    /** The groups that list the host themselves; {@code all} is among them where it does. */
    public List<String> directGroupsOf(String host) {
        return hosts.number(host).map(members::groups).map(this::names).orElse(List.of());
    }

    /** The group itself and the groups above it, without {@code all}. */
    public List<String> ancestorsOf(String group) {
        return groups.number(group).map(members::ancestors).map(this::names).orElse(List.of());
    }

    /** The groups that name this one as their subgroup, without {@code all}. */
    public List<String> parentsOf(String group) {
        return groups.number(group).map(members::parents).map(this::names).orElse(List.of());
    }

    /**
     * A host's variables: first those of {@code all}, then of its groups from the top down, then
     * its own, merged as jetp does (mappings merged, lists joined). Callers must not change the
     * values.
     */
    @Override
    public Map<String, Object> variables(String host) {
        return hosts.number(host).map(variables::values).orElse(Map.of());
    }

    /** One of the {@link #variables}; cheaper than to get all of them. */
    public Optional<Object> variable(String host, String name) {
        return hosts.number(host).flatMap(id -> variables.value(id, name));
    }

    @Override
    public Optional<String> source(String host, String variable) {
        return hosts.number(host).flatMap(id -> variables.source(id, groupNumbers(id), variable));
    }

    /**
     * The variables that a group sets, as texts of YAML files: the bytes of the file where they
     * came from one. None where it sets none; several where later ones replace variables of earlier
     * ones, see {@link Overlay#MERGE}.
     */
    public List<byte[]> groupVariables(String group) {
        return texts(groups.number(group).flatMap(variables::ofGroup));
    }

    /** The variables set for the host alone, in the same form. */
    public List<byte[]> hostVariables(String host) {
        return texts(hosts.number(host).flatMap(variables::ofHost));
    }

    private static List<byte[]> texts(Optional<Variables> variables) {
        return variables.map(Variables::texts).orElse(List.of());
    }

    /** The most texts of variables that a group or host has: one, except with overlays. */
    public int layers() {
        return layers;
    }

    /**
     * Whether jetp would run the host's tasks on its own machine: the host or its {@code
     * jet_ssh_hostname} is called {@code localhost}.
     */
    public boolean isLocalhost(String host) {
        return host.equals(LOCALHOST)
                || hosts.number(host)
                        .filter(id -> variables.has(id, ADDRESS, LOCALHOST))
                        .isPresent();
    }

    /**
     * Fails where two groups of one of these hosts set a variable to different values and the host
     * does not set it itself, because jetp would take one of the values at random. The groups
     * include {@code all} and parents. It also fails where a file with variables of these hosts is
     * invalid.
     */
    public void checkVariables(Collection<String> asked) {
        for (String host : asked) {
            hosts.number(host).ifPresent(id -> checkVariables(host, id));
        }
    }

    private void checkVariables(String host, int id) {
        List<Conflicts.Conflict> conflicts = variables.fromGroups(id).conflicts();
        Optional<Variables> own = variables.ofHost(id);
        own.ifPresent(Variables::check);
        if (conflicts.isEmpty()) {
            return;
        }
        Map<String, Object> values = own.map(Variables::values).orElse(Map.of());
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
                                + ": jetp chooses one at random, even between parent and child"
                                + " groups. Set it in only one of them, or in host_vars");
            }
        }
    }

    private List<String> names(IntStream ids) {
        return ids.mapToObj(groups::name).toList();
    }

    private static String shown(List<Path> paths) {
        return String.join(":", paths.stream().map(Path::toString).toList());
    }
}
