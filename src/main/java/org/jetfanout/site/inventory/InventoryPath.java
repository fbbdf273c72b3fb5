package org.jetfanout.site.inventory;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.SourceText;
import org.jetfanout.text.Quoted;

/**
 * One path of an inventory: a directory, or an executable with directories of variables beside it.
 */
final class InventoryPath {
    private static final Set<PosixFilePermission> EXECUTABLE =
            Set.of(
                    PosixFilePermission.OWNER_EXECUTE,
                    PosixFilePermission.GROUP_EXECUTE,
                    PosixFilePermission.OTHERS_EXECUTE);

    private static final int MOST_NAMED = 10;

    private final Consumer<String> warnings;
    private final InventoryBuilder builder;

    private InventoryPath(Consumer<String> warnings, InventoryBuilder builder) {
        this.warnings = warnings;
        this.builder = builder;
    }

    static void load(
            Path path,
            Duration executableTimeout,
            Consumer<String> warnings,
            InventoryBuilder builder) {
        InventoryPath loading = new InventoryPath(warnings, builder);
        if (Files.isDirectory(path)) {
            loading.directory(path);
        } else if (!Files.exists(path)) {
            throw ConfigurationException.at(path, "no such inventory");
        } else if (!isExecutable(path)) {
            throw ConfigurationException.at(
                    path,
                    "this is not an inventory: an inventory is a directory that contains groups/,"
                            + " or an executable (for a program, run chmod +x)");
        } else {
            InventoryProgram.run(path, executableTimeout, warnings, builder);
            loading.variablesIn(path.toAbsolutePath().getParent());
        }
    }

    private void directory(Path path) {
        Path groups = path.resolve("groups");
        boolean variablesAlone =
                builder.overlay() == Overlay.MERGE
                        && (Files.exists(path.resolve("group_vars"))
                                || Files.exists(path.resolve("host_vars")));
        if (!Files.isDirectory(groups) && variablesAlone) {
            variablesIn(path);
            return;
        }
        if (!Files.isDirectory(groups)) {
            throw ConfigurationException.at(
                    path, "has no groups/ folder, so it is not an inventory");
        }
        files(groups, "a group")
                .forEach(
                        (group, file) -> {
                            InventoryNames.groupProblem(group)
                                    .ifPresent(
                                            problem -> {
                                                throw ConfigurationException.at(file, problem);
                                            });
                            if (group.endsWith(".yaml") || group.endsWith(".json")) {
                                warnings.accept(
                                        file
                                                + ": makes a group called "
                                                + Quoted.of(group)
                                                + ": jetp removes only .yml from a file name");
                            }
                            GroupsFile.load(file, group, builder);
                        });
        variablesIn(path);
    }

    private void variablesIn(Path directory) {
        groupVariables(directory.resolve("group_vars"));
        hostVariables(directory.resolve("host_vars"));
    }

    private void groupVariables(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        files(directory, "variables")
                .forEach(
                        (name, file) ->
                                builder.groupId(name)
                                        .ifPresentOrElse(
                                                id -> {
                                                    Variables next = new FileVariables(file);
                                                    builder.groupVariables(
                                                            id,
                                                            over(builder.groupVariables(id), next));
                                                },
                                                () ->
                                                        warnings.accept(
                                                                file
                                                                        + ": ignored, as jetp does:"
                                                                        + " no group "
                                                                        + Quoted.of(name)
                                                                        + " in this inventory"
                                                                        + " path or in an earlier"
                                                                        + " one")));
    }

    private void hostVariables(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        List<String> unknown = new ArrayList<>();
        files(directory, "variables")
                .forEach(
                        (name, file) ->
                                builder.hostId(name)
                                        .ifPresentOrElse(
                                                id -> {
                                                    Variables next = new FileVariables(file);
                                                    builder.hostVariables(
                                                            id,
                                                            over(builder.hostVariables(id), next));
                                                },
                                                () -> unknown.add(name)));
        if (!unknown.isEmpty()) {
            warnings.accept(
                    directory
                            + ": files of unknown hosts are ignored, as jetp does: "
                            + HostRanges.fold(unknown, MOST_NAMED));
        }
    }

    private Variables over(Optional<Variables> old, Variables next) {
        if (builder.overlay() == Overlay.REPLACE) {
            old.ifPresent(before -> replaced(before, next));
        }
        return old.map(before -> builder.overlaid(before, next)).orElse(next);
    }

    /**
     * Warns of variables that are lost: jetp replaces a file's variables and does not merge them,
     * so those that only the earlier file sets are gone.
     */
    private void replaced(Variables old, Variables next) {
        List<String> lost = new ArrayList<>(old.values().keySet());
        lost.removeAll(next.values().keySet());
        if (!lost.isEmpty()) {
            warnings.accept(
                    next.source()
                            + ": replaces "
                            + old.source()
                            + " completely, as jetp does, so these variables are lost: "
                            + InventoryNames.visible(String.join(", ", lost)));
        }
    }

    /**
     * The files of a folder that jetp reads, sorted by the name of the host or group that they are
     * for.
     */
    private static Map<String, Path> files(Path directory, String what) {
        Map<String, Path> files = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.endsWith("~") || name.startsWith(".")) {
                    continue;
                }
                if (!Files.isRegularFile(entry)) {
                    throw ConfigurationException.at(
                            entry, "must be a file of " + what + ": jetp stops at anything else");
                }
                String stem = name.endsWith(".yml") ? name.substring(0, name.length() - 4) : name;
                Path other = files.put(stem, entry);
                if (other != null) {
                    throw ConfigurationException.at(
                            directory,
                            "both "
                                    + Quoted.of(stem)
                                    + " and "
                                    + Quoted.of(stem + ".yml")
                                    + ": jetp reads them in random order. Keep only one");
                }
            }
        } catch (IOException e) {
            throw ConfigurationException.at(directory, "cannot be read: " + SourceText.reason(e));
        }
        Map<String, Path> sorted = new LinkedHashMap<>();
        files.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }

    private static boolean isExecutable(Path path) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            return Files.isRegularFile(path) && permissions.stream().anyMatch(EXECUTABLE::contains);
        } catch (IOException e) {
            throw ConfigurationException.at(path, "cannot be read: " + SourceText.reason(e));
        }
    }
}
