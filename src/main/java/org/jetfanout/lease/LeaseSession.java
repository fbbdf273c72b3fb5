package org.jetfanout.lease;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQQueueExistsException;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.jetfanout.link.ForeignMessageException;
import org.jetfanout.queue.WholeQueues;

/**
 * One connection to the broker with one transaction. A lease is a message that was received in it
 * and not committed: if this process dies, or is silent for 10 s, the broker gives the message to
 * the next who waits for it. Only for one thread; any may ask {@link #hasFailed}.
 */
public final class LeaseSession implements AutoCloseable {
    /** Who is told of all runs browses this queue. */
    private static final String RUNS = LeaseBroker.queue("runs");

    private static final String GUID = "JetGuid";

    /** Random; the messages of an estate that was given up have another one. */
    private static final String ESTATE = "JetEstate";

    private static final Duration TRIED_FOR = Duration.ofMinutes(1);

    /** No message of a lease is longer. */
    private static final int LONGEST_LEASE = 1 << 20;

    private final LeaseBroker broker;
    private final ActiveMQConnection connection;
    private final ActiveMQSession session;

    // Mutable state
    private Optional<MessageConsumer> leases = Optional.empty();
    private volatile boolean failed;
    private Optional<Duration> lifetime = Optional.empty();

    /** Takes what a message holds. */
    interface Taker {
        void take(byte[] bytes) throws IOException, ForeignMessageException;
    }

