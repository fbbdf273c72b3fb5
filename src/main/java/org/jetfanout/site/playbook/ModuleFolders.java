package org.jetfanout.site.playbook;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.ConfigurationException;

/** Finds the user's own modules. Pure functions. */
public final class ModuleFolders {
    private ModuleFolders() {}

    /**
     * The names of the files in folders of modules, each with and without what follows its first
     * dot.
     *
     * @param folders as the user named them
     * @param playbooks the {@code modules/} folders beside them count as well
     */
    public static Set<String> names(List<Path> folders, List<Path> playbooks) {
        List<Path> all = new ArrayList<>(folders);
        playbooks.forEach(file -> all.add(file.toAbsolutePath().getParent().resolve("modules")));
        Set<String> names = new TreeSet<>();
        for (Path folder : all) {
            if (Files.isDirectory(folder)) {
                add(names, folder);
            }
        }
        return names;
    }

    private static void add(Set<String> names, Path folder) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                names.add(name);
                names.add(name.replaceFirst("(?<=.)\\..*", ""));
            }
        } catch (IOException e) {
            throw ConfigurationException.at(folder, "cannot be read: " + e);
        }
    }
}
