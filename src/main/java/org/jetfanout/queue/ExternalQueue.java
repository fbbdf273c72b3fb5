package org.jetfanout.queue;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.client.FailoverEventType;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jetfanout.ConfigurationException;
import org.jetfanout.Durations;
import org.jetfanout.SteadyTime;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An Artemis broker of the user's own, reached by URL. Thread-safe. */
public final class ExternalQueue implements Queue {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalQueue.class);
    private static final Pattern URL = Pattern.compile("\\(?[a-z]+://[^\\s/]");

    private final ActiveMQConnectionFactory sending;
    private final JmsPoolConnectionFactory producers;
    private final ActiveMQConnectionFactory consumers;
    private final String url;

    /**
     * Stays open, to notice when the broker goes and comes. Its listener lives as long as it is
     * held.
     */
    private final ActiveMQConnection watched;

    private final SteadyTime clock = new SteadyTime();

    // Mutable state
    private volatile Instant awaySince;
    private final AtomicBoolean back = new AtomicBoolean();

    /**
     * Connects once, so that a wrong URL or password is found before anything is planned.
     *
     * @param url such as {@code tcp://broker:61616}; options of the Artemis client may follow a
     *     question mark
     * @param user login name, may be empty
     * @param password may be empty
     * @param threads how many consumers run at once
     */
    public ExternalQueue(String url, String user, String password, int threads) {
        this.url = url;
        if (!URL.matcher(url).lookingAt()) {
            throw new ConfigurationException(
                    "the broker URL " + url + " cannot be used: it must be like tcp://host:61616");
        }
        // a broker that restarts is waited for; a dead peer is noticed within 10 s
        String common = "reconnectAttempts=-1&connectionTTL=10000&clientFailureCheckPeriod=3000";
        sending = factory(ActiveMQConnectionFactory::new, with(url, common), user, password);
        consumers =
                factory(
                        ReconnectingConsumers::new,
                        with(
                                url,
                                common
                                        + "&consumerWindowSize=0&useGlobalPools=false&threadPoolMaxSize="
                                        + (threads + 4)),
                        user,
                        password);
        producers = new JmsPoolConnectionFactory();
        producers.setConnectionFactory(sending);
        producers.setMaxConnections(1);
        try (ActiveMQConnectionFactory once =
                factory(
                        ActiveMQConnectionFactory::new,
                        with(url, "initialConnectAttempts=1"),
                        user,
                        password)) {
            once.createConnection().close();
            watched = (ActiveMQConnection) sending.createConnection();
            watched.setFailoverListener(this::heard);
        } catch (JMSException e) {
            close();
            throw new ConfigurationException(
                    "the broker " + url + " cannot be used: " + e.getMessage());
        }
    }

    private static String with(String url, String options) {
        return url + (url.contains("?") ? "&" : "?") + options;
    }

    private static ActiveMQConnectionFactory factory(
            Function<String, ActiveMQConnectionFactory> made,
            String url,
            String user,
            String password) {
        try {
            ActiveMQConnectionFactory factory = made.apply(url);
            if (!user.isEmpty()) {
                factory.setUser(user);
                factory.setPassword(password);
            }
            return factory;
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "the broker URL " + url + " cannot be used: " + e.getMessage());
        }
    }

    private void heard(FailoverEventType event) {
        switch (event) {
            case FAILURE_DETECTED -> {
                awaySince = clock.instant();
                LOG.warn("the broker {} is away: it is waited for", url);
            }
            case FAILOVER_COMPLETED -> {
                back.set(true);
                awaySince = null;
                LOG.info("the broker {} is back", url);
            }
            case FAILOVER_FAILED -> {} // closed meanwhile: it is tried for ever
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
                        "the broker " + url + " has been away for " + Durations.text(lasts)));
    }

    @Override
    public boolean isBack() {
        return back.getAndSet(false);
    }

    @Override
    public ConnectionFactory producers() {
        return producers;
    }

    @Override
    public ConnectionFactory consumers() {
        return consumers;
    }

    @Override
    public void close() {
        producers.stop();
        sending.close();
        consumers.close();
    }
}
