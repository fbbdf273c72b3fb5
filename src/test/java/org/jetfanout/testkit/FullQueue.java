package org.jetfanout.testkit;

import jakarta.jms.ConnectionFactory;
import java.util.Set;
import org.jetfanout.queue.Queue;
import org.jetfanout.queue.QueueContents;

/** A queue in which two batches are, and that nobody sends to or takes from. */
public final class FullQueue implements Queue {
    @Override
    public QueueContents contents(String queue) {
        return new QueueContents(Set.of("0001", "0002"), 2);
    }

    @Override
    public ConnectionFactory producers() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConnectionFactory consumers() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
