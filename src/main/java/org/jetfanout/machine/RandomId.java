package org.jetfanout.machine;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes ids that nobody can guess, and that never come twice. */
public final class RandomId {
    private static final int BYTES = 16;

    private RandomId() {}

    /** 128 random bits as 32 hexadecimal digits. */
    public static String next() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
