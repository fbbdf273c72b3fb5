package org.jetfanout.queue;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.Optional;
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
     * line; on any thread. An external broker may come back: {@link #outage}.
     */
    default void onFailure(Consumer<String> told) {}

    /** Since when the broker cannot be reached; empty while it can. */
    default Optional<Outage> outage() {
        return Optional.empty();
    }

    /**
     * Whether the broker was away and is back since this was asked last: what it had may be lost.
     */
    default boolean isBack() {
        return false;
    }

    /**
     * What waits in a queue for a consumer; may wait for the broker.
     *
     * @param queue its name
     */
    QueueContents contents(String queue) throws JMSException;

    /**
     * A broker that cannot be reached.
     *
     * @param lasts for how long now
     * @param text in one line
     */
    record Outage(Duration lasts, String text) {}

    @Override
    void close();
}
