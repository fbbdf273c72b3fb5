package org.jetfanout.runner.jetp.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.inventory.InventoryNames;

/**
 * The part of an inventory that one batch needs, as files of a jet directory. The work is that of
 * the batch's hosts and their groups, however large the inventory is. Not thread-safe.
 */
final class InventorySlice {
    private static final byte[] NO_VARIABLES = "{}\n".getBytes(StandardCharsets.UTF_8);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** All that jetp reads of a host that it only delegates to: how to connect. */
    private static final String CONNECTION = "jet_";

    private final Inventory inventory;
    private final Map<String, byte[]> files = new TreeMap<>();

    /** Groups with hosts of the batch, directly or below, by name; without {@code all}. */
    private final Map<String, Lists> groups = new TreeMap<>();

    private record Lists(List<String> hosts, Set<String> subgroups) {
        Lists() {
            this(new ArrayList<>(), new TreeSet<>());
        }
    }

    /** The batch's hosts with their groups and variables. */
    InventorySlice(Inventory inventory, List<String> hosts) {
        this.inventory = inventory;
        for (String host : hosts) {
            if (!inventory.hasHost(host)) {
                throw new IllegalArgumentException(
                        "not in the inventory: " + InventoryNames.visible(host));
            }
            for (String group : inventory.directGroupsOf(host)) {
                enter(group).hosts().add(host);
            }
            inventory.hostVariables(host).ifPresent(text -> hostVariables(host, text));
        }
        List<String> found = List.copyOf(groups.keySet());
        found.forEach(group -> inventory.ancestorsOf(group).forEach(this::enter));
        for (String group : List.copyOf(groups.keySet())) {
            inventory.parentsOf(group).forEach(parent -> enter(parent).subgroups().add(group));
            groupVariables(group);
        }
        groupVariables(Inventory.ALL);
    }

    /** Whether jetp would find a host of the batch in the group. */
    boolean hasHostOf(String group) {
        return group.equals(Inventory.ALL) || groups.containsKey(group);
    }

    /** Lets groups exist that have no host here: as subgroups of one that no play addresses. */
    void keepAlive(String keeper, Collection<String> names) {
        names.stream()
                .filter(name -> !hasHostOf(name) && inventory.hasGroup(name))
                .forEach(name -> enter(keeper).subgroups().add(name));
    }

    /** A group of exactly these hosts, without variables. */
    void list(String group, Collection<String> hosts) {
        if (!hosts.isEmpty()) {
            enter(group).hosts().addAll(hosts);
        }
    }

    /** How to connect to a host that is in no group of its own here. */
    void connection(String host) {
        connection(inventory, host).ifPresent(text -> hostVariables(host, text));
    }

    /**
     * Overrules what another part of the bundle brings as variables of the host: what it sets
     * itself, or nothing.
     */
    void ownVariablesOnly(String host) {
        files.computeIfAbsent(hostVariablesPath(host), path -> NO_VARIABLES);
    }

    /** The files by their path in the inventory, sorted. */
    Map<String, byte[]> files() {
        Map<String, byte[]> all = new TreeMap<>(files);
        groups.forEach((name, lists) -> all.put(groupPath(name), text(lists)));
        return all;
    }

    /** How to connect to a host, from its own and its groups' variables; empty: as usual. */
    static Optional<byte[]> connection(Inventory inventory, String host) {
        Map<String, Object> values = new LinkedHashMap<>();
        inventory
                .variables(host)
                .forEach(
                        (name, value) -> {
                            if (name.startsWith(CONNECTION)) {
                                values.put(name, value);
                            }
                        });
        try {
            return values.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            (MAPPER.writeValueAsString(values) + "\n")
                                    .getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String groupPath(String group) {
        return "groups/" + InventoryNames.variablesFile(group);
    }

    static String hostVariablesPath(String host) {
        return "host_vars/" + InventoryNames.variablesFile(host);
    }

    /** A group's file that lists hosts only. */
    static byte[] listing(Collection<String> hosts) {
        return text(new Lists(List.copyOf(hosts), Set.of()));
    }

    private Lists enter(String group) {
        return groups.computeIfAbsent(group, name -> new Lists());
    }

    private void hostVariables(String host, byte[] text) {
        files.put(hostVariablesPath(host), text);
    }

    private void groupVariables(String group) {
        inventory
                .groupVariables(group)
                .ifPresent(
                        text ->
                                files.put(
                                        "group_vars/" + InventoryNames.variablesFile(group), text));
    }

    private static byte[] text(Lists lists) {
        StringBuilder text = new StringBuilder();
        list(text, "hosts", lists.hosts());
        list(text, "subgroups", lists.subgroups());
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Quoted: null would be no name. */
    private static void list(StringBuilder text, String key, Collection<String> names) {
        if (!names.isEmpty()) {
            text.append(key).append(":\n");
            names.forEach(name -> text.append("- \"").append(name).append("\"\n"));
        }
    }
}
