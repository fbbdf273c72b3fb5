package org.jetfanout.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out whether a folder can take files, by writing one and removing it. Rights alone do not
 * tell: the file system may be full or read-only, and root has every right.
 */
final class FolderProbe {
    /** As much as a small file system with no room cannot take. */
    private static final int BYTES = 1 << 16;

    private static final Pattern INODES = Pattern.compile("(?m)^\\S+ +\\d+ +\\d+ +(\\d+) ");

    private final Path folder;
    private final Path existing;

    /**
     * @param folder need not exist: then the next folder above it counts
     */
    FolderProbe(Path folder) {
        this.folder = folder;
        Path above = folder.toAbsolutePath();
        while (!Files.exists(above, LinkOption.NOFOLLOW_LINKS) && above.getParent() != null) {
            above = above.getParent();
        }
        this.existing = above;
    }

    /** The folder, or the one above it that exists. */
    Path existing() {
        return existing;
    }

    /** Its name with what it is, for people. */
    String shown() {
        return existing.equals(folder) ? folder.toString() : folder + " (in " + existing + ")";
    }

    /** Why no file can be written and locked there; empty where that works. */
    Optional<String> refusal() {
        if (!Files.isDirectory(existing)) {
            return Optional.of(existing + " is not a folder");
        }
        Path file = existing.resolve(".jet-fanout-doctor-" + ProcessHandle.current().pid());
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE)) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
            return unlocked(channel);
        } catch (IOException e) {
            return Optional.of("no file can be written there: " + reason(e));
        }
    }

    private static Optional<String> unlocked(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                lock.release();
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("the file system does not support file locks: " + e.getMessage());
        }
    }

    private static String reason(IOException e) {
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException disk && disk.getReason() != null) {
            return disk.getReason();
        }
        return String.valueOf(e.getMessage());
    }

    /** How many bytes are free for this user; empty where that is unknown. */
    OptionalLong free() {
        try {
            return OptionalLong.of(Files.getFileStore(existing).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** How many files can still be made; empty where the file system has no such limit. */
    OptionalLong inodes(LocalPrograms programs) {
        Optional<String> table = programs.ask("df", "-P", "-i", existing.toString());
        Matcher row = INODES.matcher(table.orElse("").replaceFirst("^.*\\n", ""));
        // a file system that makes them as needed says 0 of 0
        return row.find() && !row.group().matches("\\S+ +0 .*")
                ? OptionalLong.of(Long.parseLong(row.group(1)))
                : OptionalLong.empty();
    }

    /** The name of the folder without links, as the list of mounts has it. */
    String real() {
        try {
            return existing.toRealPath().toString();
        } catch (IOException e) {
            return existing.toString();
        }
    }
}
