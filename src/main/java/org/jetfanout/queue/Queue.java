package org.jetfanout.queue;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The message queue of a run, whether its broker is embedded or external. Thread-safe.
 *
 * <p>Producers and consumers have different connection factories. camel-sjms2 opens a connection
 * for every message that it sends, so the producers' factory is a pool. Consumers keep their
 * connections for the whole run and must not take them from a pool.
 */
public interface Queue extends AutoCloseable {
    /** The factory of connections that send. */
    ConnectionFactory producers();

    /**
     * The factory of connections that receive. Each takes one message at a time, so that no
     * consumer hoards messages.
     */
    ConnectionFactory consumers();

    /**
     * Sets whom to tell when the broker has ended by itself and will not come back. The callback
     * gets the reason in one line, once, on any thread. An external broker may come back: see
     * {@link #outage}.
     */
    default void onFailure(Consumer<String> told) {}

    /**
     * Whether the broker is a part of this process. Then it is never away: where it is slow, this
     * machine is, and where it fails, {@link #onFailure} says so.
     */
    default boolean isOfThisProcess() {
        return false;
    }

    /** The outage, while the broker cannot be reached; otherwise empty. */
    default Optional<Outage> outage() {
        return Optional.empty();
    }

    /**
     * Whether the broker was down and has come back since the last call: its messages may be lost.
     */
    default boolean isBack() {
        return false;
    }

    /**
     * The messages that wait in a queue for a consumer. It may wait for the broker.
     *
     * @param queue its name
     */
    QueueContents contents(String queue) throws JMSException;

    /**
     * A time in which the broker cannot be reached.
     *
     * @param lasts its length so far
     * @param text the outage in one line
     */
    record Outage(Duration lasts, String text) {}

    @Override
    void close();
}
