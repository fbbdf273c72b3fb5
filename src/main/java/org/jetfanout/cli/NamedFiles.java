package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The files that the command line of a run names, where somebody who is not the user of this
 * machine has written it: all of them must lie below some folders, by their real paths. Nothing is
 * read. An option that is not known here is refused. Immutable.
 */
public final class NamedFiles {
    /** Which files the value of an option names. */
    private enum Kind {
        /** None. */
        NONE {
            @Override
            List<String> files(String value) {
                return List.of();
            }
        },
        /** The value. */
        FILE {
            @Override
            List<String> files(String value) {
                return List.of(value);
            }
        },
        /** Each part between colons. */
        FILES {
            @Override
            List<String> files(String value) {
                return List.of(value.split(":", -1));
            }
        },
        /** The value after an @, if it has one. */
        AT_FILE {
            @Override
            List<String> files(String value) {
                return value.startsWith("@") ? List.of(value.substring(1)) : List.of();
            }
        },
        /** Each part of a pattern of hosts that begins with an @. */
        PATTERN {
            @Override
            List<String> files(String value) {
                List<String> files = new ArrayList<>();
                for (String part : value.split("[,:;]", -1)) {
                    String bare = part.strip().replaceFirst("^[!&]", "").strip();
                    if (bare.startsWith("@")) {
                        files.add(bare.substring(1));
                    }
                }
                return files;
            }
        },
        /** The value, or what follows the label of a vault. */
        VAULT {
            @Override
            List<String> files(String value) {
                return List.of(value.substring(value.indexOf('@') + 1));
            }
        },
        /** The value, unless it is a list of hosts. */
        INVENTORY {
            @Override
            List<String> files(String value) {
                return value.contains(",") ? List.of() : List.of(value);
            }
        };

        abstract List<String> files(String value);
    }

    /** What options that take a value name. Those without one name nothing. */
    private static final Map<String, Kind> KINDS = new HashMap<>();

    /** Options that are not for others, with what to do instead. */
    private static final Map<String, String> REFUSED =
            Map.of(
                    "--between-waves",
                    "it would run a command on this machine: set between_waves in workers.yml",
                    "--broker",
                    "use --broker-config",
                    "--metrics",
                    "the service has metrics of all its runs");

    static {
        for (String name :
                List.of(
                        "--playbook/FILES",
                        "--inventory/FILES",
                        "--roles/FILES",
                        "--modules/FILES",
                        "--worker-config/FILE",
                        "--routes/FILE",
                        "--extra-vars/AT_FILE",
                        "--broker-config/FILE",
                        "--sink-config/FILE",
                        "--config/FILE",
                        "--hosts-file/FILE",
                        "--runners/FILE",
                        "--limit/PATTERN",
                        "--ansible/FILE",
                        "--private-key/FILE",
                        "--become-password-file/FILE",
                        "--connection-password-file/FILE",
                        "--vault-password-file/FILE",
                        "--vault-id/VAULT",
                        "--module-path/FILES",
                        "ansible-playbook --inventory/INVENTORY",
                        "ansible-playbook PLAYBOOK/FILE",
                        "script FILE/FILE",
                        "copy FILE/FILE")) {
            int slash = name.lastIndexOf('/');
            KINDS.put(name.substring(0, slash), Kind.valueOf(name.substring(slash + 1)));
        }
        for (String name :
                List.of(
                        "--limit-hosts",
                        "--limit-groups",
                        "--user",
                        "--port",
                        "--threads",
                        "--order",
                        "--waves",
                        "--canary",
                        "--max-failures",
                        "--on-stop",
                        "--pause",
                        "--approve",
                        "--approve-timeout",
                        "--leave-at-gate",
                        "--between-waves-timeout",
                        "--not-after",
                        "--batch-size",
                        "--sudo",
                        "--tags",
                        "--skip-tags",
                        "--broker-wait",
                        "--sink",
                        "--sink-wait",
                        "--profile",
                        "--environment",
                        "--hosts",
                        "--timeout",
                        "--forks",
                        "--become-method",
                        "--become-user",
                        "--connection",
                        "--ssh-common-args",
                        "--ssh-extra-args",
                        "--scp-extra-args",
                        "--sftp-extra-args",
                        "--start-at-task",
                        "--mode",
                        "--owner",
                        "--group",
                        "jet-fanout MODE",
                        "exec COMMAND",
                        "script ARGUMENT",
                        "copy TARGET",
                        "with ARGS",
                        "with NAME")) {
            KINDS.put(name, Kind.NONE);
        }
    }

