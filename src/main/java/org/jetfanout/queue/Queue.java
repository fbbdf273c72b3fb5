package org.jetfanout.queue;

import jakarta.jms.ConnectionFactory;
import java.util.function.Consumer;

/**
 * The message queue of a run, wherever its broker is. Thread-safe.
 *
 * <p>Producers and consumers have connection factories of their own: camel-sjms2 opens a connection
 * for every message it sends, so the producers' one is a pool; consumers hold theirs for as long as
 * the run lasts and must not.
 */
public interface Queue extends AutoCloseable {
    /** Connections to send with. */
    ConnectionFactory producers();

    /** Connections to receive with: one message at a time each, so that no consumer hoards. */
    ConnectionFactory consumers();

    /**
     * Calls once when the broker has ended by itself and will not come back, with the reason in one
     * line; on any thread. An external broker may come back, and is waited for.
     */
    default void onFailure(Consumer<String> told) {}

    @Override
    void close();
}
