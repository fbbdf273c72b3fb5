package org.jetfanout.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jetfanout.site.inventory.Inventory;

/** Writes an inventory for a test and loads it. */
public final class InventoryFolder {
    /** How long an executable inventory may take. */
    public static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final List<String> warnings = new ArrayList<>();

    /** An empty inventory in this folder. */
    public InventoryFolder(Path folder) {
        this.folder = folder;
    }

    /** A path in the sites of the test resources. */
    public static Path site(String path) {
        return Path.of("src/test/resources/jetp/site").resolve(path);
    }

    /** Copies the sites of the test resources into a folder that is there. */
    public static void copySite(Path folder) throws IOException {
        Path site = site("");
        try (Stream<Path> files = Files.walk(site)) {
            for (Path file : files.toList()) {
                Path to = folder.resolve(site.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
    }

    /** Writes a file below the folder, for example {@code groups/web}. */
    public InventoryFolder file(String path, String text) {
        try {
            Path file = folder.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a group of hosts. */
    public InventoryFolder group(String name, String... hosts) {
        return file("groups/" + name, "hosts: [" + String.join(", ", hosts) + "]\n");
    }

    /** Writes a group of subgroups. */
    public InventoryFolder parent(String name, String... subgroups) {
        return file("groups/" + name, "subgroups: [" + String.join(", ", subgroups) + "]\n");
    }

    /** Writes an executable into the folder. */
    public Path program(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Programs.write(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder. */
    public Path path() {
        return folder;
    }

    /** Loads the inventory of this folder. */
    public Inventory load() {
        return load(folder);
    }

    /** Loads the inventory of these paths. */
    public Inventory load(Path... paths) {
        List<String> lines = java.util.Collections.synchronizedList(warnings);
        return Inventory.load(List.of(paths), LIMIT, lines::add);
    }

    /** The warnings that loading gave. */
    public List<String> warnings() {
        return warnings;
    }

    /** The names of the groups. */
    public Set<String> groups() {
        return load().groups();
    }
}
