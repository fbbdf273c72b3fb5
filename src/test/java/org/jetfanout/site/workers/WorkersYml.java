package org.jetfanout.site.workers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jetfanout.ConfigurationException;

/** A workers.yml that a test writes. */
public final class WorkersYml {
    /** A map of one entry, for tests that are about settings. */
    public static final String MAP = "workers:\n  map: [ { from: web, to: web_workers } ]\n";

    private WorkersYml() {}

    public static WorkersConfig read(Path folder, String text) {
        Path file = folder.resolve("workers.yml");
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return WorkersConfig.read(file, Set.of("JET_LOG"));
    }

    /** The error's message without the folder of the test. */
    public static String message(Path folder, ConfigurationException error) {
        return error.getMessage().replace(folder + "/", "");
    }
}
