package org.jetfanout.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import picocli.CommandLine.Option;

/** Where the user's own routes are. */
final class RoutesOption {
    @Option(
            names = "--routes",
            paramLabel = "DIR",
            description =
                    "Folder with routes. Each file replaces the packaged file of the same name.")
    private Path routes;

    /** A folder that is there. */
    Optional<Path> folder() {
        if (routes != null && !Files.isDirectory(routes)) {
            throw ConfigurationException.at(routes, "no such directory of routes");
        }
        return Optional.ofNullable(routes);
    }

    /** As it is named, also where it is not there yet. */
    Optional<Path> named() {
        return Optional.ofNullable(routes);
    }
}
