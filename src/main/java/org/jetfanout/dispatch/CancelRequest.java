package org.jetfanout.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.record.RunFile;

/**
 * How one process asks another one to cancel a run: a file in the run's folder. Each line names a
 * worker; {@code *} stands for all workers.
 *
 * @param all whether the whole run is to be cancelled
 * @param workers names of the workers whose jobs are to be ended
 */
public record CancelRequest(boolean all, Set<String> workers) {
    private static final String ALL = "*";

    /**
     * Asks the owner of the run to cancel.
     *
     * @param run the run's folder
     * @param worker null for all
     */
    public static void write(Path run, String worker) throws IOException {
        String line = (worker == null ? ALL : worker) + "\n";
        Files.writeString(
                RunFile.CANCEL.in(run), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Everything that was asked for so far. */
    static Optional<CancelRequest> read(Path run) throws IOException {
        try {
            Set<String> workers = Set.copyOf(Files.readAllLines(RunFile.CANCEL.in(run)));
            return Optional.of(new CancelRequest(workers.contains(ALL), workers));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
