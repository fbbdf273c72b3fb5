package org.jetfanout.sink.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.machine.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends the documents of one run to a file of JSON lines. Other processes may append to the file
 * and rotate it at the same time, so each holds a lock on it while it writes. The file is opened
 * for each append, so that others may also move it away at any time. Thread-safe.
 *
 * <p>No library does this without losing lines: an appender of Logback drops what it cannot write,
 * and Camel's file component does not rotate.
 */
final class NdjsonFile {
    /** The smallest size at which a file is rotated, in bytes. */
    static final long SMALLEST = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(NdjsonFile.class);
    private static final int CHUNK = 8 << 20;
    private static final Set<StandardOpenOption> HOW =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);

    private final Path file;
    private final String guid;
    private final long rotateSize;
    private final int rotateCount;

    // Mutable state
    /** The last offset written, by stream; null before the file was looked at. */
    private Map<String, Long> written;

    /**
     * A file to append to.
     *
     * @param guid the run of the documents
     * @param rotateSize bytes after which a new file is begun; a longer line has a file of its own
     * @param rotateCount how many rotated files are kept; 0 for all
     */
    NdjsonFile(Path file, String guid, long rotateSize, int rotateCount) {
        this.file = file;
        this.guid = guid;
        this.rotateSize = rotateSize;
        this.rotateCount = rotateCount;
    }

    /**
     * Appends the documents that the file does not have yet. They are on the disk when this
     * returns. When it fails, it leaves no incomplete line, and the same documents may be appended
     * again.
     *
     * @throws AccessDeniedException where the file cannot be written or is no file
     */
    synchronized void append(List<LogDocument> documents) throws IOException {
        int next = 0;
        while (next < documents.size()) {
            try (Locked locked = Locked.open(file)) {
                if (written == null) {
                    written = NdjsonEnd.of(locked.channel(), file, guid);
                }
                next = append(documents, next, locked);
            }
        }
    }

    /** Appends as many as the file takes; the index of the next one. */
    private int append(List<LogDocument> documents, int from, Locked locked) throws IOException {
        long size = locked.repaired();
        Map<String, Long> last = new HashMap<>();
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        int next = from;
        boolean full = false;
        while (!full && next < documents.size()) {
            chunk.reset();
            last.clear();
            while (!full && next < documents.size() && chunk.size() < CHUNK) {
                LogDocument document = documents.get(next);
                String stream = NdjsonEnd.streamOf(document.id());
                long seen = last.getOrDefault(stream, written.getOrDefault(stream, -1L));
                long after = size + chunk.size() + document.json().length + 1;
                if (document.offset() <= seen) {
                    next++;
                } else if (after > rotateSize && size + chunk.size() > 0) {
                    full = true;
                } else {
                    chunk.writeBytes(document.json());
                    chunk.write('\n');
                    last.put(stream, document.offset());
                    next++;
                }
            }
            locked.write(chunk.toByteArray(), size);
            size += chunk.size();
            written.putAll(last);
        }
        if (full) {
            rotate();
        }
        return next;
    }

    /** Rotates: {@code file} becomes {@code file.1}, that becomes {@code file.2}, and so on. */
    private void rotate() throws IOException {
        int free = 1;
        while (Files.exists(rotated(free))) {
            free++;
        }
        if (rotateCount > 0 && free > rotateCount) {
            LOG.info("sink file: {} removed (rotate-count={})", rotated(rotateCount), rotateCount);
            free = rotateCount;
        }
        for (int n = free; n > 1; n--) {
            Files.move(rotated(n - 1), rotated(n), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(file, rotated(1), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path rotated(int n) {
        return file.resolveSibling(file.getFileName() + "." + n);
    }

    /**
     * The open file, locked against other processes.
     *
     * @param channel open for reading and writing; the lock ends when it is closed
     */
    private record Locked(FileChannel channel) implements AutoCloseable {
        static Locked open(Path file) throws IOException {
            Files.createDirectories(file.getParent(), PrivateFiles.FOLDER);
            while (true) {
                Object before = key(file);
                FileChannel channel = FileChannel.open(file, HOW, PrivateFiles.FILE);
                try {
                    FileLock lock = channel.lock();
                    // otherwise the file was created just now, or rotated while we waited for the
                    // lock
                    if (lock.isValid() && before != null && before.equals(key(file))) {
                        return new Locked(channel);
                    }
                    channel.close();
                } catch (IOException | RuntimeException e) {
                    channel.close();
                    throw e;
                }
            }
        }

        /** The size, after an incomplete line of a process that was killed is removed. */
        long repaired() throws IOException {
            long size = channel.size();
            long end = NdjsonEnd.afterLastLine(channel, size);
            if (end == size) {
                return size;
            }
            if (NdjsonEnd.isTorn(NdjsonEnd.bytes(channel, end, Math.toIntExact(size - end)))) {
                channel.truncate(end);
                return end;
            }
            // the line is not a document of ours, so it stays
            write(new byte[] {'\n'}, size);
            return size + 1;
        }

        void write(byte[] bytes, long at) throws IOException {
            try {
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                channel.position(at);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
                channel.force(true);
            } catch (IOException e) {
                channel.truncate(at);
                throw e;
            }
        }

        /** Identifies the file that has this name now; null if there is none. */
        private static Object key(Path file) throws IOException {
            try {
                BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
                if (!found.isRegularFile()) {
                    throw new AccessDeniedException(file.toString());
                }
                return found.fileKey();
            } catch (NoSuchFileException e) {
                return null;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
