package org.jetfanout.lease;

import jakarta.jms.JMSException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jetfanout.link.ForeignMessageException;
import org.jetfanout.link.Patience;
import org.jetfanout.link.SharedKey;
import org.jetfanout.queue.Broker;
import org.jetfanout.queue.BrokerConnections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker with the leases and estates of runs, and the key that seals them. Thread-safe. */
public final class LeaseBroker implements AutoCloseable {
    /** Of the form of what is stored: instances with another form do not see it. */
    private static final int VERSION = 1;

    private static final Logger LOG = LoggerFactory.getLogger(LeaseBroker.class);
    private static final int MOST_LINES = 10;

    private static final String OPTIONS = "&scheduledThreadPoolMaxSize=1&threadPoolMaxSize=64";

    private final SharedKey key;
    private final Patience patience;
    private final ActiveMQConnectionFactory leases;
    private final ActiveMQConnectionFactory browsers;

    // Mutable state
    private final AtomicInteger foreign = new AtomicInteger();

    /** The broker and its key. It connects later. */
    public LeaseBroker(Broker broker, SharedKey key) {
        this.key = key;
        this.patience = Patience.of(broker);
        String options = patience.durableOptions() + OPTIONS;
        this.leases = factory(broker, options + "&consumerWindowSize=0");
        this.browsers = factory(broker, options);
    }

    private static ActiveMQConnectionFactory factory(Broker broker, String options) {
        ActiveMQConnectionFactory factory =
                BrokerConnections.factory(broker, ActiveMQConnectionFactory::new, options);
        factory.setDeserializationDenyList("*");
        return factory;
    }

    /** How long instances wait for each other. */
    public Patience patience() {
        return patience;
    }

    /** Opens a session that takes one message at a time. */
    public LeaseSession open() throws JMSException {
        return new LeaseSession(this, leases);
    }

    /** Opens a session that only reads many messages. */
    LeaseSession openToBrowse() throws JMSException {
        return new LeaseSession(this, browsers);
    }

    byte[] seal(byte[] plain, String place) {
        return key.seal(plain, context(place));
    }

    /** Opens what an instance has sealed for this place. */
    byte[] open(byte[] sealed, String place) throws ForeignMessageException {
        return key.open(sealed, context(place));
    }

    private static byte[] context(String place) {
        return (VERSION + " " + place).getBytes(StandardCharsets.UTF_8);
    }

    /** The queue of this name, which names the version. */
    static String queue(String name) {
        return "jet-fanout." + name;
    }

    /** Counts a message that no instance can have sent. The first ones are logged. */
    void drop(String queue, Exception why) {
        int count = foreign.incrementAndGet();
        if (count <= MOST_LINES) {
            LOG.warn(
                    "ignored in queue {}: a message that is {}{}",
                    queue,
                    why.getMessage(),
                    count == MOST_LINES ? "; further messages of this kind are not logged" : "");
        }
    }

    @Override
    public void close() {
        leases.close();
        browsers.close();
    }
}
