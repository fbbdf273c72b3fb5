package org.jetfanout.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.exec.ExecOptions;
import picocli.CommandLine.Option;

/** The options that say how hosts are reached without a playbook, and as whom. */
final class HostLoginOptions {
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
            names = "--timeout",
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            description =
                    "How long a host may take, such as 30s or 5m, login included. Then the command"
                            + " is ended, and the host has failed.")
    private Duration timeout;

    @Option(
            names = "--sudo",
            arity = "0..1",
            fallbackValue = "root",
            paramLabel = "USER",
            description =
                    "Account on the hosts (default: root) as which sudo runs it. sudo must need no"
                            + " password.")
    private String sudo;

    /**
     * How hosts are reached.
     *
     * @param bare whether the hosts get the command line as it is
     */
    ExecOptions options(boolean bare) {
        try {
            return new ExecOptions(
                    ExecOptions.login(Optional.ofNullable(user), System.getenv()),
                    port == null ? OptionalInt.empty() : OptionalInt.of(port),
                    Optional.ofNullable(timeout).map(HostLoginOptions::wholeSeconds),
                    Optional.ofNullable(sudo),
                    bare);
        } catch (ConfigurationException e) {
            // the message concerns the command line only, so it is reported as a usage error
            throw new UsageException(e.getMessage());
        }
    }

    private static Duration wholeSeconds(Duration time) {
        return Duration.ofSeconds(Math.max(1, time.plusMillis(999).toSeconds()));
    }
}