    LeaseSession(LeaseBroker broker, ActiveMQConnectionFactory factory) throws JMSException {
        this.broker = broker;
        connection = (ActiveMQConnection) factory.createConnection();
        try {
            connection.setExceptionListener(e -> failed = true);
            session = (ActiveMQSession) connection.createSession(true, Session.SESSION_TRANSACTED);
            connection.start();
        } catch (JMSException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Whether the connection has failed. Then its transaction was rolled back. */
    public boolean hasFailed() {
        return failed;
    }

    private static String lease(String guid) {
        return LeaseBroker.queue("run." + guid);
    }

    static String estate(String guid) {
        return LeaseBroker.queue("estate." + guid);
    }

    /**
     * Receives the lease of a run. Whoever waits first gets it first. It is held until {@link
     * #commit}, {@link #rollback} or the end of the connection.
     */
    public Optional<Announcement> receive(String guid, Duration wait) throws JMSException {
        if (leases.isEmpty()) {
            make(lease(guid), true);
            leases = Optional.of(session.createConsumer(session.createQueue(lease(guid))));
        }
        Optional<Announcement> highest = Optional.empty();
        // more than one where the broker lost them and two owners have put one back
        for (Message message = leases.get().receive(wait.toMillis());
                message != null;
                message = leases.get().receiveNoWait()) {
            long end = message.getJMSExpiration();
            lifetime =
                    end == 0
                            ? Optional.empty()
                            : Optional.of(Duration.ofMillis(end - message.getJMSTimestamp()));
            Optional<Announcement> read = read(message, lease(guid));
            if (read.isPresent()
                    && read.get().guid().equals(guid)
                    && (highest.isEmpty() || highest.get().term() < read.get().term())) {
                highest = read;
            }
        }
        return highest;
    }

    /** Puts a lease into its queue, and announces it, in the place of all others of the run. */
    public void put(Announcement lease) throws JMSException {
        make(lease(lease.guid()), true);
        String queue = lease(lease.guid());
        send(queue, lease.guid(), lease.estate(), broker.seal(lease.bytes(), queue));
        withdraw(lease.guid());
        send(RUNS, lease.guid(), lease.estate(), broker.seal(lease.bytes(), RUNS));
    }

    /** Takes back the announcements of a run. */
    public void withdraw(String guid) throws JMSException {
        make(RUNS, false);
        try (MessageConsumer consumer =
                session.createConsumer(session.createQueue(RUNS), GUID + " = '" + guid + "'")) {
            while (consumer.receiveNoWait() != null) {
                // that was one
            }
        }
    }

    /** Removes the estate of a run. It commits. */
    public void dissolve(String guid) throws JMSException {
        remove(guid, "");
    }

    /** Removes the messages of other estates of a run, which were given up. It commits. */
    void removeOthers(String guid, String estate) throws JMSException {
        remove(guid, "%s IS NULL OR %s <> '%s'".formatted(ESTATE, ESTATE, estate));
    }

    private void remove(String guid, String selector) throws JMSException {
        if (!isThere(estate(guid))) {
            return;
        }
        Queue queue = session.createQueue(estate(guid));
        try (MessageConsumer consumer =
                selector.isEmpty()
                        ? session.createConsumer(queue)
                        : session.createConsumer(queue, selector)) {
            while (consumer.receiveNoWait() != null) {
                session.commit();
            }
        }
    }

    /** All that was received and put since the last commit happens at once. */
    public void commit() throws JMSException {
        session.commit();
    }

    /** Nothing of it happens. */
    public void rollback() throws JMSException {
        session.rollback();
    }

    /** All runs that owners have announced. */
    public List<Announcement> announced() throws JMSException {
        return browseRuns("");
    }

    /** The announcement of a run; the highest where there are several. */
    public Optional<Announcement> announced(String guid) throws JMSException {
        Optional<Announcement> highest = Optional.empty();
        for (Announcement next : browseRuns(GUID + " = '" + guid + "'")) {
            if (next.guid().equals(guid)
                    && (highest.isEmpty() || highest.get().term() < next.term())) {
                highest = Optional.of(next);
            }
        }
        return highest;
    }

    private List<Announcement> browseRuns(String selector) throws JMSException {
        List<Announcement> all = new ArrayList<>();
        browse(
                RUNS,
                selector,
                LONGEST_LEASE,
                bytes -> all.add(Announcement.read(broker.open(bytes, RUNS))));
        return all;
    }

    /** How many messages a queue has, with those that a consumer has taken. */
    private long count(String queue) throws JMSException {
        try {
            ClientSession.QueueQuery asked =
                    session.getCoreSession().queueQuery(SimpleString.of(queue));
            return asked.isExists() ? asked.getMessageCount() : 0;
        } catch (ActiveMQException e) {
            throw failure(e);
        }
    }

    private boolean isThere(String queue) throws JMSException {
        try {
            return session.getCoreSession().queueQuery(SimpleString.of(queue)).isExists();
        } catch (ActiveMQException e) {
            throw failure(e);
        }
    }

    /** How many leases of a run there are: held ones, and those that nobody has. */
    public long leases(String guid) throws JMSException {
        return count(lease(guid));
    }

    /** How many messages the estate of a run has. */
    long pieces(String guid) throws JMSException {
        return count(estate(guid));
    }

    /**
     * How long the broker keeps what is put into it, as the last lease that was received tells;
     * empty where it keeps that until somebody takes it, as it should.
     */
    Optional<Duration> lifetime() {
        return lifetime;
    }

    /** Sends a message of an estate. */
    void sendEstate(String guid, String estate, byte[] sealed) throws JMSException {
        make(estate(guid), false);
        send(estate(guid), guid, estate, sealed);
    }

    /**
     * Reads the messages of a queue in their order, and leaves them there. What is longer than it
     * may be, or was not sealed for this place, is left out.
     */
    void browse(String name, String selector, int longest, Taker taker) throws JMSException {
        if (!isThere(name)) {
            return; // a browser would create it
        }
        Queue queue = session.createQueue(name);
        try (QueueBrowser browser =
                selector.isEmpty()
                        ? session.createBrowser(queue)
                        : session.createBrowser(queue, selector)) {
            Enumeration<?> messages = browser.getEnumeration();
            while (messages.hasMoreElements()) {
                try {
                    taker.take(content((Message) messages.nextElement(), longest));
                } catch (IOException | ForeignMessageException e) {
                    broker.drop(name, e);
                }
            }
        }
    }

    private Optional<Announcement> read(Message message, String queue) throws JMSException {
        try {
            return Optional.of(
                    Announcement.read(broker.open(content(message, LONGEST_LEASE), queue)));
        } catch (IOException | ForeignMessageException e) {
            broker.drop(queue, e);
            return Optional.empty();
        }
    }

    private static byte[] content(Message message, int longest) throws JMSException, IOException {
        if (!(message instanceof BytesMessage bytes)) {
            throw new IOException("not one of bytes");
        }
        long length = bytes.getBodyLength();
        if (length > longest) {
            throw new IOException("too long: " + length + " bytes");
        }
        byte[] content = new byte[(int) length];
        int read = bytes.readBytes(content);
        if (read < length && length > 0) {
            throw new IOException("shorter than it says");
        }
        return content;
    }

    /**
     * What becomes of a message that is given back, in a queue beside the lease, which has the same
     * settings.
     *
     * @param longest so long it is waited for
     * @return empty where the broker did not deliver it in the first place
     */
    Optional<Redelivery> tryOut(String guid, Duration longest) throws JMSException {
        String queue = lease(guid) + ".tried";
        make(queue, true);
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            // where it comes too late for us, it ends by itself
            producer.send(
                    session.createBytesMessage(),
                    DeliveryMode.PERSISTENT,
                    Message.DEFAULT_PRIORITY,
                    TRIED_FOR.toMillis());
            session.commit();
        }
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            if (consumer.receive(longest.toMillis()) == null) {
                return Optional.empty();
            }
            session.rollback();
            if (consumer.receive(longest.toMillis()) == null) {
                return Optional.of(count(queue) == 0 ? Redelivery.NEVER : Redelivery.LATE);
            }
            session.commit();
            return Optional.of(Redelivery.SOON);
        }
    }

    private void send(String queue, String guid, String estate, byte[] sealed) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            BytesMessage message = session.createBytesMessage();
            message.setStringProperty(GUID, guid);
            message.setStringProperty(ESTATE, estate);
            message.writeBytes(sealed);
            producer.send(message, DeliveryMode.PERSISTENT, Message.DEFAULT_PRIORITY, 0);
        }
    }

    private void make(String queue, boolean exclusive) throws JMSException {
        if (isThere(queue)) {
            return;
        }
        try {
            session.getCoreSession()
                    .createQueue(
                            WholeQueues.of(queue, RoutingType.ANYCAST)
                                    .setDurable(true)
                                    .setExclusive(exclusive)
                                    .setAutoDelete(true)
                                    .setAutoDeleteDelay(0L)
                                    .setAutoDeleteMessageCount(0L)
                                    .setAutoCreated(true)
                                    .setAutoCreateAddress(true));
        } catch (ActiveMQQueueExistsException e) {
            // another instance was faster
        } catch (ActiveMQException e) {
            throw failure(e);
        }
    }

    private static JMSException failure(ActiveMQException cause) {
        JMSException failure = new JMSException(cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (JMSException e) {
            // it has failed before
        }
    }
}
