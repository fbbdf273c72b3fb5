package org.jetfanout.queue;

import jakarta.jms.JMSException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.artemis.api.core.client.FailoverEventType;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.SteadyTime;
import org.jetfanout.text.Durations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The user's own Artemis broker, reached by its URL. Thread-safe. */
public final class ExternalQueue extends ArtemisQueue {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalQueue.class);

    /** A broker that restarts is waited for; a dead peer is noticed within 10 s. */
    private static final String WAITING =
            "reconnectAttempts=-1&connectionTTL=10000&clientFailureCheckPeriod=3000";

    private final String url;

    /**
     * A connection that stays open to notice when the broker goes down and comes back. Its listener
     * lives as long as this reference.
     */
    private final ActiveMQConnection watched;

    private final ActiveMQConnectionFactory watching;

    private final SteadyTime clock = new SteadyTime();

    // Mutable state
    private volatile Instant awaySince;
    private final AtomicBoolean back = new AtomicBoolean();

    /**
     * Connects, so that a wrong URL or password is found before planning begins.
     *
     * @param threads how many consumers run at once
     */
    public ExternalQueue(Broker broker, int threads) {
        super(
                BrokerConnections.factory(broker, ActiveMQConnectionFactory::new, WAITING),
                BrokerConnections.factory(
                        broker,
                        ReconnectingConsumers::new,
                        WAITING + "&" + consumerOptions(threads)));
        url = broker.url();
        watching =
                BrokerConnections.factory(
                        broker,
                        ActiveMQConnectionFactory::new,
                        WAITING + "&initialConnectAttempts=1");
        watching.setDeserializationDenyList("*");
        try {
            watched = (ActiveMQConnection) watching.createConnection();
            watched.setFailoverListener(this::heard);
            watched.start();
        } catch (JMSException e) {
            close();
            throw new ConfigurationException(
                    "cannot use the broker " + url + ": " + BrokerTrouble.of(broker, e));
        }
    }

    private void heard(FailoverEventType event) {
        switch (event) {
            case FAILURE_DETECTED -> {
                awaySince = clock.instant();
                LOG.warn("the broker {} is down: waiting for it", url);
            }
            case FAILOVER_COMPLETED -> {
                back.set(true);
                awaySince = null;
                LOG.info("the broker {} is up again", url);
            }
            case FAILOVER_FAILED -> {} // closed meanwhile; otherwise it retries for ever
        }
    }

    @Override
    public Optional<Outage> outage() {
        Instant since = awaySince;
        if (since == null) {
            return Optional.empty();
        }
        Duration lasts = Duration.between(since, clock.instant());
        return Optional.of(
                new Outage(
                        lasts,
                        "the broker " + url + " has been down for " + Durations.text(lasts)));
    }

    @Override
    public boolean isBack() {
        return back.getAndSet(false);
    }

    @Override
    public void close() {
        super.close();
        watching.close();
    }

    @Override
    public QueueContents contents(String queue) throws JMSException {
        return QueueContents.of(watched, queue);
    }
}
