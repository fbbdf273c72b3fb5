package org.jetfanout.queue;

import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;

/** A queue of an Artemis broker, embedded or external. Thread-safe. */
abstract class ArtemisQueue implements Queue {
    private final ActiveMQConnectionFactory sending;
    private final ActiveMQConnectionFactory consumers;
    private final JmsPoolConnectionFactory producers = new JmsPoolConnectionFactory();

    /**
     * @param sending the factory of connections that send; the pool takes its connections from it
     * @param consumers the factory of connections that receive, with the {@link #consumerOptions}
     */
    ArtemisQueue(ActiveMQConnectionFactory sending, ActiveMQConnectionFactory consumers) {
        this.sending = sending;
        this.consumers = consumers;
        // message bodies are text; an object in a message is never deserialized
        sending.setDeserializationDenyList("*");
        consumers.setDeserializationDenyList("*");
        producers.setConnectionFactory(sending);
        producers.setMaxConnections(1);
    }

    /**
     * The options of a consumers' URL. They give the consumers thread pools of their own, because
     * the clients of one process otherwise share a pool of 8 threads a core, which would limit the
     * consumers.
     *
     * @param threads how many consumers run at once
     */
    static String consumerOptions(int threads) {
        return "consumerWindowSize=0&useGlobalPools=false&threadPoolMaxSize=" + poolSize(threads);
    }

    /** How many threads the pool of so many consumers needs. */
    static int poolSize(int threads) {
        return threads + 4;
    }

    /** The factory of connections that are not in the pool. */
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
