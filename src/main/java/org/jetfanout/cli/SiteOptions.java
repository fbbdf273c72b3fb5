package org.jetfanout.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.text.Quoted;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that name the hosts and the workers that a command works with. */
final class SiteOptions {
    @Option(
            names = {"-p", "--playbook"},
            paramLabel = "PATH[:PATH]",
            description = "Playbooks, in order. May be repeated.")
    private List<String> playbooks = new ArrayList<>();

    @Option(
            names = {"-i", "--inventory"},
            paramLabel = "PATH[:PATH]",
            description = "Inventory directories or executables. May be repeated.")
    private List<String> inventories = new ArrayList<>();

    @Option(
            names = "--worker-config",
            paramLabel = "FILE",
            description = "workers.yml: the worker map and its settings.")
    private Path workerConfig;

    @Option(
            names = "--limit-hosts",
            paramLabel = "HOST[:HOST]",
            description = "Configure only" + " these hosts.")
    private List<String> limitHosts = new ArrayList<>();

    @Option(
            names = "--limit-groups",
            paramLabel = "GROUP[:GROUP]",
            description = "Configure only hosts of these groups.")
    private List<String> limitGroups = new ArrayList<>();

    @Mixin private RoutesOption routes;

    private final Pipes pipes = new Pipes();

    /** The reader for files that are named as a pipe. */
    Pipes pipes() {
        return pipes;
    }

    /** Whether the inventory or workers.yml was named. */
    boolean named() {
        return workerConfig != null || !inventories.isEmpty();
    }

    /**
     * The playbooks.
     *
     * @param otherwise where the command line has none
     * @param needed whether there must be one
     */
    List<Path> playbooks(Optional<Path> otherwise, boolean needed) {
        List<Path> files =
                playbooks.isEmpty()
                        ? otherwise.stream().toList()
                        : paths(playbooks, "--playbook").stream().map(pipes::file).toList();
        if (files.isEmpty() && needed) {
            throw new UsageException("--playbook is missing: give the playbook to run");
        }
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw ConfigurationException.at(file, "no such playbook");
            }
        }
        return files;
    }

    List<Path> inventories() {
        return inventories(List.of());
    }

    /**
     * The inventories; at least one must be there.
     *
     * @param otherwise where the command line has none
     */
    List<Path> inventories(List<Path> otherwise) {
        List<Path> paths = inventories.isEmpty() ? otherwise : paths(inventories, "--inventory");
        for (Path path : paths) {
            if (Pipes.isPipe(path)) {
                throw ConfigurationException.at(
                        path,
                        "is a pipe: an inventory is a folder, or an executable that prints the"
                                + " inventory (chmod +x)");
            }
        }
        if (paths.isEmpty()) {
            throw new UsageException(
                    "--inventory is missing: give the inventory that has the hosts");
        }
        return paths;
    }

    boolean hasWorkerConfig() {
        return workerConfig != null;
    }

    Path workerConfig() {
        if (workerConfig == null) {
            throw new UsageException(
                    "--worker-config is missing: give the workers.yml that maps hosts to workers");
        }
        Path file = pipes.file(workerConfig);
        if (!Files.isRegularFile(file)) {
            throw ConfigurationException.at(file, "no such file");
        }
        return file;
    }

    HostLimits limits() {
        return new HostLimits(
                names("--limit-hosts", last(limitHosts)),
                names("--limit-groups", last(limitGroups)));
    }

    Optional<Path> routes() {
        return routes.folder();
    }

    static List<String> names(String flag, String text) {
        try {
            return text == null ? List.of() : HostLimits.names(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(flag + ": " + e.getMessage());
        }
    }

    /**
     * The last value of a flag that was given several times, as jetp does; null where it was not
     * given.
     */
    static <T> T last(List<T> values) {
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    static List<String> words(String text) {
        return text == null ? List.of() : List.of(text.split(":", -1));
    }

    static List<Path> paths(List<String> texts, String flag) {
        List<Path> paths = new ArrayList<>();
        for (String text : texts) {
            for (String part : text.split(":", -1)) {
                if (part.isEmpty()) {
                    throw new UsageException(flag + " has an empty path: " + Quoted.of(text));
                }
                paths.add(Path.of(part));
            }
        }
        return paths;
    }
}
