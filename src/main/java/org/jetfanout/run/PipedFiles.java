package org.jetfanout.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.machine.PrivateFiles;

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

    /** The file itself, or where it came out of a pipe, a copy in a folder of the run. */
    static Path kept(Path file, Path folder, int number) throws IOException {
        Path parent = file.getParent();
        if (parent == null || !parent.getFileName().toString().startsWith(FOLDER)) {
            return file;
        }
        Path own = folder.resolve("pipe-" + number);
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
