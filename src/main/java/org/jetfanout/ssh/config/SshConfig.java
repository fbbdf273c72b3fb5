package org.jetfanout.ssh.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;
import org.jetfanout.ssh.config.ConfigFiles.ConfigFile;
import org.jetfanout.ssh.config.ConfigFiles.Entry;
import org.jetfanout.ssh.config.ConfigKeyword.Use;
import org.jetfanout.text.Quoted;

/**
 * The settings in ssh_config for each machine (ssh_config(5); {@link ConfigKeyword} says how each
 * keyword is treated). The files are read once. Where a keyword that only OpenSSH can evaluate may
 * matter for a machine, OpenSSH is asked, once a machine. A setting that is not supported is an
 * error for that machine only. Thread-safe.
 */
public final class SshConfig {
    private static final int DEFAULT_PORT = 22;

    private final ConfigFiles files;
    private final Home home;
    private final Map<String, String> environment;
    private final String localUser;
    private final OpenSsh openSsh;

    // Mutable state: results kept for reuse
    private final Map<Destination, Resolved> resolved = new ConcurrentHashMap<>();

    private SshConfig(
            ConfigFiles files, Home home, Map<String, String> environment, String localUser) {
        this.files = files;
        this.home = home;
        this.environment = environment;
        this.localUser = localUser;
        this.openSsh = new OpenSsh(files, environment.getOrDefault("PATH", ""));
    }

    /**
     * Reads ssh_config files.
     *
     * @param files in order; missing ones are skipped
     * @throws ConfigurationException for a file that cannot be read
     */
    public static SshConfig read(List<Path> files) {
        return read(files, System.getenv());
    }

    /** Reads ssh_config files, with this environment. */
    public static SshConfig read(List<Path> files, Map<String, String> environment) {
        Home home = Home.of(environment);
        return new SshConfig(
                ConfigFiles.read(files, home), home, environment, System.getProperty("user.name"));
    }

    /**
     * The settings of a machine.
     *
     * @param hostName the host to connect to
     * @param knownAs the name under which its host key is looked up
     * @param alias whether that is one of HostKeyAlias, which has no port
     * @param identityFiles the files that are named for it, in order
     * @param keysNamed whether there is an IdentityFile, even if it says {@code none}
     * @param agentSocket ssh-agent of IdentityAgent; empty where there is none in ssh_config; an
     *     empty path for {@code none}
     * @param jumps ProxyJump's hops, nearest to us first
     * @param certificates CertificateFile; where there is none, those beside the identity files
     *     count
     * @param userKnownHosts files that replace the user's known_hosts; empty where ssh_config names
     *     none
     * @param globalKnownHosts files that replace the system's; empty where ssh_config names none
     * @param addresses which of its addresses are tried
     * @param bindAddress our own address of the connection; empty where ssh_config names none
     * @param algorithms in ssh_config
     */
    public record Resolved(
            String hostName,
            int port,
            String user,
            String knownAs,
            boolean alias,
            List<Path> identityFiles,
            boolean keysNamed,
            boolean identitiesOnly,
            Optional<Path> agentSocket,
            List<String> jumps,
            List<Path> certificates,
            Optional<List<Path>> userKnownHosts,
            Optional<List<Path>> globalKnownHosts,
            AddressFamily addresses,
            String bindAddress,
            ConfiguredAlgorithms algorithms) {
        /**
         * The socket of the ssh-agent, which is asked for keys and which workers reach through the
         * guard.
         *
         * @param usual the socket where ssh_config names none
         */
        public Optional<Path> agent(Optional<Path> usual) {
            return agentSocket.or(() -> usual).filter(socket -> !socket.equals(Path.of("")));
        }
    }

    /** The values of AddressFamily. */
    public enum AddressFamily {
        ANY,
        INET,
        INET6;

        /** Whether an address belongs to the family. */
        public boolean takes(InetAddress address) {
            return this == ANY || (this == INET) == address instanceof Inet4Address;
        }
    }

    /**
     * Finds the settings of one machine.
     *
     * @throws ConfigurationException where a setting of this machine is wrong or not supported
     */
    public Resolved resolve(Destination destination) {
        // not computeIfAbsent: many machines are resolved at the same time, and ssh may take long
        Resolved known = resolved.get(destination);
        if (known == null) {
            known = find(destination);
            resolved.put(destination, known);
        }
        return known;
    }

