package org.jetfanout.ssh.hostkeys;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.jetfanout.ssh.hostkeys.KnownHosts.KnownKey;
import org.jetfanout.ssh.hostkeys.KnownHosts.Marker;
import org.jetfanout.ssh.keys.KeyBlob;

/**
 * What known_hosts says about one machine.
 *
 * @param name the machine as a known_hosts line names it
 * @param keys the lines about it
 * @param portless the lines about its name without the port, where its port is not 22; they count
 *     where the other lines do not mention a key
 */
public record HostKeys(String name, List<KnownKey> keys, List<KnownKey> portless) {
    /** Copies the lists. */
    public HostKeys {
        keys = List.copyOf(keys);
        portless = List.copyOf(portless);
    }

    /** What a key is according to known_hosts. */
    public enum Verdict {
        KNOWN,
        UNKNOWN,
        CHANGED,
        REVOKED
    }

    /**
     * The result for a key.
     *
     * @param verdict what the key is
     * @param line the line that decided it; null where there is none
     */
    public record Decision(Verdict verdict, KnownKey line) {}

    /**
     * Judges a key or a certificate. MINA has checked a certificate's signature, time and principal
     * before. If its authority is unknown, or signed with an algorithm that is not allowed, only
     * the plain key in it counts.
     *
     * @param authorities the signature algorithms that authorities may use; empty for any
     */
    public Decision judge(PublicKey shown, Optional<List<String>> authorities) {
        KeyBlob plain = plainKey(shown);
        KeyBlob authority =
                shown instanceof OpenSshCertificate certificate
                                && authorities
                                        .map(a -> a.contains(certificate.getSignatureAlgorithm()))
                                        .orElse(true)
                        ? KeyBlob.of(certificate.getCaPubKey())
                        : null;
        Decision decision = judge(keys, plain, authority);
        Decision other = judge(portless, plain, authority);
        boolean revoked = other.verdict() == Verdict.REVOKED; // on one port, on every port
        return decision.verdict() == Verdict.UNKNOWN || revoked ? other : decision;
    }

    private static Decision judge(List<KnownKey> keys, KeyBlob plain, KeyBlob authority) {
        KnownKey same = null;
        KnownKey other = null;
        for (KnownKey known : keys) {
            boolean isPlain = known.key().equals(plain);
            boolean isAuthority = known.key().equals(authority);
            switch (known.marker()) {
                case REVOKED -> {
                    if (isPlain || isAuthority) {
                        return new Decision(Verdict.REVOKED, known);
                    }
                }
                case CERT_AUTHORITY -> same = isAuthority ? known : same;
                case NONE -> {
                    same = isPlain ? known : same;
                    other = isPlain ? other : known;
                }
            }
        }
        if (same != null) {
            return new Decision(Verdict.KNOWN, same);
        }
        return other == null
                ? new Decision(Verdict.UNKNOWN, null)
                : new Decision(Verdict.CHANGED, other);
    }

    /** The key, or the plain key in a certificate. */
    public static KeyBlob plainKey(PublicKey shown) {
        return KeyBlob.of(
                shown instanceof OpenSshCertificate certificate
                        ? certificate.getCertPubKey()
                        : shown);
    }

    /** The line to add to known_hosts for this key. */
    public String lineFor(PublicKey shown) {
        return name + " " + plainKey(shown).text();
    }

    /**
     * The same algorithms, with those of known keys first. A server with several keys then shows
     * one that we can verify.
     */
    public <A> List<A> prefer(List<A> algorithms, Function<A, String> nameOf) {
        List<A> sorted = new ArrayList<>(algorithms);
        sorted.sort(Comparator.comparing(a -> rank(nameOf.apply(a)))); // stable
        return sorted;
    }

    private int rank(String algorithm) {
        if (hasKeyFor(keys, algorithm)) {
            return 0;
        }
        return hasKeyFor(portless, algorithm) ? 1 : 2;
    }

    private static boolean hasKeyFor(List<KnownKey> keys, String algorithm) {
        if (algorithm.contains("-cert-v01@")) {
            return keys.stream().anyMatch(k -> k.marker() == Marker.CERT_AUTHORITY);
        }
        String type = KeyUtils.getCanonicalKeyType(algorithm);
        return keys.stream()
                .anyMatch(k -> k.marker() == Marker.NONE && k.key().type().equals(type));
    }
}
