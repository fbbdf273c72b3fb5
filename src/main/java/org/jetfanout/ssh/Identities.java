package org.jetfanout.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.agent.UserSshAgent;
import org.jetfanout.ssh.agent.UserSshAgent.HeldKey;
import org.jetfanout.ssh.keys.KeyBlob;

/**
 * Decides which keys are tried on a machine, and in which order. First come the keys that are named
 * for it (by option, then by IdentityFile in ssh_config), so that an agent with many other keys
 * does not use up the server's MaxAuthTries. Then come the agent's other keys, and where none was
 * named, OpenSSH's default files. The agent signs with the keys that it holds. Thread-safe.
 */
final class Identities {
    private final List<Path> named;
    private final List<Path> defaults;
    private final Passphrases passphrases;

    // Mutable state: each file is read once, and its error is kept too
    private final Map<Path, Read> files = new ConcurrentHashMap<>();

    Identities(List<Path> named, List<Path> defaults, Passphrases passphrases) {
        this.named = named;
        this.defaults = defaults;
        this.passphrases = passphrases;
    }

    /**
     * @param keys in the order in which they are tried
     * @param likely the key that will most likely log in: the only one that is named for the
     *     machine, or the only one that is not for hosts
     * @param troubles which keys could not be used and why, for the error if no key is accepted
     */
    record Candidates(List<Identity> keys, Optional<KeyBlob> likely, List<String> troubles) {
        Candidates {
            keys = List.copyOf(keys);
            troubles = List.copyOf(troubles);
        }

        /** The keys that may be used with these algorithms. */
        Candidates within(Algorithms algorithms) {
            List<Identity> allowed = new ArrayList<>();
            List<String> more = new ArrayList<>(troubles);
            for (Identity identity : keys) {
                KeyBlob key = identity.key();
                if (algorithms.of(key).isEmpty()) {
                    more.add(key + ": PubkeyAcceptedAlgorithms of ssh_config leaves it out");
                } else if (key.rsaBits() < algorithms.rsaBits()) {
                    more.add(key + ": shorter than RequiredRSASize of ssh_config");
                } else {
                    allowed.add(identity);
                }
            }
            return new Candidates(allowed, likely, more);
        }
    }

    private record Read(Optional<IdentityFile> identity, String trouble) {}

    /**
     * @param configured values of IdentityFile
     * @param keysNamed whether there is an IdentityFile, even if it says {@code none}
     * @param certificates values of CertificateFile; empty for those beside the key files
     * @param forHosts fingerprints of keys that workers may see for logins to hosts: they must not
     *     log in to workers, so they are not tried
     * @param shown the keys that the worker may see for logins to hosts; these may log in to it,
     *     but it is not likely
     */
    Candidates of(
            List<Path> configured,
            boolean keysNamed,
            List<Path> certificates,
            boolean identitiesOnly,
            Optional<UserSshAgent> agent,
            Set<String> forHosts,
            Optional<ShownKeys> shown) {
        List<String> troubles = new ArrayList<>();
        Map<KeyBlob, Identity> held = new LinkedHashMap<>();
        Set<KeyBlob> unlikely = new HashSet<>();
        if (agent.isPresent()) {
            try {
                for (HeldKey key : agent.get().keys()) {
                    held.put(key.blob(), new Identity.OfAgent(agent.get(), key.blob()));
                    if (shown.isPresent() && isForHosts(shown.get(), key)) {
                        unlikely.add(key.blob());
                    }
                }
            } catch (IOException e) {
                troubles.add("the ssh-agent does not answer (" + reason(e) + ")");
            }
        }
        Set<Path> first = new LinkedHashSet<>(named);
        first.addAll(configured);
        boolean anyNamed = keysNamed || !first.isEmpty();

        Map<KeyBlob, Identity> keys = new LinkedHashMap<>();
        for (Path file : first) {
            add(file, held, keys, troubles, true);
            if (certificates.isEmpty()) {
                certify(beside(file), held, keys, troubles, false);
            }
        }
        for (Path file : certificates) {
            certify(file, held, keys, troubles, true);
        }
        Set<KeyBlob> namedKeys = new LinkedHashSet<>(keys.keySet());
        if (!identitiesOnly) {
            held.forEach(keys::putIfAbsent);
        }
        if (!anyNamed) {
            for (Path file : defaults) {
                add(file, held, keys, troubles, false);
                if (certificates.isEmpty()) {
                    certify(beside(file), held, keys, troubles, false);
                }
            }
        }
        if (keys.keySet().removeIf(key -> forHosts.contains(key.fingerprint()))) {
            troubles.add(
                    "keys for hosts, because IdentityFile names other keys for workers ("
                            + String.join(", ", forHosts)
                            + ")");
        }
        Set<KeyBlob> rest = new LinkedHashSet<>(keys.keySet());
        rest.removeAll(unlikely);
        Optional<KeyBlob> likely = namedKeys.size() == 1 ? only(namedKeys) : only(rest);
        return new Candidates(List.copyOf(keys.values()), likely, List.copyOf(troubles));
    }

