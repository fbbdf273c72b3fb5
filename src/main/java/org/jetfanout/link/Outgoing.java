package org.jetfanout.link;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.ActiveMQInterruptedException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientProducer;
import org.apache.activemq.artemis.api.core.client.ClientSession;

/**
 * Sends to one address, in order. It has a session of its own, so that an address whose receiver is
 * slow holds up nobody else. Thread-safe.
 */
final class Outgoing implements AutoCloseable {
    /** A queue that is gone is noticed after this time. */
    private static final long CHECKED_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Makes the sealed bytes, when it is this message's turn. */
    @FunctionalInterface
    interface Sealing {
        byte[] sealed() throws LinkException;
    }

    /** Opens a session. */
    @FunctionalInterface
    interface SessionOpening {
        ClientSession open() throws ActiveMQException;
    }

    /** Makes sure that the address has a queue. */
    @FunctionalInterface
    interface QueueCheck {
        void check(ClientSession session) throws ActiveMQException;
    }

    private final SimpleString address;
    private final SessionOpening opening;
    private final QueueCheck queue;
    private final ReentrantLock turn = new ReentrantLock(true);

    // Mutable state
    private volatile ClientSession session;
    private volatile ClientProducer producer;
    private volatile long used = System.nanoTime();

    /** Since when a message waits for the broker. */
    private volatile Optional<Long> sending = Optional.empty();

    private long checked;
    private volatile boolean closed;

    /**
     * Connects when the first message is sent.
     *
     * @param opening of a session of this object alone
     * @param queue called once a second while messages are sent
     */
    Outgoing(String address, SessionOpening opening, QueueCheck queue) {
        this.address = SimpleString.of(address);
        this.opening = opening;
        this.queue = queue;
    }

    /** Sends a message. Waits while the broker is full. */
    void send(Sealing sealing) throws LinkException {
        turn.lock();
        try {
            sending = Optional.of(System.nanoTime());
            ready();
            ClientMessage message = session.createMessage(Message.BYTES_TYPE, false);
            message.getBodyBuffer().writeBytes(sealing.sealed());
            producer.send(message);
            if (closed) {
                throw gone(); // whoever waited for the broker was let go, with the message
            }
        } catch (ActiveMQInterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted while a message was sent");
        } catch (ActiveMQException e) {
            throw failure(e);
        } finally {
            used = System.nanoTime();
            sending = Optional.empty();
            turn.unlock();
        }
    }

    /** How many messages wait for a receiver. */
    long waiting() throws LinkException {
        turn.lock();
        try {
            ready();
            return session.queueQuery(address).getMessageCount();
        } catch (ActiveMQInterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted while a message was sent");
        } catch (ActiveMQException e) {
            throw failure(e);
        } finally {
            turn.unlock();
        }
    }

    private void ready() throws ActiveMQException {
        used = System.nanoTime();
        boolean first = session == null;
        if (first) {
            session = opening.open();
            producer = session.createProducer(address);
            if (closed) {
                close();
            }
        }
        if (first || used - checked > CHECKED_NANOS) {
            queue.check(session);
            checked = used;
        }
    }

    private LinkException failure(ActiveMQException e) {
        if (e.getType() == ActiveMQExceptionType.QUEUE_DOES_NOT_EXIST) {
            return new LinkException("nobody is at " + address + " any more");
        }
        if (closed || (session != null && session.isClosed())) {
            return gone();
        }
        return new LinkException("the broker does not take a message: " + e.getMessage());
    }

    private static LinkException gone() {
        return new LinkException(
                "the link is closed, its peer is gone, or the broker takes nothing");
    }

    /** Whether nobody has sent for some time, and nobody does now. */
    boolean isIdle(long nanos) {
        return System.nanoTime() - used > nanos && !turn.isLocked();
    }

    /** Whether a message has waited for the broker for longer than this. */
    boolean isStuck(Duration longest) {
        return sending.filter(since -> System.nanoTime() - since > longest.toNanos()).isPresent();
    }

    /** A send that waits for the broker fails. */
    @Override
    public void close() {
        closed = true;
        // a sender that waits has the turn, so this cannot wait for it
        ClientProducer sender = producer;
        ClientSession open = session;
        try {
            if (sender != null) {
                sender.close();
            }
            if (open != null) {
                open.close();
            }
        } catch (ActiveMQException e) {
            // the connection is gone, and everything with it
        }
    }
}
