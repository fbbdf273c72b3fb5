package org.jetfanout.link;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQNonExistentQueueException;
import org.apache.activemq.artemis.api.core.ActiveMQNotConnectedException;
import org.apache.activemq.artemis.api.core.ActiveMQQueueExistsException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.SessionFailureListener;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;
import org.jetfanout.machine.Daemons;
import org.jetfanout.queue.Broker;
import org.jetfanout.queue.BrokerConnections;
import org.jetfanout.queue.WholeQueues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the broker, with a queue for messages to this instance and one for what others
 * tell all. Both queues end with it. It does not reconnect. Thread-safe.
 */
final class LinkConnection {
    /** The address of what an instance tells all. */
    static final String ALL = "jet-fanout.all";

    /** Any message of output fits without being a large message, which is a file of the broker. */
    private static final String OPTIONS =
            "&minLargeMessageSize=262144&producerWindowSize=1048576&blockOnNonDurableSend=false&threadPoolMaxSize=64"
                    + "&scheduledThreadPoolMaxSize=2";

    private static final Logger LOG = LoggerFactory.getLogger(LinkConnection.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Broker broker;
    private final String address;
    private final ActiveMQConnectionFactory factory;
    private final ClientSessionFactory sessions;
    private final ClientConsumer direct;
    private final ClientConsumer broadcasts;
    private final Map<String, Outgoing> outgoing = new ConcurrentHashMap<>();

    /**
     * Connects.
     *
     * @param address of this instance, at this connection
     * @param toMe takes the messages to this instance, by one thread
     * @param toAll takes what others tell all, by another thread
     */
    LinkConnection(
            Broker broker,
            String address,
            Consumer<ClientMessage> toMe,
            Consumer<ClientMessage> toAll)
            throws Exception {
        this.broker = broker;
        this.address = address;
        factory =
                BrokerConnections.factory(
                        broker,
                        ActiveMQConnectionFactory::new,
                        Patience.of(broker).linkOptions() + OPTIONS);
        try {
            sessions = factory.getServerLocator().createSessionFactory();
            direct = consumer(own(address, address, RoutingType.ANYCAST), toMe);
            broadcasts = consumer(own(ALL, address + ".all", RoutingType.MULTICAST), toAll);
        } catch (Exception e) {
            factory.close();
            throw e;
        }
    }

    private static QueueConfiguration own(String address, String name, RoutingType type) {
        return WholeQueues.of(name, type).setAddress(address).setDurable(false).setTemporary(true);
    }

    private ClientConsumer consumer(QueueConfiguration queue, Consumer<ClientMessage> taker)
            throws ActiveMQException {
        ClientSession session = session();
        session.createQueue(queue);
        ClientConsumer consumer = session.createConsumer(queue.getName());
        consumer.setMessageHandler(taker::accept);
        session.start();
        return consumer;
    }

    /** Opens a session. A message is acknowledged before it is delivered. */
    private ClientSession session() throws ActiveMQException {
        boolean login = !broker.user().isEmpty();
        return sessions.createSession(
                login ? broker.user() : null,
                login ? broker.password() : null,
                false,
                true,
                true,
                true,
                0);
    }

    /** Tells once, on any thread, that the connection is lost. */
    void onFailure(Runnable told) throws ActiveMQException {
        session()
                .addFailureListener(
                        new SessionFailureListener() {
                            @Override
                            public void connectionFailed(ActiveMQException why, boolean over) {
                                told.run();
                            }

                            @Override
                            public void connectionFailed(
                                    ActiveMQException why, boolean over, String node) {
                                told.run();
                            }

                            @Override
                            public void beforeReconnect(ActiveMQException why) {
                                // it does not reconnect
                            }
                        });
    }

    String address() {
        return address;
    }

    /** Whether both queues still exist, as far as the broker has said. */
    boolean isWhole() {
        return !direct.isClosed() && !broadcasts.isClosed();
    }

    /** The way to an instance. */
    Outgoing toInstance(String to) {
        return outgoing(
                to,
                session -> {
                    if (!session.queueQuery(SimpleString.of(to)).isExists()) {
                        throw new ActiveMQNonExistentQueueException(to);
                    }
                });
    }

    /** The way to a zone. */
    Outgoing toZone(String queue) {
        return outgoing(queue, session -> makeZone(session, queue));
    }

    /** The way to all. */
    Outgoing toAll() {
        return outgoing(ALL, session -> {});
    }

    private Outgoing outgoing(String to, Outgoing.QueueCheck check) {
        return outgoing.computeIfAbsent(to, none -> new Outgoing(to, this::session, check));
    }

    /** A started session to take from a zone. */
    ClientSession zone(String queue) throws ActiveMQException {
        ClientSession session = session();
        try {
            makeZone(session, queue);
            session.start();
            return session;
        } catch (ActiveMQException e) {
            session.close();
            throw e;
        }
    }

    private static void makeZone(ClientSession session, String queue) throws ActiveMQException {
        if (session.queueQuery(SimpleString.of(queue)).isExists()) {
            return;
        }
        try {
            // nothing piles up where nobody takes it
            session.createQueue(
                    WholeQueues.of(queue, RoutingType.ANYCAST)
                            .setDurable(false)
                            .setPurgeOnNoConsumers(true));
        } catch (ActiveMQQueueExistsException e) {
            // another instance was faster
        }
    }

    /** Nobody is at an address any more. Whoever sends there and waits gets an exception. */
    void forget(String to) {
        Outgoing gone = outgoing.remove(to);
        if (gone != null) {
            gone.close();
        }
    }

    /** Closes what nobody has used for some time. */
    void tidy() {
        outgoing.forEach(
                (to, one) -> {
                    if (one.isIdle(IDLE_NANOS) && outgoing.remove(to, one)) {
                        one.close();
                    }
                });
    }

    /**
     * Gives up ways on which the broker has taken no message for some time: whoever sends there
     * gets an exception, and who sends next begins anew.
     */
    void giveUpStuck(Duration longest) {
        outgoing.forEach(
                (to, one) -> {
                    if (one.isStuck(longest) && outgoing.remove(to, one)) {
                        LOG.warn(
                                "the broker {} has taken no message to {} for {}: it, or its disk,"
                                        + " may be full",
                                broker,
                                to,
                                longest.toSeconds() + " s");
                        Daemons.start("link gives up", one::close); // that may wait, too
                    }
                });
    }

    /** Ends what waits for an answer of the broker. */
    void fail() {
        RemotingConnection socket = sessions.getConnection();
        if (socket != null) {
            socket.fail(new ActiveMQNotConnectedException("the broker is silent"));
        }
    }

    void close() {
        sessions.close();
        factory.close();
    }
}
