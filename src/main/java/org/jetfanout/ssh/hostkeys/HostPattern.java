package org.jetfanout.ssh.hostkeys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jetfanout.ssh.config.PatternList;

/**
 * The first field of a known_hosts line, which says to which names it applies. Immutable,
 * thread-safe.
 */
sealed interface HostPattern {
    /**
     * Whether it applies to a name.
     *
     * @param name in lower case; with a port other than 22 as {@code [name]:port}
     */
    boolean matches(String name);

    /**
     * Parses the field.
     *
     * @throws IllegalArgumentException for an invalid field
     */
    static HostPattern parse(String field) {
        if (field.startsWith("|")) {
            return Hashed.parse(field);
        }
        List<String> parts = Arrays.asList(field.toLowerCase(Locale.ROOT).split(","));
        boolean plain = parts.stream().noneMatch(p -> p.matches(".*[*?].*|!.*"));
        return plain ? new Names(parts) : new Globs(new PatternList(parts));
    }

    /** Plain names, which an index can find. */
    record Names(List<String> names) implements HostPattern {
        @Override
        public boolean matches(String name) {
            return names.contains(name);
        }
    }

    /** Names with wildcards or negations. */
    record Globs(PatternList patterns) implements HostPattern {
        @Override
        public boolean matches(String name) {
            return patterns.matches(name);
        }
    }

    /** One name, hashed with a salt of its own: {@code |1|salt|hash}. */
    @SuppressWarnings("ArrayRecordComponent") // private to this file, never compared
    record Hashed(byte[] salt, byte[] hash) implements HostPattern {
        private static final String MAC = "HmacSHA1"; // the format's; nothing rests on its strength

        static Hashed parse(String field) {
            String[] parts = field.split("\\|", -1);
            if (parts.length != 4 || !parts[1].equals("1")) {
                throw new IllegalArgumentException("unknown kind of hashed name");
            }
            byte[] salt = Base64.getDecoder().decode(parts[2]);
            byte[] hash = Base64.getDecoder().decode(parts[3]);
            if (salt.length == 0 || hash.length == 0) {
                throw new IllegalArgumentException("broken hashed name");
            }
            return new Hashed(salt, hash);
        }

        @Override
        public boolean matches(String name) {
            return matches(name.getBytes(StandardCharsets.UTF_8), mac());
        }

        /** Matches with a Mac that is used again, because ten thousand lines are asked at once. */
        boolean matches(byte[] name, Mac mac) {
            try {
                mac.init(new SecretKeySpec(salt, MAC));
                return MessageDigest.isEqual(mac.doFinal(name), hash);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("any key fits " + MAC, e);
            }
        }

        static Mac mac() {
            try {
                return Mac.getInstance(MAC);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + MAC, e);
            }
        }
    }
}
