package org.jetfanout.record;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/** Folders 0700 and files 0600 from the moment they exist. */
final class PrivateFiles {
    static final FileAttribute<Set<PosixFilePermission>> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateFiles() {}

    /** Writes to a file. */
    interface Content {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Writes a whole file: to one beside it, to the disk, then by its name. Whoever reads sees the
     * old one or the new one.
     */
    static void replace(Path file, boolean durable, Content content) {
        Path next = file.resolveSibling("." + file.getFileName() + ".next");
        try {
            Files.deleteIfExists(next);
            Files.createFile(next, FILE);
            try (FileOutputStream plain = new FileOutputStream(next.toFile());
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
            throw RecordException.writing(file, e);
        }
        if (durable) {
            syncFolder(file.getParent());
        }
    }

    /** Removes a folder with all that is in it; links are removed, not followed. */
    static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Returns when the folder's entries are on the disk. */
    static void syncFolder(Path folder) {
        boolean interrupted = false;
        boolean done = false;
        while (!done) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
                done = true;
            } catch (ClosedByInterruptException e) {
                // only a channel can do it, and it minds interrupts: again, and pass it on after
                interrupted = Thread.interrupted();
            } catch (IOException e) {
                throw RecordException.writing(folder, e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
