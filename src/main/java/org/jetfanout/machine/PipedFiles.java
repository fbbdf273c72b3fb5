package org.jetfanout.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder for what was read from pipes. It exists until the program ends; a run keeps its own
 * copy. Pure functions, except that they create folders.
 */
public final class PipedFiles {
    /** Name of the one file in each folder. */
    public static final String NAME = "pipe.yml";

    private static final String FOLDER = "jet-fanout-pipe-";

    private PipedFiles() {}

    /** Creates a private folder, which is removed when the program ends. */
    public static Path folder() throws IOException {
        Path folder = Files.createTempDirectory(FOLDER, PrivateFiles.FOLDER);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder), "pipes"));
        return folder;
    }

    /**
     * The file itself, or where it came out of a pipe, a copy in a folder of the run.
     *
     * @param name of the copy in that folder; each has another
     */
    public static Path kept(Path file, Path folder, String name) throws IOException {
        Path parent = file.getParent();
        if (parent == null || !parent.getFileName().toString().startsWith(FOLDER)) {
            return file;
        }
        Path own = folder.resolve("pipe-" + name);
        Files.createDirectories(own, PrivateFiles.FOLDER);
        return PrivateFiles.write(own, NAME, Files.readAllBytes(file));
    }

    private static void remove(Path folder) {
        try {
            PrivateFiles.remove(folder);
        } catch (IOException e) {
            // the program ends, and nobody reads the file again
        }
    }
}
