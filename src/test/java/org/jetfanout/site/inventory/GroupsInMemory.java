package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Groups that a test makes up, without files. */
public final class GroupsInMemory implements Groups {
    private final Map<String, Set<String>> hosts = new LinkedHashMap<>();
    private final Map<String, Set<String>> subgroups = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> variables = new LinkedHashMap<>();

    public GroupsInMemory group(String group, String... members) {
        return group(group, List.of(members));
    }

    public GroupsInMemory group(String group, List<String> members) {
        hosts.computeIfAbsent(group, name -> new LinkedHashSet<>()).addAll(members);
        subgroups.computeIfAbsent(group, name -> new LinkedHashSet<>());
        return this;
    }

    public GroupsInMemory subgroups(String group, String... below) {
        group(group);
        subgroups.get(group).addAll(List.of(below));
        return this;
    }

    public GroupsInMemory variable(String host, String name, Object value) {
        variables.computeIfAbsent(host, key -> new LinkedHashMap<>()).put(name, value);
        return this;
    }

    /** The names {@code <prefix>1} to {@code <prefix><count>}. */
    public static List<String> names(String prefix, int count) {
        List<String> names = new ArrayList<>(count);
        for (int number = 1; number <= count; number++) {
            names.add(prefix + number);
        }
        return names;
    }

    @Override
    public List<String> hosts() {
        Set<String> all = new LinkedHashSet<>();
        hosts.values().forEach(all::addAll);
        return List.copyOf(all);
    }

    @Override
    public Set<String> groups() {
        return hosts.keySet();
    }

    @Override
    public boolean hasGroup(String group) {
        return group.equals("all") || hosts.containsKey(group);
    }

    @Override
    public List<String> hostsOf(String group) {
        if (group.equals("all")) {
            return hosts();
        }
        Set<String> found = new LinkedHashSet<>();
        collect(group, found, new LinkedHashSet<>());
        return List.copyOf(found);
    }

    private void collect(String group, Set<String> found, Set<String> seen) {
        if (seen.add(group)) {
            found.addAll(hosts.getOrDefault(group, Set.of()));
            subgroups.getOrDefault(group, Set.of()).forEach(below -> collect(below, found, seen));
        }
    }

    @Override
    public List<String> groupsOf(String host) {
        return hosts.keySet().stream().filter(group -> hostsOf(group).contains(host)).toList();
    }

    @Override
    public Map<String, Object> variables(String host) {
        return variables.getOrDefault(host, Map.of());
    }
}
