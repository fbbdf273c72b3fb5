package org.jetfanout.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.machine.PrivateFiles;

/**
 * The one process that works on a run. It locks the file {@code owner} of the record, which holds
 * its process id. The lock ends with the process, however that ends. Thread-safe.
 */
final class Owner implements Closeable {
    private static final String FILE = "owner";

    /** Longer than anybody looks, on a busy machine too. */
    private static final long LOOK_NANOS = 1_000_000_000;

    private static final long LOOK_MILLIS = 10;

    /**
     * Records owned by this process. Asked first, because a process that opens and closes a file
     * loses its own lock on it.
     */
    private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private Owner(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Becomes the owner; empty where there is one already. Somebody who only looks has the lock for
     * a moment: so a lock counts when it has been held for a while.
     */
    static synchronized Optional<Owner> take(Path folder) {
        Path file = key(folder);
        if (OWNED.contains(file)) {
            return Optional.empty();
        }
        try {
            Owner owner = null;
            for (long began = System.nanoTime();
                    owner == null && System.nanoTime() - began < LOOK_NANOS; ) {
                owner = lock(file);
                if (owner == null) {
                    Thread.sleep(LOOK_MILLIS);
                }
            }
            if (owner != null) {
                OWNED.add(file);
            }
            return Optional.ofNullable(owner);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /**
     * Whether some process, this or another, works on the run. Looks with a shared lock, so that
     * two who look do not take each other for the owner.
     */
    static synchronized boolean exists(Path folder) {
        Path file = key(folder);
        if (OWNED.contains(file)) {
            return true;
        }
        if (!Files.isReadable(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null;
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }

    /** Process id of the last owner, where it is known. */
    static synchronized Optional<Long> pid(Path folder) {
        Path file = key(folder);
        if (OWNED.contains(file)) {
            return Optional.of(ProcessHandle.current().pid());
        }
        try {
            return Optional.of(Long.valueOf(Files.readString(file).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        } finally {
            OWNED.remove(file);
        }
    }

    private static Owner lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PrivateFiles.FILE);
        boolean locked = false;
        try {
            if (channel.tryLock() != null) {
                String pid = ProcessHandle.current().pid() + "\n";
                // not cut to nothing first: ext4 waits for the disk when such a file is closed
                channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
                channel.truncate(pid.length());
                locked = true;
                return new Owner(file, channel);
            }
            return null;
        } catch (OverlappingFileLockException e) {
            return null;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private static Path key(Path folder) {
        try {
            return folder.toRealPath().resolve(FILE);
        } catch (IOException e) {
            throw RecordException.reading(folder, e);
        }
    }
}
