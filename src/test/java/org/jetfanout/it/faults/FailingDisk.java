package org.jetfanout.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jetfanout.testkit.Programs;

/**
 * A file system of its own (ext4, in a file) that turns read-only in the middle of everything, as
 * one whose disk fails: no {@code mount -o remount,ro} can do that while files are open for
 * writing. Needs root and loop devices.
 */
final class FailingDisk implements AutoCloseable {
    private static final int MEBIBYTES = 64;

    private final Path image;
    private final Path folder;

    private FailingDisk(Path image, Path folder) {
        this.image = image;
        this.folder = folder;
    }

    /**
     * Mounts a new one.
     *
     * @param image file that holds it
     * @param folder where it is mounted; made where missing
     */
    static FailingDisk mount(Path image, Path folder) throws IOException {
        Programs.ok("truncate", "-s", MEBIBYTES + "M", image.toString());
        Programs.ok("mkfs.ext4", "-q", "-F", image.toString());
        FailingDisk disk = new FailingDisk(image, Files.createDirectories(folder));
        disk.mount();
        return disk;
    }

    private void mount() {
        Programs.ok("mount", "-o", "loop,errors=remount-ro", image.toString(), folder.toString());
    }

    /** Writes out all that is in memory: what a disk that fails later has. */
    void sync() {
        Programs.ok("sync", "-f", folder.toString());
    }

    /** An error, as the kernel meets them: no file can be written from now on. */
    void fail() throws IOException {
        String device = Programs.ok("findmnt", "-n", "-o", "SOURCE", folder.toString()).strip();
        // never that of the machine
        if (!device.matches("/dev/loop\\d+")) {
            throw new IllegalStateException("not a loop device: " + device);
        }
        Path trigger =
                Path.of("/sys/fs/ext4", device.substring("/dev/".length()), "trigger_fs_error");
        Files.writeString(trigger, "1");
    }

    /** Takes it away, repairs it and mounts it again; what was not written out is gone. */
    void repair() {
        Programs.ok("umount", folder.toString());
        // 1: it has repaired something
        Programs.Result repaired = Programs.run(Map.of(), "e2fsck", "-f", "-y", image.toString());
        if (repaired.exit() > 1) {
            throw new IllegalStateException("e2fsck: " + repaired.output());
        }
        mount();
    }

    @Override
    public void close() {
        Programs.run(Map.of(), "umount", "-l", folder.toString());
    }
}
