package org.jetfanout.link;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
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

    /** Makes the queue at the address. */
    @FunctionalInterface
    interface QueueMaking {
        void make(ClientSession session) throws ActiveMQException;
    }

    private final SimpleString address;
    private final ClientSession session;
    private final ClientProducer producer;
    private final QueueMaking missing;
    private final ReentrantLock turn = new ReentrantLock(true);

    // Mutable state
    private volatile long used = System.nanoTime();
    private long checked;
    private boolean asked;
    private volatile boolean closed;

    /**
     * Opens a producer.
     *
     * @param session of this object alone
     * @param missing called where the address has no queue
     */
    Outgoing(String address, ClientSession session, QueueMaking missing) throws ActiveMQException {
        this.address = SimpleString.of(address);
        this.session = session;
        this.missing = missing;
        producer = session.createProducer(this.address);
    }

    /** Sends a message. Waits while the broker is full. */
    void send(Sealing sealing) throws LinkException {
        turn.lock();
        try {
            used = System.nanoTime();
            check();
            ClientMessage message = session.createMessage(Message.BYTES_TYPE, false);
            message.getBodyBuffer().writeBytes(sealing.sealed());
            producer.send(message);
        } catch (ActiveMQException e) {
            throw failure(e);
        } finally {
            used = System.nanoTime();
            turn.unlock();
        }
    }

    /** How many messages wait for a receiver. */
    long waiting() throws LinkException {
        turn.lock();
        try {
            return session.queueQuery(address).getMessageCount();
        } catch (ActiveMQException e) {
            throw failure(e);
        } finally {
            turn.unlock();
        }
    }

    private void check() throws ActiveMQException {
        if (!asked || used - checked > CHECKED_NANOS) {
            if (!session.queueQuery(address).isExists()) {
                missing.make(session);
            }
            asked = true;
            checked = used;
        }
    }

    private LinkException failure(ActiveMQException e) {
        if (e.getType() == ActiveMQExceptionType.QUEUE_DOES_NOT_EXIST) {
            return new LinkException("nobody is at " + address + " any more");
        }
        if (closed || session.isClosed()) {
            return new LinkException("the link is closed, or its peer is gone");
        }
        return new LinkException("the broker does not take a message: " + e.getMessage());
    }

    /** Whether nobody has sent for some time, and nobody does now. */
    boolean isIdle(long nanos) {
        return System.nanoTime() - used > nanos && !turn.isLocked();
    }

    boolean isClosed() {
        return closed;
    }

    /** A send that waits for the broker fails. */
    @Override
    public void close() {
        closed = true;
        try {
            producer.close();
            session.close();
        } catch (ActiveMQException e) {
            // the connection is gone, and everything with it
        }
    }
}
