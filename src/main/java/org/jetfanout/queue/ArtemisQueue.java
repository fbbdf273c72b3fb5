package org.jetfanout.queue;

import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;

/** How an Artemis broker is connected to, wherever it is. Thread-safe. */
abstract class ArtemisQueue implements Queue {
    private final ActiveMQConnectionFactory sending;
    private final ActiveMQConnectionFactory consumers;
    private final JmsPoolConnectionFactory producers = new JmsPoolConnectionFactory();

    /**
     * @param consumers with {@link #consumerOptions}
     */
    ArtemisQueue(ActiveMQConnectionFactory sending, ActiveMQConnectionFactory consumers) {
        this.sending = sending;
        this.consumers = consumers;
        // bodies are text; an object in one is never made, whoever asks for it
        sending.setDeserializationDenyList("*");
        consumers.setDeserializationDenyList("*");
        producers.setConnectionFactory(sending);
        producers.setMaxConnections(1);
    }

    /**
     * Clients of one process share a pool of 8 threads a core, which would bound the consumers: own
     * pools.
     *
     * @param threads how many consumers run at once
     */
    static String consumerOptions(int threads) {
        return "consumerWindowSize=0&useGlobalPools=false&threadPoolMaxSize=" + (threads + 4);
    }

    /** Connections that are not of the pool. */
    final ActiveMQConnectionFactory sending() {
        return sending;
    }

    @Override
    public final ConnectionFactory producers() {
        return producers;
    }

    @Override
    public final ConnectionFactory consumers() {
        return consumers;
    }

    @Override
    public void close() {
        producers.stop();
        sending.close();
        consumers.close();
    }
}
