package org.jetfanout.link;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * How an instance calls itself.
 *
 * @param name for people: the machine's, or what the user chose
 * @param id 128 random bits as hexadecimal digits, new with each start
 */
public record InstanceId(String name, String id) {
    private static final int BYTES = 16;

    /** An instance that has just started. */
    static InstanceId starting(String name) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        return new InstanceId(name, HexFormat.of().formatHex(random));
    }
}
