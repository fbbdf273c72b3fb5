package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.jetp.JetpackFile;
import picocli.CommandLine.Option;

/** The options that choose in Jetpack's file {@code .jetpack.yml}. */
final class JetpackFlags {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Jetpack's .jetpack.yml (default: the one in this folder or above). Only where"
                            + " workers.yml says 'runner: jetpack'.")
    private Path config;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Profile of .jetpack.yml: its inventories and secrets.")
    private String profile;

    @Option(
            names = {"-E", "--environment"},
            paramLabel = "NAME",
            description = "Environment of .jetpack.yml: more secrets.")
    private String environment;

    @Option(
            names = "--no-secrets",
            description = "Leave out the inventories with secrets of .jetpack.yml.")
    private boolean noSecrets;

    /**
     * What the file says.
     *
     * @param jetpack whether workers.yml says that the runner is Jetpack
     * @param workerConfig for errors
     * @param changes whether the run changes hosts
     */
    JetpackFile file(boolean jetpack, Supplier<Path> workerConfig, boolean changes) {
        if (jetpack) {
            return JetpackFile.read(
                    Path.of(""),
                    new JetpackFile.Choice(
                            Optional.ofNullable(config),
                            Optional.ofNullable(profile),
                            Optional.ofNullable(environment),
                            noSecrets),
                    changes);
        }
        List<String> given = new ArrayList<>();
        if (config != null) {
            given.add("--config");
        }
        if (profile != null) {
            given.add("--profile");
        }
        if (environment != null) {
            given.add("--environment");
        }
        if (noSecrets) {
            given.add("--no-secrets");
        }
        if (!given.isEmpty()) {
            throw ConfigurationException.at(
                    workerConfig.get(),
                    given.get(0)
                            + " is an option of Jetpack, and the runner is jetp: set 'runner:"
                            + " jetpack' where it is Jetpack");
        }
        return JetpackFile.none();
    }
}
