package org.jetfanout.pipeline;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jetfanout.queue.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after batches that nobody has taken from the queue: a broker that has gone is waited for,
 * for a while; what one that is back may have lost is queued again. Batches that are worked on need
 * no broker. For one thread.
 */
final class QueueWatch {
    private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);

    private final Queue queue;
    private final Duration patience;
    private final Consumer<Set<String>> again;

    // Mutable state
    private final AtomicBoolean due = new AtomicBoolean();

    /**
     * @param patience how long the broker may be away
     * @param again queues these batches; one that comes twice does no harm. May wait for the broker
     */
    QueueWatch(Queue queue, Duration patience, Consumer<Set<String>> again) {
        this.queue = queue;
        this.patience = patience;
        this.again = again;
    }

    /**
     * Looks; call it often.
     *
     * @param queued the batches that nobody has taken
     * @param cancelled whether the run is to end: then nobody is waited for
     * @return why the run cannot go on, in one line; empty where it can
     */
    Optional<String> look(Set<String> queued, boolean cancelled) {
        if (queued.isEmpty()) {
            return Optional.empty();
        }
        if (queue.isBack()) {
            due.set(true);
        }
        if (due.getAndSet(false)) {
            queueAgain(queued);
        }
        return queue.outage()
                .filter(outage -> cancelled || outage.lasts().compareTo(patience) >= 0)
                .map(Queue.Outage::text);
    }

    /** Queues batches again, in a thread of its own: it may have to wait for the broker. */
    void queueAgain(Set<String> batches) {
        Thread thread = new Thread(() -> queued(batches), "queue again");
        thread.setDaemon(true);
        thread.start();
    }

    private void queued(Set<String> batches) {
        try {
            again.accept(batches);
            LOG.info("queued again: batches {}", batches);
        } catch (RuntimeException e) {
            LOG.warn("batches {} could not be queued again: {}", batches, e.toString());
            due.set(true);
        }
    }
}