    /** The files that were read, and the folders in which others may appear. */
    public List<Path> paths() {
        return files.paths();
    }

    /** Whether ssh may have to be asked about a machine, which may take long. */
    public boolean asks() {
        return files.ask();
    }

    private Resolved find(Destination destination) {
        Walk walk = new Walk(destination.host());
        files.files().forEach(file -> walk.through(file, true));
        ConfigValues said = walk.values();
        if (walk.question() != null) {
            ConfigLine why = walk.question();
            List<String> usual = files.unplaced() ? openSsh.usual(destination, why) : List.of();
            said = ConfigValues.answered(openSsh.ask(destination, why), usual, files, why);
        }
        refuse(said);
        return resolved(destination, said);
    }

    /** Refuses settings that are known and not supported. */
    private static void refuse(ConfigValues said) {
        for (ConfigKeyword keyword : ConfigKeyword.values()) {
            ConfigLine line = said.line(keyword);
            if (keyword.use() == Use.REFUSED && line != null && !keyword.idle(line.word())) {
                throw line.error(
                        "jet-fanout does not support this option, so it would connect to this"
                                + " worker differently than ssh does (see docs/ssh-config.md)");
            }
        }
    }

    private Resolved resolved(Destination destination, ConfigValues said) {
        String host = destination.host();
        ConfigLine name = said.line(ConfigKeyword.HOST_NAME);
        String hostName =
                name == null
                        ? host
                        : name.word().replace("%%", "\0").replace("%h", host).replace("\0", "%");
        int port = destination.port();
        if (port == 0) {
            port = said.line(ConfigKeyword.PORT) == null ? DEFAULT_PORT : port(said);
        }
        String user = destination.user();
        if (user.isEmpty()) {
            user = said.word(ConfigKeyword.USER).orElseGet(this::localUser);
        }
        // checks values of ssh_config as strictly as those of the inventory
        Destination real = new Destination(destination.name(), hostName, port, user);
        String alias = said.word(ConfigKeyword.HOST_KEY_ALIAS).orElse("");
        ConfigValues.Tokens tokens =
                new ConfigValues.Tokens(
                        host,
                        real.host(),
                        port,
                        user,
                        localUser == null ? "" : localUser,
                        alias.isEmpty() ? host : alias,
                        said.word(ConfigKeyword.PROXY_JUMP).orElse(""),
                        home,
                        environment);
        return new Resolved(
                real.host(),
                port,
                user,
                (alias.isEmpty() ? real.host() : alias).toLowerCase(Locale.ROOT),
                !alias.isEmpty(),
                said.files(ConfigKeyword.IDENTITY_FILE, tokens),
                said.line(ConfigKeyword.IDENTITY_FILE) != null,
                said.line(ConfigKeyword.IDENTITIES_ONLY) != null
                        && said.line(ConfigKeyword.IDENTITIES_ONLY).yes(),
                agent(said.line(ConfigKeyword.IDENTITY_AGENT), tokens),
                jumps(said.line(ConfigKeyword.PROXY_JUMP), tokens),
                said.files(ConfigKeyword.CERTIFICATE_FILE, tokens),
                said.fileList(ConfigKeyword.USER_KNOWN_HOSTS, tokens),
                said.fileList(ConfigKeyword.GLOBAL_KNOWN_HOSTS, tokens),
                family(said.line(ConfigKeyword.ADDRESS_FAMILY)),
                said.word(ConfigKeyword.BIND_ADDRESS).orElse(""),
                ConfiguredAlgorithms.of(said));
    }

    private String localUser() {
        if (localUser == null || localUser.isEmpty() || localUser.equals("?")) {
            throw new ConfigurationException(
                    "no login name: this user has no entry in passwd. Name a user (user in"
                            + " workers.yml, jet_ssh_user, or User in ssh_config)");
        }
        return localUser;
    }

