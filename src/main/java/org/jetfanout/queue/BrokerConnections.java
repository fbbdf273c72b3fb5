package org.jetfanout.queue;

import jakarta.jms.JMSException;
import java.util.function.Function;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jetfanout.ConfigurationException;

/** Makes connections to an external broker, with its login and its TLS settings. */
public final class BrokerConnections {
    private BrokerConnections() {}

    /**
     * A factory of connections.
     *
     * @param made makes it from a URL
     * @param options of the URL, such as {@code reconnectAttempts=-1}
     */
    public static ActiveMQConnectionFactory factory(
            Broker broker, Function<String, ActiveMQConnectionFactory> made, String options) {
        // the client would look for libraries that are not there, and warn, at each connection
        String usual = "useEpoll=false&useKQueue=false&" + options;
        String all = broker.tls().map(tls -> usual + "&" + BrokerTls.options(tls)).orElse(usual);
        String url = broker.url() + (broker.url().contains("?") ? "&" : "?") + all;
        try {
            ActiveMQConnectionFactory factory = made.apply(url);
            if (!broker.user().isEmpty()) {
                factory.setUser(broker.user());
                factory.setPassword(broker.password());
            }
            return factory;
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    "the broker URL " + broker.url() + " cannot be used: " + e.getMessage());
        }
    }

    /** Connects once, so that a wrong URL or password is found, with its reason. */
    public static void check(Broker broker) {
        try (ActiveMQConnectionFactory once =
                factory(broker, ActiveMQConnectionFactory::new, "initialConnectAttempts=1")) {
            once.createConnection().close();
        } catch (JMSException e) {
            throw new ConfigurationException(
                    "cannot use the broker " + broker + ": " + BrokerTrouble.of(broker, e));
        }
    }
}
