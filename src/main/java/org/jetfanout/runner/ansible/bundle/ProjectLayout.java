package org.jetfanout.runner.ansible.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the files of the user's project are in a bundle. Its roots are the folder of ansible.cfg
 * for the playbooks below it, and the folder of each other playbook. Paths are absolute and normal.
 * Not thread-safe.
 */
public final class ProjectLayout {
    /** The place of the first root in the bundle. */
    public static final String PROJECT = "project";

    private static final String OUTSIDE = "outside";

    /** The roots, with their path in the bundle. */
    private final Map<Path, String> roots = new LinkedHashMap<>();

    // Mutable state
    private final Map<Path, String> outside = new LinkedHashMap<>();

    /**
     * @param playbooks in order
     * @param config ansible.cfg, wherever it is; empty where there is none
     * @param home of the user: neither it nor a folder above is a project because of ansible.cfg
     */
    public ProjectLayout(List<Path> playbooks, Optional<Path> config, Path home) {
        Optional<Path> folder = config.map(Path::getParent).filter(path -> !isTooWide(path, home));
        List<Path> found = new ArrayList<>();
        for (Path playbook : playbooks) {
            Path root = folder.filter(playbook::startsWith).orElseGet(() -> playbook.getParent());
            if (found.stream().noneMatch(root::startsWith)) {
                found.removeIf(other -> other.startsWith(root));
                found.add(root);
            }
        }
        for (Path root : found) {
            roots.put(root, roots.isEmpty() ? PROJECT : PROJECT + "-" + (roots.size() + 1));
        }
    }

    /** The roots, with their path in the bundle. */
    public Map<Path, String> roots() {
        return roots;
    }

    /** The path of a file or folder of the project in the bundle; empty for others. */
    public Optional<String> inProject(Path file) {
        return roots.entrySet().stream()
                .filter(root -> file.startsWith(root.getKey()))
                .findFirst()
                .map(root -> below(root.getValue(), root.getKey().relativize(file)));
    }

    /** The path of a file or folder in the bundle, if it travels. */
    public Optional<String> path(Path file) {
        Optional<String> inside = inProject(file);
        if (inside.isPresent()) {
            return inside;
        }
        return outside.entrySet().stream()
                .filter(entry -> file.startsWith(entry.getKey()))
                .findFirst()
                .map(entry -> below(entry.getValue(), entry.getKey().relativize(file)));
    }

    /** Lets a file or folder outside of the project travel. Returns its path in the bundle. */
    public String add(Path file) {
        return path(file)
                .orElseGet(
                        () -> {
                            String path =
                                    OUTSIDE + "/" + (outside.size() + 1) + "/" + file.getFileName();
                            outside.put(file, path);
                            return path;
                        });
    }

    /** What travels besides the project, with its path in the bundle. */
    public Map<Path, String> outside() {
        return outside;
    }

    private static String below(String path, Path rest) {
        return rest.toString().isEmpty() ? path : path + "/" + rest;
    }

    /** Whether it is a folder that nobody means to send as a whole. */
    static boolean isTooWide(Path root, Path home) {
        return root.getNameCount() == 0 || home.startsWith(root) || !Files.isDirectory(root);
    }
}
