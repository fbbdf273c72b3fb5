package org.jetfanout.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;

/**
 * Which route files are loaded: the packaged ones, each overridden by the user's file of that name,
 * and what else the user has.
 */
final class Routes {
    /** Plans; needs neither queue nor SSH. */
    static final List<String> PLAN = List.of("plan");

    /** For a run that has its plan. */
    static final List<String> WITHOUT_PLAN = List.of("queue", "dispatch", "record");

    /** The whole pipeline. */
    static final List<String> ALL = List.of("plan", "queue", "dispatch", "record");

    /** Asks the workers whether they are ready; needs no queue. */
    static final List<String> CHECK = List.of("check");

    private static final String SUFFIX = ".camel.yaml";

    private Routes() {}

    /**
     * Camel's include pattern for the packaged routes of these names.
     *
     * @param folder the user's routes; of files that have no packaged name only those of a whole
     *     pipeline are taken
     */
    static String pattern(List<String> names, Optional<Path> folder) {
        TreeMap<String, String> locations = new TreeMap<>();
        names.forEach(name -> locations.put(name, "classpath:routes/" + name + SUFFIX));
        folder.ifPresent(
                own -> {
                    for (Path file : files(own)) {
                        String name = own.relativize(file).toString();
                        name = name.substring(0, name.length() - SUFFIX.length());
                        boolean ofUser = !ALL.contains(name) && !CHECK.contains(name);
                        if (names.contains(name) || (ofUser && names.contains("dispatch"))) {
                            locations.put(name, "file:" + file.toAbsolutePath());
                        }
                    }
                });
        return String.join(",", locations.values());
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        } catch (IOException e) {
            throw ConfigurationException.at(folder, "the routes cannot be read: " + e.getMessage());
        }
    }
}
