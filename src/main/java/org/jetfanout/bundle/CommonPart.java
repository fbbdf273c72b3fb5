package org.jetfanout.bundle;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.machine.Sha256;

/**
 * The part that all bundles of a run share, packed into a file. It makes the bundle of each batch.
 * The same input gives the same bytes. Immutable; thread-safe.
 */
public final class CommonPart {
    private final Path file;
    private final long size;
    private final MessageDigest digest;

    /** Writes the entries of the shared part. */
    @FunctionalInterface
    public interface Content {
        void write(Archive archive) throws IOException;
    }

    private CommonPart(Path file, long size, MessageDigest digest) {
        this.file = file;
        this.size = size;
        this.digest = digest;
    }

    /**
     * Packs the shared part.
     *
     * @param folder of the run; created with mode 0700 where it does not exist. The bundles read
     *     from a file in this folder
     */
    public static CommonPart pack(Path folder, Content content) {
        try {
            Files.createDirectories(folder, PrivateFiles.FOLDER);
            Path file = folder.resolve(Bundle.COMMON);
            MessageDigest digest = Sha256.digest();
            try (OutputStream out =
                            new DigestOutputStream(
                                    new BufferedOutputStream(PrivateFiles.create(file)), digest);
                    Archive archive = new Archive(out)) {
                content.write(archive);
                archive.endMember();
            }
            return new CommonPart(file, Files.size(file), digest);
        } catch (IOException e) {
            throw ConfigurationException.at(folder, "cannot pack the files: " + e.getMessage());
        }
    }

    /** How many bytes it has, packed. */
    public long size() {
        return size;
    }

    /** A bundle with these further files, by their path. They are packed in the map's order. */
    public Bundle with(Map<String, byte[]> files) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Archive archive = new Archive(out)) {
            for (Map.Entry<String, byte[]> entry : files.entrySet()) {
                archive.file(entry.getKey(), entry.getValue());
            }
            archive.file(Bundle.COMPLETE, new byte[0]);
            archive.endArchive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] slice = out.toByteArray();
        try {
            MessageDigest both = (MessageDigest) digest.clone();
            return new Bundle(file, size, slice, HexFormat.of().formatHex(both.digest(slice)));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
