package org.jetfanout.runner.described;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.text.Sizes;

/** The files of a runner's folder that travel. Pure functions that read and write files. */
final class FilesOfRunner {
    /** A run keeps a copy of them, so they are few and small. */
    private static final long MOST_BYTES = 64L << 20;

    private FilesOfRunner() {}

    /** The paths in a runner's folder that travel: those that the description names, or all. */
    static List<String> paths(Definition definition, Path folder) {
        if (definition.files().isEmpty()) {
            return names(folder);
        }
        for (String file : definition.files()) {
            if (!Files.exists(folder.resolve(file))) {
                throw ConfigurationException.at(
                        folder.resolve(file),
                        "no such file: 'files' in " + DefinitionReader.FILE + " names it");
            }
        }
        return definition.files();
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw ConfigurationException.at(folder, "cannot be read: " + e.getMessage());
        }
    }

    /** Copies what travels, so that nobody can change it while the run and its reruns need it. */
    static void copy(Definition definition, Path from, Path to) throws IOException {
        Files.createDirectories(to, PrivateFiles.FOLDER);
        long bytes = 0;
        for (String path : paths(definition, from)) {
            Path root = from.resolve(path);
            List<Path> files;
            try (Stream<Path> all = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
                files = all.toList();
            }
            for (Path file : files) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy, PrivateFiles.FOLDER);
                } else if (Files.isRegularFile(file)) {
                    bytes += Files.size(file);
                    if (bytes > MOST_BYTES) {
                        throw ConfigurationException.at(
                                from,
                                "has more than "
                                        + Sizes.text(MOST_BYTES)
                                        + " of files: name those that travel with 'files' in "
                                        + DefinitionReader.FILE);
                    }
                    Files.createDirectories(copy.getParent(), PrivateFiles.FOLDER);
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                    Files.setPosixFilePermissions(
                            copy,
                            PosixFilePermissions.fromString(
                                    Files.isExecutable(file) ? "rwx------" : "rw-------"));
                }
            }
        }
    }
}
