package org.jetfanout.runner.exec;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.ansible.AnsibleInventories;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.site.inventory.HostRangesParser;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.inventory.InventoryMaker;
import org.jetfanout.site.playbook.AddressedHosts;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * The hosts that the user chose for a task: all of an inventory, less the limits, or a plain list.
 * Immutable.
 *
 * @param inventories paths, in order; none for a plain list
 * @param named hosts by name, each once; where there is an inventory, they are a limit too
 * @param limits on the hosts of the inventory
 */
public record ChosenHosts(List<Path> inventories, List<String> named, HostLimits limits) {
    /** How long a dynamic inventory may take. */
    private static final Duration INVENTORY_TIMEOUT = Duration.ofMinutes(5);

    private static final int MOST_NAMED = 5;

    /** Copies the lists. */
    public ChosenHosts {
        inventories = List.copyOf(inventories);
        named = List.copyOf(named);
    }

    /**
     * Reads the inventory, or makes one of the plain list. Without an inventory, the name of a
     * worker group is the names of its workers: {@code to: gw[1-4]}.
     */
    public Inventory inventory(WorkersConfig workers, Consumer<String> warnings) {
        if (!inventories.isEmpty()) {
            return inventories.stream().allMatch(ChosenHosts::isOfJet)
                    ? Inventory.load(inventories, INVENTORY_TIMEOUT, warnings)
                    : AnsibleInventories.load(
                            inventories.stream().map(Path::toString).toList(),
                            Path.of(""),
                            warnings);
        }
        InventoryMaker maker = new InventoryMaker();
        named.forEach(name -> maker.host(name, "host " + name, Map.of()));
        for (String group : workers.workerGroups()) {
            List<String> names = HostRangesParser.names(group, workers.file() + ": worker group");
            names.forEach(name -> maker.host(name, "worker " + name, Map.of()));
            maker.group(group, List.of(), names);
        }
        return maker.inventory();
    }

    /**
     * Whether a path is an inventory as jetp knows it: a folder with {@code groups/}, or a program.
     * All others are of ansible. A path that does not exist is refused as jetp's.
     */
    private static boolean isOfJet(Path path) {
        return !Files.exists(path)
                || (Files.isDirectory(path)
                        ? Files.isDirectory(path.resolve("groups"))
                        : Files.isExecutable(path));
    }

    /**
     * The chosen hosts of that inventory, each once: in the order of the list where there is one,
     * else in inventory order.
     *
     * @throws ConfigurationException where a name or a group is unknown, none remain, or {@code
     *     localhost} is among them and no worker group says what it means
     */
    public List<String> hosts(Inventory inventory, WorkersConfig workers) {
        List<String> unknown = named.stream().filter(host -> !inventory.hasHost(host)).toList();
        if (!unknown.isEmpty()) {
            throw new ConfigurationException(
                    "the inventory has no host " + HostRanges.fold(unknown, MOST_NAMED));
        }
        List<String> hosts = AddressedHosts.hostsOf(inventory, List.of(Inventory.ALL), limits);
        if (!named.isEmpty()) {
            Set<String> within = new LinkedHashSet<>(hosts);
            hosts = named.stream().filter(within::contains).toList();
        }
        if (hosts.isEmpty()) {
            throw new ConfigurationException("no hosts remain: the limits exclude all of them");
        }
        List<String> local = hosts.stream().filter(inventory::isLocalhost).toList();
        if (!workers.mayBeLocalhost() && !local.isEmpty()) {
            throw new ConfigurationException(
                    HostRanges.fold(local, MOST_NAMED)
                            + ": localhost would be the worker, not this machine. Leave it out, or"
                            + " set 'localhost: worker' if you mean the worker");
        }
        return hosts;
    }

    /** The same, limited to these hosts. */
    public ChosenHosts only(List<String> hosts) {
        return inventories.isEmpty()
                ? new ChosenHosts(inventories, hosts, HostLimits.none())
                : new ChosenHosts(inventories, List.of(), new HostLimits(hosts, List.of()));
    }

    /** What the run record keeps of it. */
    public Map<String, Object> toRecord() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("inventories", inventories.stream().map(Path::toString).toList());
        record.put("hosts", named);
        record.put("limitHosts", limits.hosts());
        record.put("limitGroups", limits.groups());
        return record;
    }

    /** Reads what {@link #toRecord} gave. */
    public static ChosenHosts read(JsonNode record, Path directory) {
        return new ChosenHosts(
                texts(record, "inventories").stream().map(directory::resolve).toList(),
                texts(record, "hosts"),
                new HostLimits(texts(record, "limitHosts"), texts(record, "limitGroups")));
    }

    private static List<String> texts(JsonNode record, String key) {
        List<String> texts = new ArrayList<>();
        record.path(key).forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
