package org.jetfanout.runner.jetp.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.InventoryNames;
import org.jetfanout.site.playbook.Delegation;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookCheck;
import org.jetfanout.site.playbook.TaskFile;
import org.jetfanout.site.yaml.SourceText;
import org.jetfanout.site.yaml.YamlValue;

/**
 * Reads the roles that plays use: to which hosts their tasks are delegated, and which files they
 * name.
 */
final class Roles {
    private final BundleLayout site;
    private final PlaybookCheck check;

    /**
     * Folders of roles in the order in which the runner searches them, with their paths in the
     * bundle.
     */
    private final Map<Path, String> folders;

    // Mutable state
    private final Map<Path, Delegation> read = new HashMap<>();

    /** The role that is being read, after those that depend on it. */
    private final Set<Path> reading = new LinkedHashSet<>();

    Roles(BundleLayout site, Map<Path, String> folders, PlaybookCheck check) {
        this.site = site;
        this.check = check;
        this.folders = new LinkedHashMap<>(folders);
    }

    /** The delegation of all roles of a play. It fails where a role is missing. */
    Delegation delegation(Playbook playbook, Play play) {
        Delegation delegation = Delegation.none();
        for (String role : play.roles()) {
            Path name = SourceText.path(playbook.file(), play.line(), role).normalize();
            delegation =
                    delegation.and(
                            delegation(role, name, problem -> playbook.error(play, problem)));
        }
        return delegation;
    }

    /**
     * The delegation of a role and of the roles that it depends on.
     *
     * @param name as a path, normalized
     * @param error makes an error at the place that names the role
     */
    private Delegation delegation(
            String role, Path name, Function<String, ConfigurationException> error) {
        if (name.isAbsolute() || name.startsWith("..")) {
            throw error.apply(
                    "role '"
                            + InventoryNames.visible(role)
                            + "' must be inside a folder of roles: jet-fanout cannot send it"
                            + " otherwise");
        }
        for (Map.Entry<Path, String> folder : folders.entrySet()) {
            Path found = folder.getKey().resolve(name);
            if (Files.exists(found.resolve("role.yml"))) {
                Delegation known = read.get(found);
                if (known == null) {
                    if (!reading.add(found)) {
                        throw error.apply(
                                "role '"
                                        + InventoryNames.visible(role)
                                        + "' depends on itself: "
                                        + chain(found));
                    }
                    known = read(found, folder.getValue() + "/" + name, name.getNameCount());
                    reading.remove(found);
                    read.put(found, known);
                }
                return known;
            }
        }
        throw error.apply(
                "role not found: '"
                        + InventoryNames.visible(role)
                        + "' (looked for in "
                        + (folders.isEmpty()
                                ? "roles/ beside the playbook, which does not exist"
                                : String.join(
                                        ", ",
                                        folders.keySet().stream().map(Path::toString).toList()))
                        + ")");
    }

    /** The roles that are being read, from this one on, and this one again. */
    private String chain(Path role) {
        return Stream.concat(
                        reading.stream().dropWhile(other -> !other.equals(role)), Stream.of(role))
                .map(path -> InventoryNames.visible(path.getFileName().toString()))
                .collect(Collectors.joining(" -> "));
    }

    private Delegation read(Path role, String path, int depth) {
        Optional<YamlValue> definition =
                check.role(role.resolve("role.yml")).filter(YamlValue::isMapping);
        if (definition.isEmpty()) {
            return Delegation.none();
        }
        Map<String, YamlValue> entries = definition.get().mapping("a role");
        Delegation delegation = dependencies(entries);
        for (String kind : List.of("tasks", "handlers")) {
            YamlValue files = entries.get(kind);
            if (files == null || files.isNull()) {
                continue;
            }
            for (YamlValue file : files.sequence(kind)) {
                String name = file.text("an entry of " + kind);
                Path relative =
                        Path.of(kind).resolve(SourceText.path(file.file(), file.line(), name));
                if (relative.isAbsolute() || relative.normalize().startsWith("..")) {
                    throw file.error(
                            "jet-fanout does not send a task file outside its role: move it into"
                                    + " the role");
                }
                Path tasks = role.resolve(relative);
                if (!Files.isRegularFile(tasks)) {
                    throw file.error("no such file: " + InventoryNames.visible(tasks.toString()));
                }
                TaskFile taskFile = TaskFile.read(tasks, check);
                delegation = delegation.and(taskFile.delegation());
                taskFile.rewriteSources(site.sources(role, path, true, depth, tasks))
                        .ifPresent(text -> site.edited(path + "/" + relative.normalize(), text));
            }
        }
        return delegation;
    }

    /** The delegation of the roles that Jetpack runs before this one. */
    private Delegation dependencies(Map<String, YamlValue> entries) {
        YamlValue names = entries.get("dependencies");
        Delegation delegation = Delegation.none();
        if (names == null || names.isNull()) {
            return delegation;
        }
        for (YamlValue item : names.sequence("dependencies")) {
            String role = item.text("an entry of dependencies");
            Path name = SourceText.path(item.file(), item.line(), role).normalize();
            delegation = delegation.and(delegation(role, name, item::error));
        }
        return delegation;
    }
}
