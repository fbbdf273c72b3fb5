package org.jetfanout.ssh.keys;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.util.buffer.BufferException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/**
 * A public key or certificate as it travels (RFC 4253, section 6.6). Keys are compared by these
 * bytes, so that kinds of keys that this program cannot use itself (security keys, say) can still
 * be listed, passed on and filtered. Immutable.
 */
public final class KeyBlob {
    static {
        JdkEd25519.install();
    }

    private static final String CERTIFICATE = "-cert-v01@openssh.com";

    private final byte[] bytes;
    private final String type;

    private KeyBlob(byte[] bytes, String type) {
        this.bytes = bytes;
        this.type = type;
    }

    /**
     * Reads a public key as SSH writes it (RFC 4253, section 6.6).
     *
     * @throws IllegalArgumentException for bytes that are no key
     */
    public static KeyBlob of(byte[] bytes) {
        try {
            String type = new ByteArrayBuffer(bytes).getString();
            if (type.isEmpty() || !type.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new IllegalArgumentException("not a public key: bad type");
            }
            return new KeyBlob(bytes.clone(), type);
        } catch (BufferException e) {
            throw new IllegalArgumentException("not a public key: too short", e);
        }
    }

    public static KeyBlob of(PublicKey key) {
        ByteArrayBuffer buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(key);
        return of(buffer.getCompactData());
    }

    /**
     * Reads {@code type base64}, as in a .pub file or known_hosts; what follows is a comment.
     *
     * @throws IllegalArgumentException for text that is no key
     */
    public static KeyBlob parse(String text) {
        String[] words = text.strip().split("\\s+", 3);
        if (words.length < 2) {
            throw new IllegalArgumentException("not a public key: too few fields");
        }
        KeyBlob blob = of(Base64.getDecoder().decode(words[1]));
        if (!blob.type.equals(words[0])) {
            throw new IllegalArgumentException(
                    "not a public key: says " + words[0] + ", is " + blob.type);
        }
        return blob;
    }

    /** {@code ssh-ed25519}, {@code ssh-rsa-cert-v01@openssh.com}… */
    public String type() {
        return type;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** As in a .pub file: type and base64. */
    public String text() {
        return type + " " + Base64.getEncoder().encodeToString(bytes);
    }

    public boolean certificate() {
        return type.endsWith(CERTIFICATE);
    }

    /**
     * {@code SHA256:…} as OpenSSH prints it. A certificate has the fingerprint of the key in it, so
     * that a filter which keeps a key out keeps its certificates out too.
     */
    public String fingerprint() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(plain().bytes);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The key that a certificate certifies; the key itself where it is none. */
    public KeyBlob plain() {
        if (!certificate()) {
            return this;
        }
        String base = type.substring(0, type.length() - CERTIFICATE.length());
        String plainType = base.startsWith("sk-") ? base + "@openssh.com" : base;
        int fields = plainFields(base);
        try {
            ByteArrayBuffer in = new ByteArrayBuffer(bytes);
            in.getString(); // type
            in.getBytes(); // nonce
            ByteArrayBuffer out = new ByteArrayBuffer();
            out.putString(plainType);
            for (int i = 0; i < fields; i++) {
                out.putBytes(in.getBytes());
            }
            return new KeyBlob(out.getCompactData(), plainType);
        } catch (BufferException e) {
            return this; // a broken certificate: nobody will accept it under any name
        }
    }

    private static int plainFields(String base) {
        if (base.equals("ssh-ed25519")) {
            return 1; // the point
        }
        if (base.startsWith("sk-ecdsa-")) {
            return 3; // curve, point, application
        }
        return base.equals("ssh-dss") ? 4 : 2; // RSA: e, n; ECDSA: curve, point; sk-ed25519 …
    }

    /** The length of an RSA key; no limit for all others. */
    public int rsaBits() {
        KeyBlob plain = plain();
        if (!plain.type.equals("ssh-rsa")) {
            return Integer.MAX_VALUE;
        }
        try {
            ByteArrayBuffer in = new ByteArrayBuffer(plain.bytes);
            in.getString(); // type
            in.getBytes(); // exponent
            return new BigInteger(1, in.getBytes()).bitLength();
        } catch (BufferException e) {
            return 0;
        }
    }

    /** The signature algorithms that this key can log in with, best first. */
    public List<String> loginAlgorithms() {
        return switch (type) {
            case "ssh-rsa" -> List.of("rsa-sha2-512", "rsa-sha2-256");
            case "ssh-rsa" + CERTIFICATE ->
                    List.of("rsa-sha2-512" + CERTIFICATE, "rsa-sha2-256" + CERTIFICATE);
            default -> List.of(type);
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyBlob blob && Arrays.equals(bytes, blob.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return type + " " + fingerprint();
    }
}
