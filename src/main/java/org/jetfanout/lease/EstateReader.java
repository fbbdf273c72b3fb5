package org.jetfanout.lease;

import jakarta.jms.JMSException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jetfanout.lease.Estate.EstateMessage;
import org.jetfanout.link.ForeignMessageException;
import org.jetfanout.machine.PrivateFiles;

/**
 * Reads the estate of a run from the broker into a folder. It writes only plain files below that
 * folder, only so many, and only so many bytes. The messages stay in the broker. For one thread.
 */
public final class EstateReader {
    /** A run of a million hosts has far less. */
    private static final long MOST_BYTES = 8L << 30;

    private static final int MOST_FILES = 1_000_000;
    private static final long MOST_CHANGED_BYTES = 512L << 20;

    private final LeaseBroker broker;
    private final Announcement run;

    // Mutable state
    private final Map<String, byte[]> changes = new LinkedHashMap<>();
    private final BitSet pieces = new BitSet();
    private long changedBytes;

    /**
     * @param run whose estate it is
     */
    public EstateReader(LeaseBroker broker, Announcement run) {
        this.broker = broker;
        this.run = run;
    }

    /**
     * Reads it.
     *
     * @param folder exists and is empty
     * @return what changed since the archive was packed: the last content for each path
     */
    public Map<String, byte[]> read(Path folder) throws IOException, JMSException {
        Path archive = folder.resolve(".estate");
        String queue = LeaseSession.estate(run.guid());
        try (LeaseSession session = broker.openToBrowse()) {
            try (OutputStream out = PrivateFiles.create(archive)) {
                session.browse(
                        queue,
                        "",
                        Estate.LONGEST,
                        bytes -> take(EstateMessage.read(broker.open(bytes, queue)), out));
            }
        }
        if (pieces.cardinality() != run.pieces()) {
            throw new IOException(
                    "the broker has only %d of the %d pieces of the estate of run %s"
                            .formatted(pieces.cardinality(), run.pieces(), run.guid()));
        }
        unpack(archive, folder);
        Files.delete(archive);
        return changes;
    }

    private void take(EstateMessage message, OutputStream archive)
            throws IOException, ForeignMessageException {
        if (!message.estate().equals(run.estate())) {
            return;
        }
        if (message.path().isEmpty()) {
            if (message.number() != pieces.cardinality()) {
                return; // twice, or out of order: then the count is wrong
            }
            pieces.set(message.number());
            if ((long) pieces.cardinality() * Estate.PIECE > MOST_BYTES) {
                throw new IOException("too much");
            }
            archive.write(message.content());
            return;
        }
        checked(message.path());
        byte[] before = changes.put(message.path(), message.content());
        changedBytes += message.content().length - (before == null ? 0 : before.length);
        if (changedBytes > MOST_CHANGED_BYTES || changes.size() > MOST_FILES) {
            changes.remove(message.path());
            throw new IOException("one change too many");
        }
    }

    private static void unpack(Path archive, Path folder) throws IOException {
        long bytes = 0;
        int count = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive));
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(
                                GzipCompressorInputStream.builder().setInputStream(in).get(),
                                "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                count++;
                bytes += entry.getSize();
                if (count > MOST_FILES || bytes > MOST_BYTES) {
                    throw new IOException("the estate has too many files or bytes");
                }
                Path file = folder.resolve(checked(entry.getName()));
                if (entry.isDirectory()) {
                    Files.createDirectories(file, PrivateFiles.FOLDER);
                } else if (entry.isFile()) {
                    Files.createDirectories(file.getParent(), PrivateFiles.FOLDER);
                    try (OutputStream out = PrivateFiles.create(file)) {
                        tar.transferTo(out);
                    }
                } else {
                    throw new IOException("the estate has an entry that is no plain file");
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("the estate cannot be unpacked: " + e.getMessage(), e);
        }
    }

    /** A path that stays below the folder. */
    static String checked(String path) throws IOException {
        List<String> parts = new ArrayList<>(List.of(path.split("/", -1)));
        if (path.endsWith("/")) {
            parts.remove(parts.size() - 1);
        }
        for (String part : parts) {
            if (part.isEmpty()
                    || part.equals(".")
                    || part.equals("..")
                    || part.indexOf('\\') >= 0
                    || part.chars().anyMatch(c -> c < ' ')) {
                throw new IOException("the estate has an entry whose name is not allowed");
            }
        }
        return path;
    }
}
