package org.jetfanout.service;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;

/**
 * Says that this process is the service of its user: a second one would resume the same runs. It
 * ends with the process, however that ends.
 */
final class StateLock implements AutoCloseable {
    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @param state the folder that only one service writes
     */
    static StateLock take(Path state) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        state.resolve("lock"),
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PrivateFiles.FILE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new StateLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // of this process; reported below
        }
        channel.close();
        throw new ConfigurationException(
                "another jet-fanout serve has the state folder "
                        + state
                        + ": each needs one of its own ($XDG_STATE_HOME)");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // the lock ends with the process
        }
    }
}
