package org.jetfanout.runner;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Sha256;

/**
 * The file that a run brings to its hosts. It travels to each worker once, beside the bundle and as
 * it is: not compressed, and from where the last connection ended. Its worker knows it by its
 * digest. Immutable.
 *
 * @param source where it is on the control machine
 * @param size its bytes
 * @param stamp when it was last changed, and which file it is: what is sent is the file as it was
 *     when its digest was made
 * @param sha256 its digest, in hexadecimal
 */
public record Payload(Path source, long size, String stamp, String sha256) {
    /** Its name in the folder of the job. */
    public static final String NAME = "payload";

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int PIECE = 256 << 10;

    /** Checks the values, because they become words of a script. */
    public Payload {
        if (size < 0 || !SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException("no file with a digest: " + source);
        }
    }

    /**
     * Reads a file once, to know its digest.
     *
     * @throws ConfigurationException where it is not a plain file that can be read, or changes
     */
    public static Payload of(Path source) {
        if (Files.isDirectory(source)) {
            throw ConfigurationException.at(
                    source, "is a folder: pack it first, for example with tar");
        }
        if (Files.exists(source) && !Files.isRegularFile(source)) {
            throw ConfigurationException.at(source, "is not a plain file");
        }
        try (InputStream in = Files.newInputStream(source)) {
            String stamp = stampOf(source);
            MessageDigest digest = Sha256.digest();
            byte[] piece = new byte[PIECE];
            long size = 0;
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
                size += count;
            }
            Payload read =
                    new Payload(source, size, stamp, HexFormat.of().formatHex(digest.digest()));
            read.change()
                    .ifPresent(
                            change -> {
                                throw ConfigurationException.at(source, change);
                            });
            return read;
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(source, "there is no such file");
        } catch (AccessDeniedException e) {
            throw ConfigurationException.at(source, "cannot be read: permission denied");
        } catch (IOException e) {
            throw ConfigurationException.at(source, "cannot be read: " + e.getMessage());
        }
    }

    /** What is wrong with the file now; empty if it is still the one whose digest was made. */
    public Optional<String> change() {
        try {
            boolean same = Files.size(source) == size && stampOf(source).equals(stamp);
            return same
                    ? Optional.empty()
                    : Optional.of("changed after jet-fanout had read it: run the command again");
        } catch (NoSuchFileException e) {
            return Optional.of("no longer exists");
        } catch (IOException e) {
            return Optional.of("cannot be read any more: " + e.getMessage());
        }
    }

    private static String stampOf(Path file) throws IOException {
        return Files.getLastModifiedTime(file) + " " + Files.getAttribute(file, "unix:ino");
    }
}
