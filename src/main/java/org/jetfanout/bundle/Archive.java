package org.jetfanout.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jetfanout.ConfigurationException;

/**
 * Writes tar entries into one gzip member. The same input gives the same bytes: entries have no
 * times and no owners, and only the modes 0600 and 0700. Not thread-safe.
 */
public final class Archive implements Closeable {
    private static final int FILE = 0100600;
    private static final int EXECUTABLE = 0100700;
    private static final int FOLDER = 040700;
    private static final int BUFFER = 64 * 1024;

    private final GZIPOutputStream gzip;
    private final TarArchiveOutputStream tar;

    // Mutable state
    private final Set<String> written = new HashSet<>();

    /** Begins an archive. The stream is closed together with it. */
    public Archive(OutputStream out) throws IOException {
        gzip = new GZIPOutputStream(out, BUFFER);
        tar = new TarArchiveOutputStream(gzip, StandardCharsets.ISO_8859_1.name());
        // every tar reads GNU's long names; busybox' tar does not read those of pax
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
    }

    /** Whether the path was written already. */
    public boolean has(String path) {
        return written.contains(path);
    }

    /** Adds a folder and the folders above it, unless they are there. */
    public void folder(String path) throws IOException {
        if (written.add(path)) {
            parents(path);
            put(path + "/", TarConstants.LF_DIR, FOLDER, 0);
            tar.closeArchiveEntry();
        }
    }

    /** Adds a file with this content, unless the path is there. */
    public void file(String path, byte[] content) throws IOException {
        if (written.add(path)) {
            parents(path);
            put(path, TarConstants.LF_NORMAL, FILE, content.length);
            tar.write(content);
            tar.closeArchiveEntry();
        }
    }

    /**
     * Adds a file as it is at this moment. What others write to it meanwhile is left out.
     *
     * @throws NoSuchFileException where the file no longer exists
     * @throws ConfigurationException where the file cannot be read or became shorter
     */
    public void file(String path, Path file, boolean executable) throws IOException {
        if (has(path)) {
            return;
        }
        try (FileBytes bytes = FileBytes.open(file)) {
            written.add(path);
            parents(path);
            put(path, TarConstants.LF_NORMAL, executable ? EXECUTABLE : FILE, bytes.size());
            for (byte[] next = bytes.next(); next.length > 0; next = bytes.next()) {
                tar.write(next);
            }
        }
        tar.closeArchiveEntry();
    }

    /** Ends the gzip member, but not the archive: another member with more entries may follow. */
    public void endMember() throws IOException {
        tar.flush();
        gzip.finish();
        gzip.flush();
    }

    /** Ends the archive and the gzip member. */
    public void endArchive() throws IOException {
        tar.finish();
        endMember();
    }

    /** Closes the stream. It does not end the archive. */
    @Override
    public void close() throws IOException {
        gzip.close();
    }

    private void parents(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            folder(path.substring(0, slash));
        }
    }

    private void put(String path, byte type, int mode, long size) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(EntryNames.bytes(path), type);
        entry.setMode(mode);
        entry.setSize(size);
        entry.setModTime(0L);
        entry.setIds(0, 0);
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
    }
}
