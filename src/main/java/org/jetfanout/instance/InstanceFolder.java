package org.jetfanout.instance;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.HostName;
import org.jetfanout.machine.PrivateFiles;

/**
 * What an instance has on its machine: a name that no other one of the same user has there, and the
 * folder of its log.
 */
public final class InstanceFolder implements AutoCloseable {
    /** What a name must be, as a text that continues after the name of the option. */
    public static final String RULE =
            "must be a short word (letters, digits, . _ -, at most 63, beginning with a letter or"
                    + " digit)";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int MOST = 1000;

    private final String name;
    private final Path folder;

    /** Held as long as the instance lives. */
    private final FileChannel lock;

    private InstanceFolder(String name, Path folder, FileChannel lock) {
        this.name = name;
        this.folder = folder;
        this.lock = lock;
    }

    /** Whether a text can be the name of an instance. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * Takes a name.
     *
     * @param folder of all instances of the user; created where it is missing
     * @param wanted the name; empty for that of the machine, with a number where others have it
     */
    public static InstanceFolder take(Path folder, Optional<String> wanted) {
        if (wanted.isPresent()) {
            return taken(folder, wanted.get())
                    .orElseThrow(
                            () ->
                                    new ConfigurationException(
                                            "an instance named "
                                                    + wanted.get()
                                                    + " runs on this machine already: give"
                                                    + " another --name"));
        }
        String machine = HostName.get();
        for (int number = 1; number < MOST; number++) {
            Optional<InstanceFolder> taken =
                    taken(folder, number == 1 ? machine : machine + "-" + number);
            if (taken.isPresent()) {
                return taken.get();
            }
        }
        throw new ConfigurationException("no free name for an instance: give one with --name");
    }

    private static Optional<InstanceFolder> taken(Path folder, String name) {
        Path own = folder.resolve(name);
        FileChannel channel = null;
        try {
            Files.createDirectories(own, PrivateFiles.FOLDER);
            channel =
                    FileChannel.open(
                            own.resolve("lock"),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PrivateFiles.FILE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new InstanceFolder(name, own, channel));
            }
            channel.close();
            return Optional.empty();
        } catch (OverlappingFileLockException e) {
            close(channel);
            return Optional.empty();
        } catch (IOException e) {
            close(channel);
            throw new ConfigurationException(
                    "cannot use " + own + " for the log of this instance: " + e.getMessage());
        }
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // nothing was written
        }
    }

    /** The name of the instance. */
    public String name() {
        return name;
    }

    /** Where its log goes. */
    public Path log() {
        return folder.resolve("jet-fanout.log");
    }

    /** Gives the name back. */
    @Override
    public void close() {
        close(lock);
    }
}
