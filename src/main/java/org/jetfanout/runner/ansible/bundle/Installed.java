package org.jetfanout.runner.ansible.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jetfanout.bundle.Archive;
import org.jetfanout.bundle.FolderPacker;

/**
 * Roles and collections that are installed on the control machine outside of the project: those
 * that the project may use travel, with what they depend on. Immutable.
 */
public final class Installed {
    /** Where roles are in a bundle. */
    public static final String ROLES = "outside/roles";

    /** Where collections are in a bundle. */
    public static final String COLLECTIONS = "outside/collections";

    private static final String INVENTORY_DIR = "inventory_dir";
    private static final String TREE = "ansible_collections";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Folders of a collection that no play needs. */
    private static final Set<String> NOT_NEEDED = Set.of("tests", "docs", "changelogs", ".github");

    private final Map<String, Path> roles;
    private final Map<String, Path> collections;
    private final boolean readsInventoryFolder;

    private Installed(
            Map<String, Path> roles, Map<String, Path> collections, boolean readsInventoryFolder) {
        this.roles = roles;
        this.collections = collections;
        this.readsInventoryFolder = readsInventoryFolder;
    }

    /**
     * Finds what travels.
     *
     * @param project folders and files whose texts may name roles and collections
     * @param leftOut what of them stays here
     * @param words of the command line, which may name some too
     * @param rolesPath folders outside of the project, in order
     * @param collectionsPath likewise
     * @param redirects short name of a plugin to its collection
     */
    public static Installed of(
            Collection<Path> project,
            Predicate<Path> leftOut,
            List<String> words,
            List<Path> rolesPath,
            List<Path> collectionsPath,
            Map<String, String> redirects)
            throws IOException {
        Map<String, Path> roles = new LinkedHashMap<>();
        Map<String, Path> collections = new LinkedHashMap<>();
        List<Path> trees =
                collectionsPath.stream()
                        .map(root -> root.resolve(TREE))
                        .filter(Files::isDirectory)
                        .toList();
        List<Path> shelves = rolesPath.stream().filter(Files::isDirectory).toList();
        Mentions mentions = new Mentions();
        words.forEach(mentions::text);
        for (Path place : project) {
            if (Files.exists(place)) {
                mentions.read(place, leftOut);
            }
        }
        for (boolean more = true; more; ) {
            more = false;
            for (Path shelf : shelves) {
                for (Path role : folders(shelf)) {
                    String name = role.getFileName().toString();
                    if (!roles.containsKey(name) && mentions.hasRole(name)) {
                        roles.put(name, role);
                        mentions.read(role, leftOut);
                        more = true;
                    }
                }
            }
        }
        Deque<String> wanted = new ArrayDeque<>(mentions.pairs());
        for (String plugin : mentions.plugins()) {
            if (redirects.containsKey(plugin)) {
                wanted.add(redirects.get(plugin));
            }
        }
        Set<String> seen = new HashSet<>();
        while (!wanted.isEmpty()) {
            String name = wanted.remove();
            if (seen.add(name)) {
                for (Path tree : trees) {
                    Path folder = tree.resolve(name.replace('.', '/'));
                    if (Files.isDirectory(folder.resolve("plugins"))
                            || Files.isDirectory(folder.resolve("roles"))
                            || Files.isDirectory(folder.resolve("playbooks"))) {
                        collections.put(name, folder);
                        wanted.addAll(dependencies(folder));
                        break;
                    }
                }
            }
        }
        return new Installed(roles, collections, mentions.has(INVENTORY_DIR));
    }

    private static List<Path> folders(Path shelf) throws IOException {
        try (Stream<Path> entries = Files.list(shelf)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static List<String> dependencies(Path collection) throws IOException {
        Path manifest = collection.resolve("MANIFEST.json");
        if (!Files.isRegularFile(manifest)) {
            return List.of();
        }
        JsonNode all = JSON.readTree(Files.readAllBytes(manifest));
        List<String> names = new java.util.ArrayList<>();
        all.path("collection_info").path("dependencies").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Whether the project may read files beside the inventory. */
    public boolean readsInventoryFolder() {
        return readsInventoryFolder;
    }

    /** Whether there are roles. */
    public boolean hasRoles() {
        return !roles.isEmpty();
    }

    /** Whether there are collections. */
    public boolean hasCollections() {
        return !collections.isEmpty();
    }

    /** The names of all. */
    public List<String> names() {
        return Stream.concat(roles.keySet().stream(), collections.keySet().stream()).toList();
    }

    /** Adds them to an archive. */
    public void pack(Archive archive, java.util.function.Consumer<String> warnings)
            throws IOException {
        FolderPacker packer = new FolderPacker(archive, Map.of(), warnings, Installed::notNeeded);
        for (Map.Entry<String, Path> role : roles.entrySet()) {
            packer.folder(role.getValue(), ROLES + "/" + role.getKey());
        }
        for (Map.Entry<String, Path> collection : collections.entrySet()) {
            packer.folder(
                    collection.getValue(),
                    COLLECTIONS + "/" + TREE + "/" + collection.getKey().replace('.', '/'));
        }
    }

    private static boolean notNeeded(Path file) {
        Path folder = file.getParent();
        boolean top = Files.exists(folder.resolve("MANIFEST.json"));
        String name = file.getFileName().toString();
        return name.equals("__pycache__") || (top && NOT_NEEDED.contains(name));
    }
}
