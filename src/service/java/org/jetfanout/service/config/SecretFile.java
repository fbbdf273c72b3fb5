package org.jetfanout.service.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;

/**
 * A file with a secret that another program has, too: each line is a secret. While one is replaced
 * by another, the file has both; what is sent is signed with the first. It is read once. Its text
 * has no secret. Immutable.
 */
public final class SecretFile {
    /** Fewer characters can be guessed. */
    private static final int SHORTEST = 16;

    /** What libraries for Standard Webhooks put before a secret in Base64. */
    private static final String STANDARD = "whsec_";

    private static final int LONGEST_FILE = 16 << 10;
    private static final int MOST = 8;
    private static final String HMAC = "HmacSHA256";

    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private final List<byte[]> secrets;

    private SecretFile(List<byte[]> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /**
     * Reads the file that a value of service.yml names.
     *
     * @param what the name of the value in an error
     */
    public static SecretFile read(ServiceConfig config, YamlValue value, String what) {
        Path file = config.path(value, what);
        try {
            return new SecretFile(secrets(file));
        } catch (NoSuchFileException e) {
            throw value.error(
                    "%s: there is no file %s. To make one: (umask 077; openssl rand -hex 32 >FILE)"
                            .formatted(what, file));
        } catch (IOException e) {
            throw value.error("%s: %s cannot be read: %s".formatted(what, file, e.getMessage()));
        }
    }

    private static List<byte[]> secrets(Path file) throws IOException {
        Set<PosixFilePermission> may = new HashSet<>(Files.getPosixFilePermissions(file));
        may.removeAll(OWNERS);
        if (!may.isEmpty()) {
            throw ConfigurationException.at(
                    file,
                    "other users have access to this secret. Run: chmod 600 "
                            + file
                            + ", and make a new secret if others may have read it");
        }
        if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_FILE) {
            throw ConfigurationException.at(file, "is no file with a secret");
        }
        List<byte[]> secrets = new ArrayList<>();
        // any bytes are read, so that the error has a line
        String[] lines = Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String secret = lines[i].strip();
            if (!secret.isEmpty()) {
                if (secret.length() < SHORTEST) {
                    throw ConfigurationException.at(
                            file,
                            i + 1,
                            "a secret must have at least "
                                    + SHORTEST
                                    + " characters: openssl rand -hex 32 makes one");
                }
                secrets.add(bytes(file, i + 1, secret));
            }
        }
        if (secrets.isEmpty() || secrets.size() > MOST) {
            throw ConfigurationException.at(
                    file, "must have a secret, and at most " + MOST + ", each in a line");
        }
        return secrets;
    }

    private static byte[] bytes(Path file, int line, String secret) {
        if (!secret.startsWith(STANDARD)) {
            return secret.getBytes(StandardCharsets.ISO_8859_1);
        }
        try {
            return Base64.getDecoder().decode(secret.substring(STANDARD.length()));
        } catch (IllegalArgumentException e) {
            throw ConfigurationException.at(file, line, "after " + STANDARD + " must be Base64");
        }
    }

    /** The HMAC-SHA256 of these bytes by the first secret. */
    public byte[] sign(byte[]... parts) {
        return hmac(secrets.get(0), parts);
    }

    /** Whether this is the HMAC-SHA256 of these bytes by one of the secrets. */
    public boolean hasSigned(byte[] signature, byte[]... parts) {
        boolean signed = false;
        for (byte[] secret : secrets) {
            signed |= MessageDigest.isEqual(hmac(secret, parts), signature);
        }
        return signed;
    }

    /** Whether a text is one of the secrets. It takes as long for each text of one length. */
    public boolean is(String text) {
        // hashed first: else the time would tell the length of the secret
        byte[] given = sign(text.getBytes(StandardCharsets.UTF_8));
        boolean is = false;
        for (byte[] secret : secrets) {
            is |= MessageDigest.isEqual(sign(secret), given);
        }
        return is;
    }

    private static byte[] hmac(byte[] secret, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret, HMAC));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "a secret";
    }
}
