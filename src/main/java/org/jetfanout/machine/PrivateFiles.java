package org.jetfanout.machine;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes folders with mode 0700 and files with mode 0600 from the moment they exist, because they
 * may hold secrets. Thread-safe, but a file has one writer at a time.
 */
public final class PrivateFiles {
    /** Mode 0700. */
    public static final FileAttribute<Set<PosixFilePermission>> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Mode 0600. */
    public static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateFiles() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Opens a new file that replaces an old one, without a buffer. Its folder must exist. Others
     * can read an incomplete file meanwhile.
     */
    public static FileOutputStream create(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, FILE);
        return new FileOutputStream(file.toFile());
    }

    /**
     * Writes a file as {@link #replace} does, not durably. The folder is created where it is
     * missing.
     */
    public static Path write(Path folder, String name, byte[] bytes) throws IOException {
        Files.createDirectories(folder, FOLDER);
        Path file = folder.resolve(name);
        replace(file, false, out -> out.write(bytes));
        return file;
    }

    /**
     * Replaces a file: it writes another file beside it and renames that. Others read the old file
     * or the new one, never a part.
     *
     * @param durable whether the file is on the disk when this returns
     */
    public static void replace(Path file, boolean durable, Content content) throws IOException {
        Path next = file.resolveSibling("." + file.getFileName() + ".next");
        try {
            try (FileOutputStream plain = create(next);
                    OutputStream out = new BufferedOutputStream(plain, 1 << 16)) {
                content.write(out);
                out.flush();
                if (durable) {
                    plain.getFD().sync();
                }
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(next);
            } catch (IOException nothing) {
                e.addSuppressed(nothing);
            }
            throw e;
        }
        if (durable) {
            syncFolder(file.getParent());
        }
    }

    /**
     * Removes a folder with everything in it. Links are removed, not followed. Does nothing where
     * the folder does not exist.
     */
    public static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // another process removed it
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Waits until the folder's entries are on the disk. */
    public static void syncFolder(Path folder) throws IOException {
        boolean interrupted = false;
        boolean done = false;
        while (!done) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
                done = true;
            } catch (ClosedByInterruptException e) {
                // only a channel can do this, and an interrupt closes it: try again, and set the
                // interrupt again at the end
                interrupted = Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
