package org.jetfanout.record;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.machine.PrivateFiles;

/**
 * A file that only grows. If a write fails, no part of it stays in the file. It uses plain streams,
 * because interrupting one thread would close a channel for all threads. Not thread-safe: the
 * caller must hold its lock.
 */
final class Appender implements Closeable {
    private final Path file;
    private final FileOutputStream out;

    // Mutable state
    private long end;

    private Appender(Path file, FileOutputStream out, long end) {
        this.file = file;
        this.out = out;
        this.end = end;
    }

    /** Opens the file at its end. Creates it (0600) where it does not exist. */
    static Appender open(Path file) {
        try {
            try {
                Files.createFile(file, PrivateFiles.FILE);
            } catch (FileAlreadyExistsException e) {
                // the file exists: appends to it
            }
            FileOutputStream out = new FileOutputStream(file.toFile(), true);
            return new Appender(file, out, file.toFile().length());
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /** The length of the file. */
    long length() {
        return end;
    }

    void write(byte[] bytes, int from, int length) {
        try {
            out.write(bytes, from, length);
            end += length;
        } catch (IOException e) {
            truncate(end);
            throw RecordException.writing(file, e);
        }
    }

    /** Cuts the file to a length. */
    void truncate(long length) {
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(length);
            end = length;
        } catch (IOException e) {
            // the next process that opens the file cuts it
        }
    }

    /** Whether the file is empty or ends in a line break. */
    boolean endsInLineBreak() {
        if (end == 0) {
            return true;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(end - 1);
            return in.read() == '\n';
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }

    /** Waits until everything written is on the disk. */
    void sync() {
        try {
            out.getFD().sync();
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }
}
