package org.jetfanout.queue;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PemFiles;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Durations;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * The address of an external broker, and the login for it. Immutable.
 *
 * @param url such as {@code tcp://broker:61616}, or {@code (tcp://one:61616,tcp://two:61616)};
 *     options of the Artemis client may follow a question mark, but no secrets
 * @param user login name; may be empty
 * @param password may be empty
 * @param tls the TLS context; empty where the broker does not use TLS
 * @param sharedKey the file with the key that the instances at the broker share; empty where runs
 *     use the broker each for itself
 * @param instanceTimeout an instance at the broker that was not heard for this time is gone
 */
public record Broker(
        String url,
        String user,
        String password,
        Optional<SSLContext> tls,
        Optional<Path> sharedKey,
        Duration instanceTimeout) {
    /** Of instances where the file does not say it. */
    public static final Duration USUAL_INSTANCE_TIMEOUT = Duration.ofSeconds(5);

    private static final String SHARED_KEY = "shared_key";
    private static final String INSTANCE_TIMEOUT = "instance_timeout";
    private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(5);
    private static final String ADDRESS =
            "tcp://(\\[[0-9a-fA-F:.%]+\\]|[^\\s/:,()?@\\[\\]]+):(\\d{1,5})/?";
    private static final Pattern ONE = Pattern.compile(ADDRESS);
    private static final Pattern URL =
            Pattern.compile(
                    "(?:%1$s|\\(%1$s(?:,%1$s)*\\))(?:\\?(?<options>\\S*))?".formatted(ADDRESS));
    private static final String USER = "JET_FANOUT_BROKER_USER";
    private static final String PASSWORD = "JET_FANOUT_BROKER_PASSWORD";
    private static final Set<String> KEYS =
            Set.of(
                    "url",
                    "user",
                    "password",
                    "tls",
                    "ca",
                    "certificate",
                    "key",
                    SHARED_KEY,
                    INSTANCE_TIMEOUT);
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    /** A host and its port. */
    record Address(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /**
     * A broker that the command line names.
     *
     * @param environment of the process: the login is in JET_FANOUT_BROKER_USER and
     *     JET_FANOUT_BROKER_PASSWORD
     */
    public static Broker of(String url, Map<String, String> environment) {
        check(url)
                .ifPresent(
                        wrong -> {
                            throw new ConfigurationException("the broker URL " + wrong);
                        });
        return new Broker(
                url,
                environment.getOrDefault(USER, ""),
                environment.getOrDefault(PASSWORD, ""),
                Optional.empty(),
                Optional.empty(),
                USUAL_INSTANCE_TIMEOUT);
    }

    /**
     * A broker that a file describes.
     *
     * @param environment of the process: its variables override the file
     */
    public static Broker read(Path file, Map<String, String> environment) {
        YamlValue document =
                YamlValue.read(file)
                        .orElseThrow(
                                () ->
                                        ConfigurationException.at(
                                                file, "is empty; it must have 'broker:'"));
        Map<String, YamlValue> outer = document.mapping("the file");
        refuseUnknown(outer, Set.of("broker"));
        YamlValue section = outer.get("broker");
        if (section == null) {
            throw document.error("has no 'broker:'");
        }
        Map<String, YamlValue> keys = section.mapping("broker");
        refuseUnknown(keys, KEYS);
        YamlValue url = keys.get("url");
        if (url == null) {
            throw section.error("broker has no 'url:', such as tcp://host:61616");
        }
        check(url.text("url"))
                .ifPresent(
                        wrong -> {
                            throw url.error("url " + wrong);
                        });
        return new Broker(
                url.text("url"),
                environment.getOrDefault(USER, text(keys, "user")),
                environment.getOrDefault(PASSWORD, text(keys, "password")),
                tls(file, section, keys),
                Optional.ofNullable(keys.get(SHARED_KEY))
                        .map(value -> beside(file, SHARED_KEY, value)),
                instanceTimeout(keys));
    }

    /** A warning where others can read a file with a password. */
    public static Optional<String> warning(Path file) {
        try {
            Set<PosixFilePermission> may = Files.getPosixFilePermissions(file);
            if (may.stream().anyMatch(OTHERS::contains) && Files.isRegularFile(file)) {
                return Optional.of(
                        ("warning: %s may contain a password, and other users can read it. Run:"
                                        + " chmod 600 %s")
                                .formatted(file, file));
            }
        } catch (IOException | UnsupportedOperationException e) {
            // reported when the file is read
        }
        return Optional.empty();
    }

    private static Duration instanceTimeout(Map<String, YamlValue> keys) {
        YamlValue value = keys.get(INSTANCE_TIMEOUT);
        if (value == null) {
            return USUAL_INSTANCE_TIMEOUT;
        }
        if (!keys.containsKey(SHARED_KEY)) {
            throw value.error("'" + INSTANCE_TIMEOUT + "' requires '" + SHARED_KEY + "'");
        }
        String text = value.text(INSTANCE_TIMEOUT);
        Duration time;
        try {
            time = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw value.error(INSTANCE_TIMEOUT + " " + e.getMessage());
        }
        if (time.compareTo(SHORTEST_TIMEOUT) < 0 || time.compareTo(LONGEST_TIMEOUT) > 0) {
            throw value.error(INSTANCE_TIMEOUT + " must be from 1s to 5m, not " + Quoted.of(text));
        }
        return time;
    }

    private static void refuseUnknown(Map<String, YamlValue> keys, Set<String> known) {
        keys.forEach(
                (key, value) -> {
                    if (!known.contains(key)) {
                        throw value.error(
                                "unknown key '" + key + "'" + NearestName.hint(key, known));
                    }
                });
    }

    private static String text(Map<String, YamlValue> keys, String key) {
        YamlValue value = keys.get(key);
        return value == null ? "" : value.text(key);
    }

    private static Optional<SSLContext> tls(
            Path file, YamlValue section, Map<String, YamlValue> keys) {
        List<Certificate> trusted = pem(file, keys, "ca", PemFiles::certificates).orElse(List.of());
        Optional<List<Certificate>> own = pem(file, keys, "certificate", PemFiles::certificates);
        Optional<java.security.PrivateKey> key = pem(file, keys, "key", PemFiles::privateKey);
        if (own.isPresent() != key.isPresent()) {
            throw section.error(
                    own.isPresent()
                            ? "'certificate' requires 'key'"
                            : "'key' requires 'certificate'");
        }
        boolean named = !trusted.isEmpty() || own.isPresent();
        YamlValue wanted = keys.get("tls");
        if (wanted != null && !Set.of("true", "false").contains(wanted.text("tls"))) {
            throw wanted.error("tls must be true or false, not '" + wanted.text("tls") + "'");
        }
        if (wanted == null ? !named : wanted.text("tls").equals("false")) {
            if (named) {
                throw wanted.error(
                        "tls is false, but the file names certificates, which are for TLS only");
            }
            return Optional.empty();
        }
        try {
            return Optional.of(
                    own.isEmpty()
                            ? PemFiles.context(trusted)
                            : PemFiles.context(trusted, own.get(), key.get()));
        } catch (GeneralSecurityException e) {
            throw section.error("cannot use TLS: " + e.getMessage());
        }
    }

    /** A file that is named. A relative path begins at the folder of the broker's file. */
    private static Path beside(Path file, String key, YamlValue value) {
        String name = value.text(key);
        if (name.isBlank()) {
            throw value.error(key + " must be the name of a file, not empty");
        }
        return file.toAbsolutePath().resolveSibling(name);
    }

    /** Reads a PEM file. */
    private static <T> Optional<T> pem(
            Path file, Map<String, YamlValue> keys, String key, Function<Path, T> reading) {
        YamlValue value = keys.get(key);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.apply(beside(file, key, value)));
        } catch (IllegalArgumentException e) {
            throw value.error(key + ": " + e.getMessage());
        }
    }

    /**
     * What is wrong with a URL, as a text that continues after its name; empty where nothing is.
     */
    private static Optional<String> check(String url) {
        Matcher form = URL.matcher(url);
        boolean secret = url.contains("@") || secretOption(url);
        if (secret) {
            // the message must not quote any of it
            return Optional.of(
                    "contains a login or a password, which everybody on this machine can see in"
                            + " the process list: put url, user, password and TLS settings into a"
                            + " file and give --broker-config FILE");
        }
        if (!form.matches()) {
            return Optional.of(
                    "'"
                            + url
                            + "' cannot be used: it must be like tcp://host:61616"
                            + (url.matches(
                                            "(?i)(ssl|tls|amqps?|https?|mqtt|stomp|ws|vm|udp|jgroups|tcps):.*")
                                    ? " (Artemis Core protocol; set TLS in --broker-config)"
                                    : ""));
        }
        return Optional.empty();
    }

    private static boolean secretOption(String url) {
        int options = url.indexOf('?');
        if (options < 0) {
            return false;
        }
        String text;
        try {
            text = URLDecoder.decode(url.substring(options), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            text = url.substring(options);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("password") || lower.contains("secret");
    }

    /** The hosts and ports in the URL. */
    List<Address> addresses() {
        return ONE.matcher(url.replaceFirst("\\?.*", ""))
                .results()
                .map(
                        found ->
                                new Address(
                                        found.group(1).replaceAll("[\\[\\]]", ""),
                                        Integer.parseInt(found.group(2))))
                .toList();
    }

    @Override
    public String toString() {
        return url;
    }
}
