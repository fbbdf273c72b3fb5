package org.jetfanout.bundle;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What one batch's worker gets: a gzip'ed tar archive, whose last entry is an empty file called
 * {@link #COMPLETE}. The first part is a file that all bundles of the run share, the second part is
 * in memory. Immutable; thread-safe.
 */
public final class Bundle {
    /** The name of the last entry. Once this entry is unpacked, all others are. */
    public static final String COMPLETE = "complete";

    /** The name of the file that holds what all bundles of a run share. */
    public static final String COMMON = "common.tgz";

    private final Path common;
    private final byte[] slice;
    private final long size;
    private final String sha256;

    /**
     * @param common the file with the first part
     * @param commonSize its length in bytes
     * @param slice the second part
     * @param sha256 of both parts together
     */
    public Bundle(Path common, long commonSize, byte[] slice, String sha256) {
        this.common = common;
        this.slice = slice;
        this.size = commonSize + slice.length;
        this.sha256 = sha256;
    }

    /** The archive's bytes from the start. The caller closes the stream. */
    public InputStream open() throws IOException {
        return new SequenceInputStream(
                Files.newInputStream(common), new ByteArrayInputStream(slice));
    }

    /** The second part alone: the bytes of {@link #open} after those of the shared file. */
    public byte[] slice() {
        return slice.clone();
    }

    /** Number of bytes that {@link #open} gives. */
    public long size() {
        return size;
    }

    /** SHA-256 of these bytes, in hexadecimal. */
    public String sha256() {
        return sha256;
    }
}