    private final List<Path> roots;

    private NamedFiles(List<Path> roots) {
        this.roots = roots;
    }

    /**
     * Files below these folders.
     *
     * @throws ConfigurationException where one of them is missing
     */
    public static NamedFiles below(List<Path> roots) {
        List<Path> real = new ArrayList<>();
        for (Path root : roots) {
            try {
                real.add(root.toRealPath());
            } catch (IOException e) {
                throw ConfigurationException.at(root, "no such folder");
            }
        }
        return new NamedFiles(List.copyOf(real));
    }

    /** Refuses a command line that names a file elsewhere. */
    void check(ParseResult parsed) {
        ParseResult level = parsed;
        while (true) {
            String command = level.commandSpec().name();
            for (OptionSpec option : level.matchedOptions()) {
                check(command, option.longestName(), option);
            }
            for (PositionalParamSpec positional : level.matchedPositionals()) {
                check(command, positional.paramLabel(), positional);
            }
            if (!level.hasSubcommand()) {
                return;
            }
            level = level.subcommand();
        }
    }

    private void check(String command, String name, ArgSpec argument) {
        if (REFUSED.containsKey(name)) {
            throw new UsageException(name + " is not for others: " + REFUSED.get(name));
        }
        Kind kind =
                kind(command, argument)
                        .orElseThrow(() -> new UsageException(name + " is not for others"));
        for (String value : argument.stringValues()) {
            for (String file : kind.files(value)) {
                check(name, file);
            }
        }
        if (command.equals("with") && name.equals("NAME")) {
            argument.stringValues().forEach(NamedFiles::checkName);
        }
    }

    /**
     * Refuses a value of {@code --extra-vars} that names a file elsewhere.
     *
     * @throws ConfigurationException with a message of one line
     */
    public void checkExtraVars(String value) {
        try {
            Kind.AT_FILE.files(value).forEach(file -> check("--extra-vars", file));
        } catch (UsageException e) {
            throw new ConfigurationException(e.getMessage());
        }
    }

    /** A name of a folder in a folder, which leads to no other. */
    private static void checkName(String name) {
        if (name.contains("/") || name.startsWith(".")) {
            throw new UsageException("no name of a runner: " + Quoted.of(name));
        }
    }

    /** Whether it is known what the value of an option names, or that it is refused. */
    static boolean knows(String command, ArgSpec argument) {
        boolean refused =
                argument instanceof OptionSpec option && REFUSED.containsKey(option.longestName());
        return refused || kind(command, argument).isPresent();
    }

    private static Optional<Kind> kind(String command, ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            for (String name : option.names()) {
                Kind kind = KINDS.getOrDefault(command + " " + name, KINDS.get(name));
                if (kind != null) {
                    return Optional.of(kind);
                }
            }
            boolean flag = option.arity().max() == 0 || option.typeInfo().isBoolean();
            return flag ? Optional.of(Kind.NONE) : Optional.empty();
        }
        return Optional.ofNullable(KINDS.get(command + " " + argument.paramLabel()));
    }

    private void check(String name, String file) {
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException e) {
            throw new UsageException(name + ": no path: " + Quoted.of(file));
        }
        if (!path.isAbsolute()) {
            throw new UsageException(name + ": the path must be absolute, not " + Quoted.of(file));
        }
        Path real = real(path);
        if (roots.stream().noneMatch(real::startsWith)) {
            throw new UsageException(
                    name + ": " + Quoted.of(file) + " is not below a folder of 'roots'");
        }
    }

    /** The real path, or that of the folder that exists, with the rest that does not. */
    private static Path real(Path path) {
        Path missing = Path.of("");
        for (Path at = path; at != null; at = at.getParent()) {
            try {
                Path real = at.toRealPath().resolve(missing);
                // what is missing leads nowhere, so it must not lead back
                return real.equals(real.normalize()) ? real : Path.of("/");
            } catch (NoSuchFileException e) {
                if (Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                    return Path.of("/"); // a link to nowhere may lead somewhere later
                }
                Path name = at.getFileName();
                missing = name == null ? missing : name.resolve(missing);
            } catch (IOException e) {
                return Path.of("/"); // cannot be looked at
            }
        }
        return Path.of("/");
    }
}
