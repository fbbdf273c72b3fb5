package org.jetfanout.queue;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jetfanout.machine.AsyncResource;
import org.jetfanout.machine.Daemons;

/**
 * A queue that opens while other work goes on. Starting a broker takes a third of the time that a
 * run needs before it sends its first byte. A connection that is requested earlier waits until the
 * queue is open. Thread-safe.
 */
public final class OpeningQueue implements Queue {
    private final AsyncResource<Queue> opening;

    // Mutable state
    private volatile boolean abandoned;

    /**
     * Starts to open the queue.
     *
     * @param queue opens it, in a thread of its own
     */
    public OpeningQueue(Callable<Queue> queue) {
        opening = new AsyncResource<>("queue", queue);
    }

    /** Waits until the queue is open. It throws what opening it threw. */
    public void await() {
        opening.await();
    }

    @Override
    public ConnectionFactory producers() {
        return new Late(Queue::producers);
    }

    @Override
    public ConnectionFactory consumers() {
        return new Late(Queue::consumers);
    }

    @Override
    public void onFailure(Consumer<String> told) {
        opening.await().onFailure(told);
    }

    @Override
    public boolean isOfThisProcess() {
        return opening.await().isOfThisProcess();
    }

    @Override
    public Optional<Outage> outage() {
        return opening.await().outage();
    }

    @Override
    public boolean isBack() {
        return opening.await().isBack();
    }

    @Override
    public QueueContents contents(String queue) throws JMSException {
        return opening.await().contents(queue);
    }

    /** Makes {@link #close} wait for nothing: the broker is down or has ended. */
    public void abandon() {
        abandoned = true;
    }

    @Override
    public void close() {
        opening.opened().ifPresent(this::close);
    }

    private void close(Queue queue) {
        if (abandoned) {
            Daemons.start("abandoned queue", queue::close);
        } else {
            queue.close();
        }
    }

    /** Makes connections to the queue, once it is open. */
    private final class Late implements ConnectionFactory {
        private final Function<Queue, ConnectionFactory> factory;

        Late(Function<Queue, ConnectionFactory> factory) {
            this.factory = factory;
        }

        private ConnectionFactory ready() {
            return factory.apply(opening.await());
        }

        @Override
        public Connection createConnection() throws JMSException {
            return ready().createConnection();
        }

        @Override
        public Connection createConnection(String user, String password) throws JMSException {
            return ready().createConnection(user, password);
        }

        @Override
        public JMSContext createContext() {
            return ready().createContext();
        }

        @Override
        public JMSContext createContext(String user, String password) {
            return ready().createContext(user, password);
        }

        @Override
        public JMSContext createContext(String user, String password, int mode) {
            return ready().createContext(user, password, mode);
        }

        @Override
        public JMSContext createContext(int mode) {
            return ready().createContext(mode);
        }
    }
}