    private static Optional<KeyBlob> only(Set<KeyBlob> keys) {
        return keys.size() == 1 ? Optional.of(keys.iterator().next()) : Optional.empty();
    }

    private static boolean isForHosts(ShownKeys shown, HeldKey key) {
        return shown.kind() == ShownKeys.Kind.NAMED
                && shown.has(key.blob().fingerprint(), key.comment());
    }

    /** Fingerprints of the keys that are named for a machine, as far as the files can be read. */
    Set<String> named(List<Path> configured) {
        Set<Path> first = new LinkedHashSet<>(named);
        first.addAll(configured);
        return fingerprints(first);
    }

    /** Fingerprints of the existing keys that are tried where none is named. */
    Set<String> usual() {
        return fingerprints(defaults);
    }

    private Set<String> fingerprints(Collection<Path> paths) {
        Set<String> found = new LinkedHashSet<>();
        for (Path file : paths) {
            files.computeIfAbsent(file, this::read)
                    .identity()
                    .ifPresent(identity -> found.add(identity.key().fingerprint()));
        }
        return found;
    }

    private void add(
            Path file,
            Map<KeyBlob, Identity> held,
            Map<KeyBlob, Identity> keys,
            List<String> troubles,
            boolean mustExist) {
        Read read = files.computeIfAbsent(file, this::read);
        if (read.identity().isEmpty()) {
            if (mustExist || Files.exists(file)) {
                troubles.add(file + ": " + read.trouble());
            }
            return;
        }
        IdentityFile identity = read.identity().get();
        Identity ofAgent = held.get(identity.key());
        if (ofAgent != null) {
            keys.putIfAbsent(identity.key(), ofAgent);
        } else if (identity.hasPrivatePart()) {
            keys.putIfAbsent(identity.key(), identity);
        } else {
            troubles.add(file + ": a public key that the ssh-agent does not hold");
        }
    }

    private static Path beside(Path file) {
        String name = file.toString();
        boolean pub = name.endsWith(".pub");
        return Path.of((pub ? name.substring(0, name.length() - 4) : name) + "-cert.pub");
    }

    /** Adds a certificate, if the key to sign with is there. */
    private static void certify(
            Path file,
            Map<KeyBlob, Identity> held,
            Map<KeyBlob, Identity> keys,
            List<String> troubles,
            boolean mustExist) {
        if (!mustExist && !Files.exists(file)) {
            return;
        }
        KeyBlob certificate;
        try {
            certificate = KeyBlob.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            troubles.add(file + ": no such file");
            return;
        } catch (IOException | IllegalArgumentException e) {
            troubles.add(file + ": " + e.getMessage());
            return;
        }
        if (!certificate.certificate()) {
            troubles.add(file + ": no certificate");
            return;
        }
        KeyBlob plain = certificate.plain();
        Identity signer = held.containsKey(plain) ? held.get(plain) : keys.get(plain);
        if (held.containsKey(certificate)) {
            keys.putIfAbsent(certificate, held.get(certificate));
        } else if (signer == null) {
            troubles.add(file + ": its key is neither in a file nor in the ssh-agent");
        } else {
            keys.putIfAbsent(certificate, new Identity.Certified(certificate, signer, file));
        }
    }

    private Read read(Path file) {
        try {
            return new Read(Optional.of(IdentityFile.read(file, passphrases)), "");
        } catch (NoSuchFileException e) {
            return new Read(Optional.empty(), "no such file");
        } catch (IOException e) {
            return new Read(Optional.empty(), reason(e));
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
