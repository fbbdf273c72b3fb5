package org.jetfanout.ssh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.OptionalFeature;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.mac.Mac;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.config.ConfigKeyword;
import org.jetfanout.ssh.config.ConfigLine;
import org.jetfanout.ssh.config.ConfiguredAlgorithms;
import org.jetfanout.ssh.config.PatternList;
import org.jetfanout.ssh.keys.KeyBlob;
import org.jetfanout.text.Quoted;

/**
 * The algorithms that one login may use, best first. Immutable.
 *
 * @param hostKeysNamed whether ssh_config gives the order of host key algorithms; otherwise those
 *     of known keys come first
 * @param logins signature algorithms of our own keys; empty for all that a key has
 * @param authorities signature algorithms of authorities that certify host keys; empty for all
 * @param rsaBits the length of the shortest RSA key that is accepted
 */
public record Algorithms(
        List<KeyExchangeFactory> keyExchanges,
        List<NamedFactory<Cipher>> ciphers,
        List<NamedFactory<Mac>> macs,
        List<NamedFactory<org.apache.sshd.common.signature.Signature>> hostKeys,
        boolean hostKeysNamed,
        Optional<List<String>> logins,
        Optional<List<String>> authorities,
        int rsaBits) {
    /**
     * AES-GCM comes first, because the processor computes it. MINA's default, ChaCha20, is plain
     * Java.
     */
    public static final List<String> CIPHERS =
            List.of(
                    "aes128-gcm@openssh.com",
                    "aes256-gcm@openssh.com",
                    "chacha20-poly1305@openssh.com",
                    "aes128-ctr",
                    "aes256-ctr");

    /** The message authentication codes, best first. */
    public static final List<String> MACS =
            List.of(
                    "hmac-sha2-256-etm@openssh.com",
                    "hmac-sha2-512-etm@openssh.com",
                    "hmac-sha1-etm@openssh.com",
                    "hmac-sha2-256",
                    "hmac-sha2-512",
                    "hmac-sha1");

    /** The same as OpenSSH's: RSA with SHA-1 is not among them. */
    public static final List<String> HOST_KEYS =
            List.of(
                    "ssh-ed25519-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
                    "rsa-sha2-512-cert-v01@openssh.com",
                    "rsa-sha2-256-cert-v01@openssh.com",
                    "ssh-ed25519",
                    "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384",
                    "ecdsa-sha2-nistp521",
                    "sk-ecdsa-sha2-nistp256@openssh.com",
                    "sk-ssh-ed25519@openssh.com",
                    "rsa-sha2-512",
                    "rsa-sha2-256");

    /** OpenSSH's own list. An agent may hold keys that this program cannot use itself. */
    private static final List<String> LOGINS =
            List.of(
                    "ssh-ed25519-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
                    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
                    "sk-ssh-ed25519-cert-v01@openssh.com",
                    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
                    "rsa-sha2-512-cert-v01@openssh.com",
                    "rsa-sha2-256-cert-v01@openssh.com",
                    "ssh-ed25519",
                    "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384",
                    "ecdsa-sha2-nistp521",
                    "sk-ssh-ed25519@openssh.com",
                    "sk-ecdsa-sha2-nistp256@openssh.com",
                    "rsa-sha2-512",
                    "rsa-sha2-256");

    /** Algorithms that are used for logins only where ssh_config names them. */
    private static final List<String> OLD_LOGINS =
            List.of("ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "ssh-dss");

    /**
     * Chooses the algorithms to offer, in order.
     *
     * @param usual names of key exchanges where ssh_config names none
     * @throws ConfigurationException where no algorithm is left
     */
    public static Algorithms of(List<String> usual, ConfiguredAlgorithms configured) {
        Map<String, NamedFactory<Cipher>> ciphers = byName(BuiltinCiphers.VALUES);
        Map<String, NamedFactory<Mac>> macs = byName(BuiltinMacs.VALUES);
        Map<String, NamedFactory<org.apache.sshd.common.signature.Signature>> signatures =
                byName(BuiltinSignatures.VALUES);
        Map<ConfigKeyword, ConfigLine> lists = configured.lists();
        return new Algorithms(
                pick(
                        lists.get(ConfigKeyword.KEX),
                        usual,
                        KeyExchanges.names(),
                        KeyExchanges::factory),
                pick(lists.get(ConfigKeyword.CIPHERS), CIPHERS, ciphers.keySet(), ciphers::get),
                pick(lists.get(ConfigKeyword.MACS), MACS, macs.keySet(), macs::get),
                pick(
                        lists.get(ConfigKeyword.HOST_KEY_ALGORITHMS),
                        HOST_KEYS,
                        signatures.keySet(),
                        signatures::get),
                lists.containsKey(ConfigKeyword.HOST_KEY_ALGORITHMS),
                logins(lists.get(ConfigKeyword.PUBKEY_ALGORITHMS)),
                logins(lists.get(ConfigKeyword.CA_ALGORITHMS)),
                configured.requiredRsaBits());
    }

    private static Optional<List<String>> logins(ConfigLine line) {
        Set<String> all = new LinkedHashSet<>(LOGINS);
        all.addAll(OLD_LOGINS);
        return Optional.ofNullable(line).map(l -> pick(l, LOGINS, all, Function.identity()));
    }

    private static <F extends NamedResource & OptionalFeature, T> Map<String, T> byName(
            Set<F> builtin) {
        Map<String, T> byName = new LinkedHashMap<>();
        for (F factory : builtin) {
            if (factory.isSupported()) {
                @SuppressWarnings("unchecked") // each is a factory of its kind
                T typed = (T) factory;
                byName.put(factory.getName(), typed);
            }
        }
        return byName;
    }

    private static <T> List<T> pick(
            ConfigLine line, List<String> usual, Set<String> all, Function<String, T> byName) {
        List<String> names = line == null ? usual : names(line.word(), usual, all);
        List<T> found = names.stream().filter(all::contains).map(byName).toList();
        if (found.isEmpty()) {
            throw line == null
                    ? new ConfigurationException("no such algorithm: " + String.join(",", usual))
                    : line.error(
                            "none of these algorithms is supported: '"
                                    + Quoted.excerpt(line.word())
                                    + "' (see docs/ssh-config.md)");
        }
        return found;
    }

    /**
     * Changes a list: {@code +} adds, {@code -} removes, {@code ^} puts first. Any other value
     * replaces it.
     */
    public static List<String> names(String value, List<String> usual, Set<String> all) {
        char first = value.isEmpty() ? ' ' : value.charAt(0);
        boolean change = first == '+' || first == '-' || first == '^';
        List<String> patterns = Arrays.asList(value.substring(change ? 1 : 0).split(",", -1));
        Set<String> named = new LinkedHashSet<>();
        for (String pattern : patterns) {
            all.stream().filter(name -> PatternList.glob(pattern, name)).forEach(named::add);
        }
        Set<String> result = new LinkedHashSet<>();
        switch (first) {
            case '+' -> {
                result.addAll(usual);
                result.addAll(named);
            }
            case '-' -> {
                result.addAll(usual);
                result.removeAll(named);
            }
            case '^' -> {
                result.addAll(named);
                result.addAll(usual);
            }
            default -> result.addAll(named);
        }
        return new ArrayList<>(result);
    }

    /** The algorithms with which a key may log in, best first; empty where it may not. */
    public List<String> of(KeyBlob key) {
        List<String> own = key.loginAlgorithms();
        if (logins.isEmpty()) {
            return own;
        }
        List<String> allowed = new ArrayList<>(own);
        if (!own.contains(key.type())) {
            allowed.add(key.type()); // RSA with SHA-1, where it is wanted
        }
        allowed.retainAll(logins.get());
        return allowed;
    }
}
