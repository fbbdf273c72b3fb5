package org.jetfanout.ssh;

import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The output of a running command, as it arrives. One thread reads it; any thread may call the
 * other methods.
 */
public interface CommandStream extends Iterator<Chunk>, AutoCloseable {
    /** Waits for output; false at the end. */
    @Override
    boolean hasNext();

    /** The command's exit status, after the end. Empty where it is unknown. */
    OptionalInt exitStatus();

    /** Why it is unknown how the command ended, after the end; otherwise empty. */
    Optional<? extends Exception> loss();

    /**
     * Stops reading, because the command has said all and ends by itself. Where it does not, it is
     * as if closed soon.
     */
    default void finish() {
        close();
    }

    /** Stops reading. A thread that waits for output comes to the end. The command may continue. */
    @Override
    void close();
}
