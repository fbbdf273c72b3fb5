package org.jetfanout.link;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What others put into the queues of the instances. It is dropped; the log has a line for each of
 * the first few. Thread-safe.
 */
final class ForeignMessages {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);
    private static final int MOST_LINES = 10;

    private final AtomicLong count = new AtomicLong();

    void drop(String what) {
        long number = count.incrementAndGet();
        if (number <= MOST_LINES) {
            LOG.warn(
                    "dropped from the broker: {}{}",
                    what,
                    number == MOST_LINES
                            ? "; further messages that are dropped are not logged"
                            : "");
        }
    }

    long count() {
        return count.get();
    }
}
