package org.jetfanout.token;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jetfanout.machine.Sha256;

/**
 * The text of a token: a prefix by which people and scanners know it, and 256 random bits. Pure
 * functions, except that one makes random bits: thread-safe.
 */
public final class TokenText {
    /** The prefix of each token. {@code text.Secrets} knows it, too, and masks such texts. */
    public static final String PREFIX = "jft_";

    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private TokenText() {}

    /** A new token. Nobody can guess it. */
    public static String make() {
        return PREFIX + random();
    }

    /** 256 random bits as a word of letters, digits, {@code -} and {@code _}. */
    public static String random() {
        byte[] secret = new byte[BYTES];
        RANDOM.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** Whether a text has the form of a token. */
    public static boolean isToken(String text) {
        return FORM.matcher(text).matches();
    }

    /**
     * What is kept of a token: its SHA-256 in hexadecimal digits. A secret of 256 random bits needs
     * no salt and no slow hash.
     */
    public static String hash(String token) {
        return Sha256.hex(token.getBytes(StandardCharsets.UTF_8));
    }
}
