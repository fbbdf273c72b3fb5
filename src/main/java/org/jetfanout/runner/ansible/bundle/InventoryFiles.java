package org.jetfanout.runner.ansible.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The inventory as workers get it: one JSON file that ansible's plugin yaml reads, with what the
 * sources say, and group_vars and host_vars as files beside it, so that precedence stays. Where the
 * sources' folder is in the project, the file is put there. Immutable.
 */
public final class InventoryFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAME = "jet_fanout_inventory.json";

    /** The file that names the hosts of a run that are not in a batch. */
    public static final String ELSEWHERE = "elsewhere.json";

    private static final String ELSEWHERE_GROUP = "jet_fanout_elsewhere";
    private static final String HOSTS = "hosts";
    private static final byte[] NOTHING = {'{', '"', 'a', 'l', 'l', '"', ':', '{', '}', '}'};

    private final JsonNode groups;
    private final List<String> hosts;
    private final List<Path> folders;
    private final List<String> places;
    private final String elsewhere;

    /**
     * @param groups in the form of the plugin yaml
     * @param hosts all of the inventory
     * @param folders of the sources, in order
     */
    public InventoryFiles(
            JsonNode groups, List<String> hosts, List<Path> folders, ProjectLayout layout) {
        this.groups = groups;
        this.hosts = List.copyOf(hosts);
        this.folders = List.copyOf(folders);
        List<String> found = new ArrayList<>();
        for (Path folder : folders) {
            String own = "inventory/" + (found.size() + 1);
            found.add(layout.inProject(folder).orElse(own));
        }
        this.places = found.isEmpty() ? List.of("inventory/1") : List.copyOf(found);
        String free = ELSEWHERE_GROUP;
        for (int n = 2; groups.has(free); n++) {
            free = ELSEWHERE_GROUP + "_" + n;
        }
        this.elsewhere = free;
    }

    /** The files that the command line names, in order: one in the place of each folder. */
    public List<String> paths() {
        return places.stream().map(place -> place + "/" + NAME).toList();
    }

    /** The folders of the sources outside of the project, with their place in the bundle. */
    public Map<Path, String> outside(ProjectLayout layout) {
        Map<Path, String> outside = new LinkedHashMap<>();
        for (int i = 0; i < folders.size(); i++) {
            if (layout.inProject(folders.get(i)).isEmpty()) {
                outside.put(folders.get(i), places.get(i));
            }
        }
        return outside;
    }

    /** The files with all hosts. */
    public Map<String, byte[]> whole() {
        return files(groups);
    }

    /** The files with these hosts only. Groups stay, also empty ones: playbooks name them. */
    public Map<String, byte[]> slice(Collection<String> kept) {
        Set<String> names = new HashSet<>(kept);
        ObjectNode slice = groups.deepCopy();
        slice.forEach(
                group -> {
                    if (group.path(HOSTS) instanceof ObjectNode members) {
                        members.retain(names);
                    }
                });
        return files(slice);
    }

    private Map<String, byte[]> files(JsonNode content) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String path : paths()) {
            files.put(path, files.isEmpty() ? bytes(content) : NOTHING);
        }
        return files;
    }

    /** The content of {@link #ELSEWHERE} for the batch with these hosts. */
    public byte[] elsewhere(Collection<String> here) {
        Set<String> names = new HashSet<>(here);
        ObjectNode members = JsonNodeFactory.instance.objectNode();
        hosts.stream().filter(host -> !names.contains(host)).forEach(members::putObject);
        ObjectNode file = JsonNodeFactory.instance.objectNode();
        file.putObject(elsewhere).set(HOSTS, members);
        return bytes(file);
    }

    /** The content of {@link #ELSEWHERE} where the inventory has no other hosts. */
    public byte[] nobodyElsewhere() {
        return elsewhere(hosts);
    }

    /** The limit that keeps a worker to its batch, also for hosts that a task adds. */
    public String limit(boolean localhost) {
        return "all:" + (localhost ? "localhost:" : "") + "!" + elsewhere;
    }

    private static byte[] bytes(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
