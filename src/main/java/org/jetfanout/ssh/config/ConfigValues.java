package org.jetfanout.ssh.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jetfanout.machine.Home;
import org.jetfanout.text.Quoted;

/**
 * The values of ssh_config that hold for one machine, each with the line that it is from. Immutable
 * once it is filled.
 */
record ConfigValues(Map<ConfigKeyword, List<ConfigLine>> lines) {
    /** What ssh tries where ssh_config names nothing. */
    private static final Pattern DEFAULT_KEY =
            Pattern.compile("~/\\.ssh/id_(rsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss|dsa|mldsa.*)");

    /** So many of them, and they are not named by the user. */
    private static final int FEWEST_DEFAULT_KEYS = 4;

    /** Where ssh's answer goes on with another file. */
    private static final Pattern NEXT_FILE = Pattern.compile(" (?=[/~]|none$)");

    /**
     * What {@code ssh -G} said. Only keywords that stand in the files can differ from what holds
     * without them, so only those count: the rest is ssh's defaults, and we have our own.
     *
     * @param usual what it says without any file, where not all lines of the files are known
     * @param why the line for which ssh was asked: errors about its answer are told with it
     */
    static ConfigValues answered(
            List<String> answer, List<String> usual, ConfigFiles files, ConfigLine why) {
        boolean usualKeys =
                answer.stream()
                                .filter(text -> text.startsWith("identityfile "))
                                .filter(
                                        text ->
                                                DEFAULT_KEY
                                                        .matcher(text.split(" ", 2)[1])
                                                        .matches())
                                .count()
                        >= FEWEST_DEFAULT_KEYS;
        Map<ConfigKeyword, List<ConfigLine>> found = new EnumMap<>(ConfigKeyword.class);
        for (String text : answer) {
            String[] words = text.split(" ", 2);
            Optional<ConfigKeyword> keyword = ConfigKeyword.of(words[0]);
            if (keyword.isEmpty() || words.length < 2 || words[1].isBlank()) {
                continue;
            }
            boolean always =
                    keyword.get() == ConfigKeyword.HOST_NAME
                            || keyword.get() == ConfigKeyword.USER
                            || keyword.get() == ConfigKeyword.PORT;
            Optional<ConfigLine> place = files.first(keyword.get().key());
            if (keyword.get() == ConfigKeyword.PUBKEY_ALGORITHMS) {
                place = place.or(() -> files.first("pubkeyacceptedkeytypes"));
            }
            boolean unknown = !usual.isEmpty() && !usual.contains(text);
            boolean usualKey =
                    usualKeys
                            && keyword.get() == ConfigKeyword.IDENTITY_FILE
                            && DEFAULT_KEY.matcher(words[1]).matches();
            if ((place.isPresent() || always || unknown) && !usualKey) {
                ConfigLine line = place.orElse(why);
                found.computeIfAbsent(keyword.get(), k -> new ArrayList<>())
                        .add(
                                new ConfigLine(
                                        line.file(),
                                        line.number(),
                                        line.keyword(),
                                        line.written(),
                                        quoted(keyword.get(), words[1])));
            }
        }
        return new ConfigValues(found);
    }

    /** ssh prints a path with blanks as it is. */
    private static String quoted(ConfigKeyword keyword, String value) {
        return switch (keyword) {
            case IDENTITY_FILE, CERTIFICATE_FILE, IDENTITY_AGENT -> inQuotes(value);
            case USER_KNOWN_HOSTS, GLOBAL_KNOWN_HOSTS ->
                    Arrays.stream(NEXT_FILE.split(value, -1))
                            .map(ConfigValues::inQuotes)
                            .collect(Collectors.joining(" "));
            default -> value;
        };
    }

    private static String inQuotes(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** The line that counts; null where there is none. */
    ConfigLine line(ConfigKeyword keyword) {
        List<ConfigLine> found = lines.get(keyword);
        return found == null ? null : found.get(0);
    }

    Optional<String> word(ConfigKeyword keyword) {
        return Optional.ofNullable(line(keyword)).map(ConfigLine::word);
    }

    /** One file a line, and all lines count. */
    List<Path> files(ConfigKeyword keyword, Tokens tokens) {
        return lines.getOrDefault(keyword, List.of()).stream()
                .filter(line -> !line.word().equalsIgnoreCase("none"))
                .map(line -> tokens.path(line, line.word()))
                .distinct()
                .toList();
    }

    /** Several files in one line; empty where nothing is said. */
    Optional<List<Path>> fileList(ConfigKeyword keyword, Tokens tokens) {
        return Optional.ofNullable(line(keyword))
                .map(
                        line ->
                                line.words().stream()
                                        .filter(word -> !word.equalsIgnoreCase("none"))
                                        .map(word -> tokens.path(line, word))
                                        .toList());
    }

    /**
     * What stands for {@code %…} in a value.
     *
     * @param host as it was asked for
     * @param hostName as it is connected to
     * @param user login name there
     * @param localUser login name here
     * @param keyName under which the host key is known
     * @param jump the value of ProxyJump
     */
    record Tokens(
            String host,
            String hostName,
            int port,
            String user,
            String localUser,
            String keyName,
            String jump,
            Home home,
            Map<String, String> environment) {
        private static final Pattern TOKEN = Pattern.compile("%(.?)|\\$\\{([^}]*)\\}");

        /** A file, as ssh reads it: home, tokens, variables. */
        Path path(ConfigLine line, String value) {
            try {
                Path path = Path.of(home.expand(expand(line, value)));
                return path.isAbsolute() ? path : path.toAbsolutePath();
            } catch (InvalidPathException e) {
                throw line.error("not a path: '" + Quoted.excerpt(value) + "'");
            }
        }

        /** A text with its tokens and variables replaced. */
        String expand(ConfigLine line, String value) {
            Matcher token = TOKEN.matcher(value);
            StringBuilder text = new StringBuilder();
            while (token.find()) {
                token.appendReplacement(text, Matcher.quoteReplacement(of(line, token)));
            }
            return token.appendTail(text).toString();
        }

        private String of(ConfigLine line, Matcher token) {
            String variable = token.group(2);
            if (variable != null) {
                String content = environment.get(variable);
                if (content == null) {
                    throw line.error(
                            "the environment has no " + Quoted.excerpt(variable) + " for it");
                }
                return content;
            }
            return switch (token.group(1)) {
                case "%" -> "%";
                case "d" -> home.path().toString();
                case "h" -> hostName;
                case "n" -> host;
                case "p" -> Integer.toString(port);
                case "r" -> user;
                case "u" -> localUser;
                case "k" -> keyName;
                case "j" -> jump;
                case "i" -> uid(line);
                case "l" -> localHost();
                case "L" -> localHost().split("\\.", 2)[0];
                case "C" -> digest(localHost() + hostName + port + user + jump);
                default -> throw line.error("unknown token: %" + Quoted.excerpt(token.group(1)));
            };
        }

        private static String uid(ConfigLine line) {
            try {
                return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
            } catch (IOException | UnsupportedOperationException e) {
                throw line.error("%i is not supported here");
            }
        }

        private static String localHost() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "localhost";
            }
        }

        private static String digest(String text) {
            try {
                return HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-1")
                                        .digest(text.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-1", e);
            }
        }
    }
}
