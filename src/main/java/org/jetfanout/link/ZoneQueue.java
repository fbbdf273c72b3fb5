package org.jetfanout.link;

import java.time.Duration;
import java.util.Optional;

/** The messages to a zone. Each goes to one of those who take from it. For one thread at a time. */
public final class ZoneQueue implements AutoCloseable {
    ZoneQueue() {}

    /**
     * Takes the next message. It is then gone from the queue, whatever becomes of it. While the
     * broker is away there are none.
     *
     * @param longest how long to wait for it
     */
    public Optional<Received> take(Duration longest) throws InterruptedException {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public void close() {}
}
