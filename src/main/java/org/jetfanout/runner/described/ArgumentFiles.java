package org.jetfanout.runner.described;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * The words of the user's command line for a runner. Where the description says so, {@code @PATH}
 * names a file or folder that travels, and {@code @@text} stands for {@code @text}. Immutable.
 *
 * @param words as the runner gets them
 * @param files what travels, by its path in the bundle
 */
record ArgumentFiles(List<String> words, Map<String, Path> files) {
    private static final String FOLDER = "arguments";

    /** Copies the collections. */
    ArgumentFiles {
        words = List.copyOf(words);
        files = Map.copyOf(files);
    }

    /**
     * Reads the user's words.
     *
     * @param directory that relative paths start from
     */
    static ArgumentFiles of(boolean sendsFiles, List<String> arguments, Path directory) {
        List<String> words = new ArrayList<>();
        Map<String, Path> files = new TreeMap<>();
        for (String argument : arguments) {
            if (argument.contains(WorkerCommand.MARK)) {
                throw new ConfigurationException(
                        Quoted.of(argument) + " has a text in it that jet-fanout uses itself");
            }
            if (!sendsFiles || !argument.startsWith("@")) {
                words.add(argument);
            } else if (argument.startsWith("@@")) {
                words.add(argument.substring(1));
            } else {
                Path file = file(argument, directory);
                String path = FOLDER + "/" + (files.size() + 1) + "/" + file.getFileName();
                files.put(path, file);
                words.add(WorkerCommand.MARK + "/" + path);
            }
        }
        return new ArgumentFiles(words, files);
    }

    private static Path file(String argument, Path directory) {
        try {
            Path file = directory.resolve(argument.substring(1)).normalize();
            if (!argument.equals("@") && Files.exists(file) && file.getFileName() != null) {
                return file;
            }
        } catch (InvalidPathException e) {
            // told below
        }
        throw new ConfigurationException(
                Quoted.of(argument)
                        + " names no file: this runner takes @PATH for a file that travels; for the"
                        + " text itself write "
                        + Quoted.of("@" + argument));
    }
}
