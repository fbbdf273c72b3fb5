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
 * One run's way into a file of JSON lines, which other processes may append to and rotate at the
 * same time: whoever writes has a lock on the file for as long. It is opened for each append, so
 * that it may also be moved away by others at any time. Thread-safe.
 *
 * <p>Written by hand because no library does it without loss: an appender of Logback drops what it
 * cannot write, Camel's file component does not rotate.
 */
final class NdjsonFile {
    /** Smallest size to rotate at, in bytes. */
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
     * @param guid the run whose records come
     * @param rotateSize bytes after which a new file is begun; a line longer than that has one of
     *     its own
     * @param rotateCount how many rotated files are kept; 0: all
     */
    NdjsonFile(Path file, String guid, long rotateSize, int rotateCount) {
        this.file = file;
        this.guid = guid;
        this.rotateSize = rotateSize;
        this.rotateCount = rotateCount;
    }

    /**
     * Appends the records that are not there yet; they are on the disk when it returns. When it
     * fails no torn line is left behind, and the same records may come again.
     *
     * @throws AccessDeniedException where the file may not be written, or is none
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

    /** Makes room: {@code file} becomes {@code file.1}, that {@code file.2}, and so on. */
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
     * The file, open, and nobody else's meanwhile.
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
                    // else it was made just now, or rotated while we waited
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

        /** The size, after a torn line of one who was killed is taken away. */
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
            // not ours to take away
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

        /** Which file has that name now; null if none has. */
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
