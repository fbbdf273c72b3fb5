package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PipedFiles;
import org.jetfanout.machine.PrivateFiles;

/**
 * Reads files that are named as a pipe ({@code -p <(program)}). A pipe can be read only once, so
 * its content is kept in a private folder until the program ends. For one thread.
 */
final class Pipes {
    // Mutable state
    private final Map<Path, Path> kept = new HashMap<>();

    /** The file to read: the named file itself, or a copy of what came out of the pipe. */
    Path file(Path named) {
        if (!isPipe(named)) {
            return named;
        }
        return kept.computeIfAbsent(named, Pipes::keep);
    }

    /** Whether the file can be read only once. */
    static boolean isPipe(Path named) {
        return Files.exists(named) && !Files.isRegularFile(named) && !Files.isDirectory(named);
    }

    private static Path keep(Path named) {
        try {
            Path folder = PipedFiles.folder();
            return PrivateFiles.write(folder, PipedFiles.NAME, Files.readAllBytes(named));
        } catch (IOException e) {
            throw ConfigurationException.at(named, "cannot be read: " + e.getMessage());
        }
    }
}
