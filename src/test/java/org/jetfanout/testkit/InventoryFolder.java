package org.jetfanout.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jetfanout.site.inventory.Inventory;

/** Writes an inventory for a test, and loads it. */
public final class InventoryFolder {
    public static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final List<String> talk = new ArrayList<>();

    public InventoryFolder(Path folder) {
        this.folder = folder;
    }

    public static Path site(String path) {
        return Path.of("src/test/resources/jetp/site").resolve(path);
    }

    /** A file below the folder, for example {@code groups/web}. */
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

    public InventoryFolder group(String name, String... hosts) {
        return file("groups/" + name, "hosts: [" + String.join(", ", hosts) + "]\n");
    }

    public InventoryFolder parent(String name, String... subgroups) {
        return file("groups/" + name, "subgroups: [" + String.join(", ", subgroups) + "]\n");
    }

    /** An executable of the folder. */
    public Path program(String name, String text) {
        file(name, text);
        Path file = folder.resolve(name);
        // Written anew by another process: what a test beside this one starts in the meantime holds
        // a
        // file that we have open, and nobody can execute it ("Text file busy").
        Programs.ok(
                "sh",
                "-c",
                "cp \"$1\" \"$1.new\" && chmod 700 \"$1.new\" && mv \"$1.new\" \"$1\"",
                "sh",
                file.toString());
        return file;
    }

    public Path path() {
        return folder;
    }

    public Inventory load() {
        return load(folder);
    }

    public Inventory load(Path... paths) {
        List<String> lines = java.util.Collections.synchronizedList(talk);
        return Inventory.load(List.of(paths), LIMIT, lines::add);
    }

    /** What was said while loading. */
    public List<String> talk() {
        return talk;
    }

    public Set<String> groups() {
        return load().groups();
    }
}
