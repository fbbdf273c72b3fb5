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
 * The part of an inventory that one batch needs, as files of a jet directory. The work depends on
 * the batch's hosts and their groups, not on the size of the inventory. Not thread-safe.
 */
final class InventorySlice {
    private static final byte[] NO_VARIABLES = "{}\n".getBytes(StandardCharsets.UTF_8);
    private static final String OVERLAYS = "overlays";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * The beginning of the variables that jetp reads of a host to which it only delegates: how to
     * connect.
     */
    private static final String CONNECTION = "jet_";

    private final Inventory inventory;
    private final Map<String, byte[]> files = new TreeMap<>();

    /**
     * Groups that hold hosts of the batch, directly or through a group below, by name; without
     * {@code all}.
     */
    private final Map<String, Lists> groups = new TreeMap<>();

    private record Lists(List<String> hosts, Set<String> subgroups) {
        Lists() {
            this(new ArrayList<>(), new TreeSet<>());
        }
    }

    /** The slice with the batch's hosts, their groups and their variables. */
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
            layered(hostVariablesPath(host), inventory.hostVariables(host));
        }
        List<String> found = List.copyOf(groups.keySet());
        found.forEach(group -> inventory.ancestorsOf(group).forEach(this::enter));
        for (String group : List.copyOf(groups.keySet())) {
            inventory.parentsOf(group).forEach(parent -> enter(parent).subgroups().add(group));
            groupVariables(group);
        }
        groupVariables(Inventory.ALL);
        for (int i = 1; i < inventory.layers(); i++) {
            // so that the folder exists and is an inventory
            files.putIfAbsent(
                    overlay(i) + "/group_vars/" + InventoryNames.variablesFile(Inventory.ALL),
                    NO_VARIABLES);
        }
    }

    /** Whether jetp would find a host of the batch in the group. */
    boolean hasHostOf(String group) {
        return group.equals(Inventory.ALL) || groups.containsKey(group);
    }

    /**
     * Adds groups that have no host here, so that they exist: as subgroups of a group that no play
     * addresses.
     */
    void keepAlive(String keeper, Collection<String> names) {
        names.stream()
                .filter(name -> !hasHostOf(name) && inventory.hasGroup(name))
                .forEach(name -> enter(keeper).subgroups().add(name));
    }

    /** Adds a group of exactly these hosts, without variables. */
    void list(String group, Collection<String> hosts) {
        if (!hosts.isEmpty()) {
            enter(group).hosts().addAll(hosts);
        }
    }

    /** Adds the connection variables of a host that has no group of its own here. */
    void connection(String host) {
        connection(inventory, host).ifPresent(text -> files.put(hostVariablesPath(host), text));
    }

    /**
     * Overrides variables that another part of the bundle sets for the host. Only the host's own
     * variables remain, if it has any.
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

    /**
     * The connection variables of a host, from its own and its groups'; empty where it has none.
     */
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

    /** A group's file that lists only hosts. */
    static byte[] listing(Collection<String> hosts) {
        return text(new Lists(List.copyOf(hosts), Set.of()));
    }

    private Lists enter(String group) {
        return groups.computeIfAbsent(group, name -> new Lists());
    }

    private void groupVariables(String group) {
        layered(
                "group_vars/" + InventoryNames.variablesFile(group),
                inventory.groupVariables(group));
    }

    /** Adds a file of variables; the layers above the first are in inventories of their own. */
    private void layered(String path, List<byte[]> texts) {
        for (int i = 0; i < texts.size(); i++) {
            files.put(i == 0 ? path : overlay(i) + "/" + path, texts.get(i));
        }
    }

    /** The folder of an overlay, in that of the inventory: variables alone. From 1 on. */
    static String overlay(int number) {
        return OVERLAYS + "/" + number;
    }

    private static byte[] text(Lists lists) {
        StringBuilder text = new StringBuilder();
        list(text, "hosts", lists.hosts());
        list(text, "subgroups", lists.subgroups());
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Writes a list of quoted names, because an unquoted null would not be a name. */
    private static void list(StringBuilder text, String key, Collection<String> names) {
        if (!names.isEmpty()) {
            text.append(key).append(":\n");
            names.forEach(name -> text.append("- \"").append(name).append("\"\n"));
        }
    }
}
