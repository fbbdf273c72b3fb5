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

    /** Opens the file at its end; makes it (0600) where there is none. */
    static Appender open(Path file) {
        try {
            try {
                Files.createFile(file, PrivateFiles.FILE);
            } catch (FileAlreadyExistsException e) {
                // goes on at its end
            }
            FileOutputStream out = new FileOutputStream(file.toFile(), true);
            return new Appender(file, out, file.toFile().length());
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /** Length of the file. */
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

    /** Takes back what was written after a length. */
    void truncate(long length) {
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(length);
            end = length;
        } catch (IOException e) {
            // what is too much there is found by the next one who opens it
        }
    }

    /** Whether the last byte is a line break, or there is none at all. */
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

    /** Returns when everything written is on the disk. */
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
