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

/** The values of ssh_config for one machine, each with its line. Immutable once it is filled. */
record ConfigValues(Map<ConfigKeyword, List<ConfigLine>> lines) {
    /** The keys that ssh tries where ssh_config names none. */
    private static final Pattern DEFAULT_KEY =
            Pattern.compile("~/\\.ssh/id_(rsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss|dsa|mldsa.*)");

    /** Where ssh names at least this many of them, the user did not name them. */
    private static final int FEWEST_DEFAULT_KEYS = 4;

    /** Where the next file begins in ssh's answer. */
    private static final Pattern NEXT_FILE = Pattern.compile(" (?=[/~]|none$)");

    /**
     * The values in an answer of {@code ssh -G}. Only keywords in the files can change the result,
     * so only these count. The rest are ssh's defaults, and we have our own.
     *
     * @param usual the answer without any files, where not all lines of the files are known
     * @param why the line for which ssh was asked; errors in the answer name it
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

    /** Quotes a value, because ssh prints a path with blanks without quotes. */
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

    /** The files of a keyword with one file a line. All lines count. */
    List<Path> files(ConfigKeyword keyword, Tokens tokens) {
        return lines.getOrDefault(keyword, List.of()).stream()
                .filter(line -> !line.word().equalsIgnoreCase("none"))
                .map(line -> tokens.path(line, line.word()))
                .distinct()
                .toList();
    }

    /** The files of a keyword with several files in one line; empty where ssh_config has none. */
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
     * The values of the tokens {@code %…}.
     *
     * @param host the host that was asked for
     * @param hostName the host to connect to
     * @param user login name there
     * @param localUser login name here
     * @param keyName name under which the host key is known
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

        /** The path of a file, with home, tokens and variables expanded as in ssh. */
        Path path(ConfigLine line, String value) {
            try {
                Path path = Path.of(home.expand(expand(line, value)));
                return path.isAbsolute() ? path : path.toAbsolutePath();
            } catch (InvalidPathException e) {
                throw line.error("not a path: '" + Quoted.excerpt(value) + "'");
            }
        }

        /** A text with its tokens and variables expanded. */
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
