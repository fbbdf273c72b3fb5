package org.jetfanout.record;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.jetfanout.runner.Stream;

/**
 * The output of all batches of a run. Batches do not wait for each other. Only a fixed number of
 * batches have open files (three each). Thread-safe.
 */
final class OutputFiles {
    private final Path folder;
    private final IntSupplier most;
    private final ConcurrentHashMap<String, BatchOutput> batches = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    // Mutable state, under the lock: the batches with open files, the one that has been open
    // longest first
    private final ArrayDeque<BatchOutput> open = new ArrayDeque<>();
    private int limit;

    /**
     * @param most how many batches may have open files at a time; asked where the first one is
     *     opened
     */
    OutputFiles(Path folder, IntSupplier most) {
        this.folder = folder;
        this.most = most;
    }

    Frame append(Frame frame) {
        return batches.computeIfAbsent(
                        frame.batch(),
                        id -> new BatchOutput(folder, FileNames.checked(id), this::makeRoom))
                .append(frame);
    }

    long storedBytes(String batch, Stream stream) {
        BatchOutput known = batches.get(batch);
        return known != null ? known.storedBytes(stream) : file(batch, stream).toFile().length();
    }

    /** Hands on each stream that has a file, with its batch. */
    void forEachStream(BiConsumer<String, Stream> to) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                for (Stream stream : Stream.values()) {
                    String suffix = BatchOutput.suffix(stream);
                    if (name.endsWith(suffix)) {
                        String batch = name.substring(0, name.length() - suffix.length());
                        if (FileNames.isSafe(batch)) {
                            to.accept(batch, stream);
                        }
                    }
                }
            }
        } catch (NoSuchFileException e) {
            // the run did not come so far
        } catch (IOException e) {
            throw RecordException.reading(folder, e);
        }
    }

    /** The file with a stream's bytes. It need not exist. */
    Path file(String batch, Stream stream) {
        return BatchOutput.file(folder, FileNames.checked(batch), stream);
    }

    /** The file with the times at which a batch's bytes arrived. It need not exist. */
    Path timesFile(String batch) {
        return BatchOutput.timesFile(folder, FileNames.checked(batch));
    }

    /** Ends a batch. Everything stored is on the disk then, and its files are closed. */
    void end(String batch) {
        BatchOutput ended = batches.get(FileNames.checked(batch));
        if (ended != null) {
            ended.sync();
            ended.close();
            lock.lock();
            try {
                open.remove(ended);
            } finally {
                lock.unlock();
            }
            RecordFiles.syncFolder(folder);
        }
    }

    void sync() {
        batches.values().forEach(BatchOutput::sync);
        RecordFiles.syncFolder(folder);
    }

    void close() {
        batches.values().forEach(BatchOutput::close);
    }

    /**
     * Closes files of other batches. The caller holds the lock of its own batch. The locks of
     * others are only tried, so nobody waits.
     */
    private void makeRoom(BatchOutput opening) {
        lock.lock();
        try {
            limit = limit == 0 ? most.getAsInt() : limit;
            open.remove(opening);
            Iterator<BatchOutput> eldest = open.iterator();
            while (open.size() >= limit && eldest.hasNext()) {
                if (eldest.next().closeIfIdle()) {
                    eldest.remove();
                }
            }
            open.add(opening);
        } finally {
            lock.unlock();
        }
    }
}
