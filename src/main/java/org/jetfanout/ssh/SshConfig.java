package org.jetfanout.ssh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.jetfanout.ConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of ssh_config that we follow: Host, HostName, Port, User, IdentityFile, IdentitiesOnly,
 * IdentityAgent, ProxyJump, HostKeyAlias, Include. Read once, by MINA's reader, from which Match
 * blocks (it refuses the whole file for one) are kept away. Immutable, thread-safe.
 */
final class SshConfig {
    private static final Logger LOG = LoggerFactory.getLogger(SshConfig.class);
    private static final int DEFAULT_PORT = 22;
    private static final int MAX_INCLUDE_DEPTH = 16;

    private final HostConfigEntryResolver resolver;
    private final String localUser;

    private SshConfig(HostConfigEntryResolver resolver, String localUser) {
        this.resolver = resolver;
        this.localUser = localUser;
    }

    /**
     * @param files those that do not exist are passed over
     * @throws ConfigurationException for a file that cannot be read
     */
    static SshConfig read(List<Path> files) {
        List<HostConfigEntry> entries = new ArrayList<>();
        for (Path file : files) {
            if (Files.exists(file)) {
                entries.addAll(entries(file));
            }
        }
        return new SshConfig(
                HostConfigEntry.toHostConfigEntryResolver(entries),
                System.getProperty("user.name"));
    }

    /**
     * What holds for a machine.
     *
     * @param hostName where to connect to
     * @param knownAs the name under which its host key is looked up
     * @param jumps ProxyJump's hops, nearest to us first
     * @param agentSocket ssh-agent by IdentityAgent: empty where it says nothing; an empty path for
     *     {@code none}
     */
    record Resolved(
            String hostName,
            int port,
            String user,
            String knownAs,
            boolean alias,
            List<Path> identityFiles,
            boolean identitiesOnly,
            Optional<Path> agentSocket,
            List<String> jumps) {
        /**
         * The ssh-agent that is asked for keys, and that workers reach.
         *
         * @param usual the socket where ssh_config names none
         */
        Optional<Agent> agent(Optional<Path> usual) {
            return agentSocket
                    .or(() -> usual)
                    .filter(socket -> !socket.equals(Path.of("")))
                    .map(Agent::new);
        }
    }

    Resolved resolve(Destination destination) {
        HostConfigEntry entry;
        try {
            entry =
                    resolver.resolveEffectiveHost(
                            destination.host(),
                            destination.port(),
                            null,
                            destination.user(),
                            null,
                            null);
        } catch (IOException | RuntimeException e) {
            throw new ConfigurationException(
                    "ssh_config for " + destination.host() + ": " + e.getMessage());
        }
        if (entry == null) {
            entry = new HostConfigEntry();
        }
        String hostName =
                orElse(entry.getHostName(), destination.host())
                        .replace("%h", destination.host())
                        .replace("%%", "%");
        String keyAlias = orElse(entry.getProperty("HostKeyAlias"), "");
        return new Resolved(
                hostName,
                entry.getPort() > 0
                        ? entry.getPort()
                        : destination.port() > 0 ? destination.port() : DEFAULT_PORT,
                orElse(entry.getUsername(), orElse(destination.user(), localUser)),
                orElse(keyAlias, hostName).toLowerCase(Locale.ROOT),
                !keyAlias.isEmpty(),
                paths(entry),
                entry.isIdentitiesOnly(),
                agent(orElse(entry.getProperty(HostConfigEntry.IDENTITY_AGENT), "")),
                jumps(orElse(entry.getProxyJump(), "none")));
    }

    private static List<Path> paths(HostConfigEntry entry) {
        return entry.getIdentities().stream()
                .filter(name -> !name.equalsIgnoreCase("none"))
                .map(SshConfig::unquoted)
                .map(Path::of)
                .distinct()
                .toList();
    }

    private static Optional<Path> agent(String value) {
        String socket = unquoted(value);
        if (socket.isEmpty() || socket.equals("SSH_AUTH_SOCK")) {
            return Optional.empty();
        }
        if (socket.equalsIgnoreCase("none")) {
            return Optional.of(Path.of(""));
        }
        String home = System.getProperty("user.home");
        return Optional.of(Path.of(socket.startsWith("~/") ? home + socket.substring(1) : socket));
    }

    private static List<String> jumps(String value) {
        return value.equalsIgnoreCase("none")
                ? List.of()
                : Arrays.stream(value.split(",")).map(String::strip).toList();
    }

    private static String orElse(String value, String other) {
        return value == null || value.isEmpty() ? other : value;
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    private static List<HostConfigEntry> entries(Path file) {
        StringBuilder text = new StringBuilder();
        collect(file, text, 0);
        try {
            return HostConfigEntry.readHostConfigEntries(
                    new BufferedReader(new StringReader(text.toString())));
        } catch (IOException | RuntimeException e) {
            throw ConfigurationException.at(file, "not an ssh_config: " + e.getMessage());
        }
    }

    /** Appends the file's lines, with what it includes, without Match blocks. */
    private static void collect(Path file, StringBuilder text, int depth) {
        if (depth > MAX_INCLUDE_DEPTH) {
            throw ConfigurationException.at(file, "too many levels of Include");
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e);
        }
        boolean inMatch = false;
        for (String line : lines) {
            String[] words = line.strip().split("[\\s=]+", 2);
            String keyword = words[0].toLowerCase(Locale.ROOT);
            if (keyword.equals("match")) {
                LOG.warn("{}: a Match block is passed over: {}", file, line.strip());
                inMatch = true;
            } else if (keyword.equals("host")) {
                inMatch = false;
            }
            if (inMatch || words.length < 2) {
                continue;
            }
            if (keyword.equals("include")) {
                for (Path included : included(file, words[1])) {
                    collect(included, text, depth + 1);
                }
            } else {
                text.append(line).append('\n');
            }
        }
    }

    private static Set<Path> included(Path file, String patterns) {
        Set<Path> found = new TreeSet<>();
        for (String pattern : patterns.strip().split("\\s+", -1)) {
            String expanded =
                    pattern.startsWith("~/")
                            ? System.getProperty("user.home") + pattern.substring(1)
                            : pattern;
            try {
                Path path = file.resolveSibling(expanded);
                Path folder = path.getParent();
                if (folder == null || !Files.isDirectory(folder)) {
                    continue;
                }
                try (DirectoryStream<Path> files =
                        Files.newDirectoryStream(folder, path.getFileName().toString())) {
                    files.forEach(found::add);
                }
            } catch (IOException | InvalidPathException e) {
                throw ConfigurationException.at(file, "Include " + pattern + ": " + e.getMessage());
            }
        }
        return found;
    }
}
