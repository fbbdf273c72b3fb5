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
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;

/**
 * The owner of a run: the one process that works on it. It locks the file {@code owner} of the
 * record, which holds its process id. The lock ends with the process, however that ends.
 * Thread-safe.
 */
final class Owner implements Closeable {
    /**
     * A lock that is held longer than this is not that of a process that only looks, even on a busy
     * machine.
     */
    private static final long LOOK_NANOS = 1_000_000_000;

    /** So long others are waited for of whom it is certain that they only look. */
    private static final long FROZEN_LOOK_NANOS = 30_000_000_000L;

    private static final long LOOK_MILLIS = 10;

    /**
     * Records that this process owns. This is checked first, because a process that opens and
     * closes a file loses its own lock on it.
     */
    private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

    private final Path folder;

    // Mutable state: the lock, while this process is the owner
    private volatile Held held;

    Owner(Path folder) {
        this.folder = folder;
    }

    /**
     * A lock that is held.
     *
     * @param file by its real path, because the folder may have disappeared since
     */
    private record Held(Path file, FileChannel channel) {}

    /** Becomes the owner. Fails where another process is. */
    void take() {
        synchronized (OWNED) {
            held =
                    lock(key())
                            .orElseThrow(
                                    () ->
                                            new ConfigurationException(
                                                    "run "
                                                            + folder.getFileName()
                                                            + " is in use by process "
                                                            + pid().map(String::valueOf)
                                                                    .orElse("(unknown)")));
        }
    }

    /** Whether this object is the owner. */
    boolean isThis() {
        return held != null;
    }

    /** Fails where this object is not the owner, and so may only read. */
    void require() {
        if (held == null) {
            throw new IllegalStateException(
                    "run " + folder.getFileName() + " is open for reading only: call own() first");
        }
    }

    /** Whether some process, this or another, works on the run. */
    boolean exists() {
        return isThis() || isElsewhere();
    }

    /**
     * Whether another process works on the run. It looks with a shared lock, so that two processes
     * that look do not take each other for the owner.
     */
    boolean isElsewhere() {
        if (isThis()) {
            return false;
        }
        synchronized (OWNED) {
            return isLocked(key());
        }
    }

    private static boolean isLocked(Path file) {
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

    /** The process id of the last owner, where it is known. */
    Optional<Long> pid() {
        synchronized (OWNED) {
            Path file = key();
            if (OWNED.contains(file)) {
                return Optional.of(ProcessHandle.current().pid());
            }
            try {
                return Optional.of(Long.valueOf(Files.readString(file).strip()));
            } catch (IOException | NumberFormatException e) {
                return Optional.empty();
            }
        }
    }

    /** Gives up the ownership. */
    @Override
    public void close() {
        Held last = held;
        if (last == null) {
            return;
        }
        held = null;
        try {
            last.channel().close();
        } catch (IOException e) {
            throw RecordException.writing(last.file(), e);
        } finally {
            OWNED.remove(last.file());
        }
    }

    /**
     * Takes the lock; empty where another process has it. A process that only looks has the lock
     * for a moment, so another's lock counts only when it lasts.
     */
    private static Optional<Held> lock(Path file) {
        if (OWNED.contains(file)) {
            return Optional.empty();
        }
        try {
            Optional<Held> lock = tryLock(file);
            for (long began = System.nanoTime();
                    lock.isEmpty() && System.nanoTime() - began < longestLook(file); ) {
                Thread.sleep(LOOK_MILLIS);
                lock = tryLock(file);
            }
            lock.ifPresent(taken -> OWNED.add(file));
            return lock;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /** Of those who have the lock now: an owner's is not shared. */
    private static long longestLook(Path file) {
        return isLocked(file) ? LOOK_NANOS : FROZEN_LOOK_NANOS;
    }

    private static Optional<Held> tryLock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        file,
                        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PrivateFiles.FILE);
        boolean locked = false;
        try {
            if (channel.tryLock() != null) {
                String pid = ProcessHandle.current().pid() + "\n";
                // the file is not truncated first: ext4 waits for the disk when such a file is
                // closed
                channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
                channel.truncate(pid.length());
                locked = true;
                return Optional.of(new Held(file, channel));
            }
            return Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private Path key() {
        try {
            return RunFile.OWNER.in(folder.toRealPath());
        } catch (IOException e) {
            throw RecordException.reading(folder, e);
        }
    }
}
