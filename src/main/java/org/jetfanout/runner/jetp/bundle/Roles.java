package org.jetfanout.runner.jetp.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    Roles(BundleLayout site, Map<Path, String> folders, PlaybookCheck check) {
        this.site = site;
        this.check = check;
        this.folders = new LinkedHashMap<>(folders);
    }

    /** The delegation of all roles of a play. It fails where a role is missing. */
    Delegation delegation(Playbook playbook, Play play) {
        Delegation delegation = Delegation.none();
        for (String role : play.roles()) {
            delegation = delegation.and(delegation(playbook, play, role));
        }
        return delegation;
    }

    private Delegation delegation(Playbook playbook, Play play, String role) {
        Path name = SourceText.path(playbook.file(), play.line(), role).normalize();
        if (name.isAbsolute() || name.startsWith("..")) {
            throw playbook.error(
                    play,
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
                    known = read(found, folder.getValue() + "/" + name, name.getNameCount());
                    read.put(found, known);
                }
                return known;
            }
        }
        throw playbook.error(
                play,
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

    private Delegation read(Path role, String path, int depth) {
        Optional<YamlValue> definition =
                check.role(role.resolve("role.yml")).filter(YamlValue::isMapping);
        if (definition.isEmpty()) {
            return Delegation.none();
        }
        Map<String, YamlValue> entries = definition.get().mapping("a role");
        Delegation delegation = Delegation.none();
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
}