    private static int port(ConfigValues said) {
        ConfigLine line = said.line(ConfigKeyword.PORT);
        try {
            int port = Integer.parseInt(line.word());
            if (port > 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw line.error("not a port: '" + Quoted.excerpt(line.word()) + "'");
    }

    private Optional<Path> agent(ConfigLine line, ConfigValues.Tokens tokens) {
        if (line == null || line.word().equals("SSH_AUTH_SOCK")) {
            return Optional.empty();
        }
        String socket = line.word();
        if (socket.equalsIgnoreCase("none")) {
            return Optional.of(Path.of(""));
        }
        if (socket.startsWith("$") && !socket.startsWith("${")) { // a variable that may be unset
            return Optional.of(Path.of(environment.getOrDefault(socket.substring(1), "")));
        }
        return Optional.of(tokens.path(line, socket));
    }

    private static AddressFamily family(ConfigLine line) {
        if (line == null) {
            return AddressFamily.ANY;
        }
        return switch (line.word().toLowerCase(Locale.ROOT)) {
            case "any" -> AddressFamily.ANY;
            case "inet" -> AddressFamily.INET;
            case "inet6" -> AddressFamily.INET6;
            default -> throw line.error("must be any, inet or inet6, not '" + line.word() + "'");
        };
    }

    private static List<String> jumps(ConfigLine line, ConfigValues.Tokens tokens) {
        String value = line == null ? "none" : tokens.expand(line, line.word());
        return value.equalsIgnoreCase("none")
                ? List.of()
                : Arrays.stream(value.split(",", -1)).map(String::strip).toList();
    }

    /** Goes through the files for one host, as ssh does. */
    private static final class Walk {
        private final String host;

        // Mutable state
        private final Map<ConfigKeyword, List<ConfigLine>> found =
                new EnumMap<>(ConfigKeyword.class);
        private final List<String> ignored = new ArrayList<>();
        private ConfigLine question;

        Walk(String host) {
            this.host = host;
        }

        ConfigValues values() {
            return new ConfigValues(found);
        }

        /** The first line that only ssh can evaluate; null if there is none. */
        ConfigLine question() {
            return question;
        }

        /**
         * @param within whether the blocks around the file apply to the host
         */
        void through(ConfigFile file, boolean within) {
            boolean active = within;
            for (Entry entry : file.entries()) {
                ConfigLine line = entry.line();
                switch (line.keyword()) {
                    case "host" -> active = within && matches(line.words());
                    case "match" -> active = within && match(line);
                    case "include" -> {
                        if (active && !entry.unplaced().isEmpty()) {
                            ask(line);
                        }
                        for (ConfigFile included : entry.included()) {
                            through(included, active);
                        }
                    }
                    default -> {
                        if (active) {
                            take(line);
                        }
                    }
                }
            }
        }

        private boolean matches(List<String> patterns) {
            return new PatternList(patterns).matches(host);
        }

        /**
         * Whether a Match applies. {@code Match all} is simple; only ssh can evaluate any other.
         */
        private boolean match(ConfigLine line) {
            if (line.words().equals(List.of("all"))) {
                return true;
            }
            ask(line);
            return false;
        }

        private void take(ConfigLine line) {
            Optional<ConfigKeyword> known = ConfigKeyword.of(line.keyword());
            if (known.isEmpty()) {
                boolean ignore =
                        ignored.stream()
                                .anyMatch(
                                        p ->
                                                PatternList.glob(
                                                        p.toLowerCase(Locale.ROOT),
                                                        line.keyword()));
                if (!ignore) {
                    ask(line);
                }
                return;
            }
            ConfigKeyword keyword = known.get();
            switch (keyword) {
                case IGNORE_UNKNOWN -> ignored.addAll(Arrays.asList(line.word().split(",", -1)));
                case IDENTITY_FILE, CERTIFICATE_FILE -> add(keyword, line);
                case PROXY_JUMP, PROXY_COMMAND -> {
                    // whichever comes first
                    if (!found.containsKey(ConfigKeyword.PROXY_JUMP)
                            && !found.containsKey(ConfigKeyword.PROXY_COMMAND)) {
                        add(keyword, line);
                    }
                }
                default -> {
                    if (!found.containsKey(keyword)) {
                        add(keyword, line);
                        if (keyword.use() == Use.ASKED && !keyword.idle(line.word())) {
                            ask(line);
                        }
                    }
                }
            }
        }

        private void add(ConfigKeyword keyword, ConfigLine line) {
            found.computeIfAbsent(keyword, k -> new ArrayList<>()).add(line);
        }

        private void ask(ConfigLine line) {
            question = question == null ? line : question;
        }
    }
}
