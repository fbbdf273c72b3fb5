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
 * Folders 0700 and files 0600 from the moment they exist: they may hold secrets. Thread-safe; a
 * file is for one writer at a time.
 */
public final class PrivateFiles {
    /** Mode 0700. */
    public static final FileAttribute<Set<PosixFilePermission>> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Mode 0600. */
    public static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateFiles() {}

    /** Writes to a file. */
    @FunctionalInterface
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Opens a new file, in place of an old one; not buffered. Its folder must be there, and whoever
     * reads meanwhile sees a part of it.
     */
    public static FileOutputStream create(Path file) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, FILE);
        return new FileOutputStream(file.toFile());
    }

    /** {@link #replace} of a file in a folder, which is made where it is missing; not durable. */
    public static Path write(Path folder, String name, byte[] bytes) throws IOException {
        Files.createDirectories(folder, FOLDER);
        Path file = folder.resolve(name);
        replace(file, false, out -> out.write(bytes));
        return file;
    }

    /**
     * Writes a whole file: to one beside it, then by its name. Whoever reads sees the old one or
     * the new one.
     *
     * @param durable whether it is on the disk when this returns
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
     * Removes a folder with all that is in it; links are removed, not followed. Nothing where it is
     * not there.
     */
    public static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // gone already
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Returns when the folder's entries are on the disk. */
    public static void syncFolder(Path folder) throws IOException {
        boolean interrupted = false;
        boolean done = false;
        while (!done) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
                done = true;
            } catch (ClosedByInterruptException e) {
                // only a channel can do it, and it minds interrupts: again, and pass it on after
                interrupted = Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
