package org.jetfanout.ssh;

import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The output of a command that runs somewhere, as it comes. One thread pulls; the other methods may
 * be called by any thread.
 */
public interface CommandStream extends Iterator<Chunk>, AutoCloseable {
    /** Waits for output; false at the end. */
    @Override
    boolean hasNext();

    /** The command's exit status, after the end. Empty where it is not known. */
    OptionalInt exitStatus();

    /** Why it is not known how the command ended, after the end; empty where it is known. */
    Optional<? extends Exception> loss();

    /**
     * Stops listening; a thread that waits for output comes to the end. The command may live on.
     */
    @Override
    void close();
}
