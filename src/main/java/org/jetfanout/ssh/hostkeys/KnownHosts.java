package org.jetfanout.ssh.hostkeys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import org.jetfanout.ssh.keys.KeyBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host keys that the user knows (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"), with OpenSSH's
 * rules:
 * hashed names, {@code [host]:port}, wildcards, negation, {@code @cert-authority}, {@code
 * @revoked}. Parsed once and indexed by name. A malformed line is skipped with a warning.
 * Immutable, thread-safe.
 */
public final class KnownHosts {
    private static final Logger LOG = LoggerFactory.getLogger(KnownHosts.class);
    private static final int DEFAULT_PORT = 22;

    private final Map<String, List<KnownKey>> byName = new HashMap<>();
    private final List<KnownKey> byGlob = new ArrayList<>();
    private final List<KnownKey> byHash = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();

    // Mutable state: changed only while the files are read
    private int size;

    private KnownHosts() {}

    /** How many lines are understood. */
    public int size() {
        return size;
    }

    /** The lines that are not understood: file, number and reason of each. */
    public List<String> ignored() {
        return List.copyOf(ignored);
    }

    /** The meaning of a line for its key. */
    enum Marker {
        NONE,
        CERT_AUTHORITY,
        REVOKED
    }

    /** A line. */
    public record KnownKey(Marker marker, HostPattern hosts, KeyBlob key, Path file, int line) {}

    /**
     * Reads known_hosts files.
     *
     * @param files of host keys; missing and unreadable ones are skipped
     */
    public static KnownHosts read(List<Path> files) {
        KnownHosts known = new KnownHosts();
        for (Path file : files) {
            if (!Files.exists(file)) {
                continue;
            }
            try {
                // Latin-1 accepts any bytes: a stray comment must not disable the file
                List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
                for (int i = 0; i < lines.size(); i++) {
                    known.add(lines.get(i).strip(), file, i + 1);
                }
            } catch (IOException e) {
                LOG.warn("{}: not read: {}", file, e.toString());
            }
        }
        return known;
    }

    private void add(String line, Path file, int number) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        try {
            index(parse(line, file, number));
            size++;
        } catch (IllegalArgumentException e) {
            ignored.add(file + ":" + number + ": " + e.getMessage());
            LOG.warn("{}:{}: line ignored: {}", file, number, e.getMessage());
        }
    }

    private static KnownKey parse(String line, Path file, int number) {
        Marker marker = Marker.NONE;
        String rest = line;
        if (line.startsWith("@")) {
            String[] words = line.split("\\s+", 2);
            marker =
                    switch (words[0]) {
                        case "@cert-authority" -> Marker.CERT_AUTHORITY;
                        case "@revoked" -> Marker.REVOKED;
                        default -> throw new IllegalArgumentException("unknown marker");
                    };
            rest = words.length > 1 ? words[1] : "";
        }
        String[] words = rest.split("\\s+", 2);
        if (words.length < 2) {
            throw new IllegalArgumentException("too few fields");
        }
        HostPattern hosts = HostPattern.parse(words[0]);
        return new KnownKey(marker, hosts, KeyBlob.parse(words[1]), file, number);
    }

    private void index(KnownKey known) {
        if (known.hosts() instanceof HostPattern.Names names) {
            for (String name : names.names()) {
                byName.computeIfAbsent(name, n -> new ArrayList<>()).add(known);
            }
        } else if (known.hosts() instanceof HostPattern.Hashed) {
            byHash.add(known);
        } else {
            byGlob.add(known);
        }
    }

    /**
     * The known keys of a machine.
     *
     * @param host name or address as the user gave it, not resolved
     */
    public HostKeys of(String host, int port) {
        String plain = host.toLowerCase(Locale.ROOT);
        if (port == DEFAULT_PORT) {
            return new HostKeys(plain, find(plain), List.of());
        }
        String full = "[" + plain + "]:" + port;
        return new HostKeys(full, find(full), find(plain));
    }

    /** The known keys of a HostKeyAlias, which has no port. */
    public HostKeys ofAlias(String alias) {
        return of(alias, DEFAULT_PORT);
    }

    private List<KnownKey> find(String name) {
        List<KnownKey> found = new ArrayList<>(byName.getOrDefault(name, List.of()));
        for (KnownKey known : byGlob) {
            if (known.hosts().matches(name)) {
                found.add(known);
            }
        }
        if (!byHash.isEmpty()) {
            Mac mac = HostPattern.Hashed.mac();
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            for (KnownKey known : byHash) {
                if (((HostPattern.Hashed) known.hosts()).matches(bytes, mac)) {
                    found.add(known);
                }
            }
        }
        return found;
    }
}
