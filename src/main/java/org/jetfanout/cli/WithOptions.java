package org.jetfanout.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.described.DescribedRequest;
import org.jetfanout.runner.exec.ExecOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of a run of a runner that the user describes by files. */
final class WithOptions {
    /** The folder with runners' folders, where no option names another. */
    private static final String RUNNERS = "runners";

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "The runner: a folder of this name with a file runner.yml.")
    private String name;

    @Mixin private HostsOptions hosts;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            description =
                    "Login name on hosts that have no variable for it (default: $JET_SSH_USER,"
                            + " else $USER).")
    private String user;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "SSH port of hosts that have no variable for it.")
    private Integer port;

    @Option(
            names = "--runners",
            paramLabel = "DIR",
            description =
                    "Folder that has the runner's folder. May be repeated (default: runners/ beside"
                            + " workers.yml, then in the current folder).")
    private List<Path> runners = new ArrayList<>();

    @Mixin private FanOutOptions fanOut;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "ARGS",
            description = "Words that the runner gets, after --.")
    private List<String> arguments = new ArrayList<>();

    /** {@link Main} looks for it itself, also where the command line cannot be read. */
    @Option(names = "-v", description = "-vv shows stack traces of errors.")
    void traces(boolean[] times) {}

    /** The request. The description of the runner is read and checked. */
    RunRequest request() {
        DescribedRequest work =
                DescribedRequest.of(
                        name, places(), hosts.chosen(fanOut.pipes()), arguments, logins());
        return fanOut.request(work);
    }

    private List<Path> places() {
        if (!runners.isEmpty()) {
            return runners;
        }
        Path beside = fanOut.workerConfig().toAbsolutePath().resolveSibling(RUNNERS);
        Path here = Path.of(RUNNERS);
        return here.toAbsolutePath().equals(beside) ? List.of(here) : List.of(beside, here);
    }

    private ExecOptions logins() {
        try {
            return new ExecOptions(
                    ExecOptions.login(Optional.ofNullable(user), System.getenv()),
                    port == null ? OptionalInt.empty() : OptionalInt.of(port),
                    Optional.empty(),
                    Optional.empty(),
                    false);
        } catch (ConfigurationException e) {
            // the message concerns the command line only, so it is reported as a usage error
            throw new UsageException(e.getMessage());
        }
    }
}
