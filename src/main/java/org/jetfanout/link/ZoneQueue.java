package org.jetfanout.link;

import java.time.Duration;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQInterruptedException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;

/** The messages to a zone. Each goes to one of those who take from it. For one thread at a time. */
public final class ZoneQueue implements AutoCloseable {
    /** Between tries, where the broker lets nobody take from the queue. */
    private static final long PAUSE_MILLIS = 500;

    private final Link link;
    private final String zone;

    // Mutable state
    private LinkConnection connection;
    private ClientSession session;
    private ClientConsumer consumer;

    ZoneQueue(Link link, String zone) {
        this.link = link;
        this.zone = zone;
    }

    /**
     * Takes the next message. It is then gone from the queue, whatever becomes of it. While the
     * broker is away there are none.
     *
     * @param longest how long to wait for it
     */
    public Optional<Received> take(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        do {
            long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            Optional<LinkConnection> now = link.connection(left);
            if (now.isEmpty()) {
                return Optional.empty();
            }
            try {
                if (now.get() != connection || consumer.isClosed()) {
                    close();
                    open(now.get());
                }
                left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
                ClientMessage message = consumer.receive(left);
                if (message != null) {
                    Optional<Received> received = link.fromZone(zone, message);
                    if (received.isPresent()) {
                        return received;
                    }
                }
            } catch (ActiveMQInterruptedException e) {
                throw interrupted(e);
            } catch (ActiveMQException e) {
                Thread.sleep(Math.min(left, PAUSE_MILLIS));
            }
        } while (System.nanoTime() < end);
        return Optional.empty();
    }

    private void open(LinkConnection now) throws ActiveMQException {
        String queue = link.zoneQueue(zone);
        session = now.zone(queue);
        // one message at a time, so that nobody hoards what another could begin
        consumer = session.createConsumer(SimpleString.of(queue), null, 0, -1, false);
        connection = now;
    }

    private static InterruptedException interrupted(Throwable cause) {
        InterruptedException interrupted = new InterruptedException();
        interrupted.initCause(cause);
        return interrupted;
    }

    /** Takes no more. A message that is not taken yet goes to another. */
    @Override
    public void close() {
        if (session != null) {
            try {
                session.close();
            } catch (ActiveMQException e) {
                // the connection is gone, and everything with it
            }
        }
        connection = null;
        session = null;
        consumer = null;
    }
}
