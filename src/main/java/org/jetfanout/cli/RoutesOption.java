package org.jetfanout.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import picocli.CommandLine.Option;

/** The option that names the folder with the user's own routes. */
final class RoutesOption {
    @Option(
            names = "--routes",
            paramLabel = "DIR",
            description =
                    "Folder with routes. Each file replaces the packaged file of the same name.")
    private Path routes;

    /** The folder, which must exist. */
    Optional<Path> folder() {
        if (routes != null && !Files.isDirectory(routes)) {
            throw ConfigurationException.at(routes, "no such directory of routes");
        }
        return Optional.ofNullable(routes);
    }

    /** The folder as it was named, whether or not it exists. */
    Optional<Path> named() {
        return Optional.ofNullable(routes);
    }
}
