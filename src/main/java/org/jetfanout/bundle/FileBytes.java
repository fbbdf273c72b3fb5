package org.jetfanout.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jetfanout.ConfigurationException;

/**
 * Reads a file that another program may be writing at the same time: as many bytes as it had when
 * it was opened. Where fewer can be read, the error names the file. Not thread-safe.
 */
final class FileBytes implements Closeable {
    /**
     * This many bytes are read before the size is asked: files of the kernel ({@code /proc}) say
     * that they are empty.
     */
    private static final int AT_ONCE = 1 << 20;

    private final Path file;
    private final InputStream input;
    private final long size;

    // Mutable state
    private byte[] ahead;
    private long left;

    private FileBytes(Path file, InputStream input, byte[] ahead, long size) {
        this.file = file;
        this.input = input;
        this.ahead = ahead;
        this.size = size;
        this.left = size;
    }

    /**
     * Opens a file.
     *
     * @throws NoSuchFileException where the file does not exist
     */
    static FileBytes open(Path file) throws NoSuchFileException {
        try {
            InputStream input = Files.newInputStream(file);
            try {
                byte[] ahead = input.readNBytes(AT_ONCE);
                boolean all = ahead.length < AT_ONCE;
                return new FileBytes(
                        file,
                        input,
                        ahead,
                        all ? ahead.length : Math.max(Files.size(file), ahead.length));
            } catch (IOException | RuntimeException e) {
                input.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    long size() {
        return size;
    }

    /** The next bytes; empty at the end. */
    byte[] next() {
        byte[] bytes = ahead;
        if (bytes.length == 0 && left > 0) {
            try {
                bytes = input.readNBytes((int) Math.min(AT_ONCE, left));
            } catch (IOException e) {
                throw unreadable(file, e);
            }
            if (bytes.length == 0) {
                throw ConfigurationException.at(
                        FolderPacker.shown(file),
                        "became shorter while jet-fanout packed it: try again when nothing writes"
                                + " to it");
            }
        }
        ahead = new byte[0];
        bytes = bytes.length > left ? Arrays.copyOf(bytes, (int) left) : bytes;
        left -= bytes.length;
        return bytes;
    }

    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ConfigurationException unreadable(Path file, IOException e) {
        return ConfigurationException.at(
                FolderPacker.shown(file),
                "cannot be read, so jet-fanout cannot send it"
                        + (e instanceof AccessDeniedException ? "" : ": " + e.getMessage()));
    }
}
