package org.jetfanout.runner;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The file that a run brings to its hosts. It travels to each worker once, beside the bundle and as
 * it is: not compressed, and from where the last connection ended. Its worker knows it by its
 * digest. Immutable.
 *
 * @param source where it is on the control machine
 * @param size its bytes
 * @param changed when it was last changed, as the file system says: what is sent is the file as it
 *     was when its digest was made
 * @param sha256 its digest, in hexadecimal
 */
public record Payload(Path source, long size, String changed, String sha256) {
    /** Its name in the folder of the job. */
    public static final String NAME = "payload";

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** Checks the values, because they become words of a script. */
    public Payload {
        if (size < 0 || !SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("no file with a digest: " + source);
        }
    }
}
