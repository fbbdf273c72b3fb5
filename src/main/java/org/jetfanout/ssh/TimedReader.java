package org.jetfanout.ssh;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Reads the output of commands. Each has a deadline at which its stream is closed. Thread-safe. */
public final class TimedReader implements AutoCloseable {
    private final Duration deadline;
    private final ScheduledExecutorService deadlines;

    /**
     * @param deadline from the beginning to the end of reading
     * @param threads makes the one thread that closes streams
     */
    public TimedReader(Duration deadline, ThreadFactory threads) {
        this.deadline = deadline;
        this.deadlines = Executors.newSingleThreadScheduledExecutor(threads);
    }

    /**
     * Reads until the stream ends, enough is read, or the deadline has passed.
     *
     * @param enough whether the answer is complete: other programs may keep the connection open for
     *     ever
     * @return whether the deadline has passed
     */
    public boolean read(CommandStream stream, BooleanSupplier enough, Consumer<Chunk> taker) {
        AtomicBoolean late = new AtomicBoolean();
        Future<?> closing =
                deadlines.schedule(
                        () -> {
                            late.set(true);
                            stream.close();
                        },
                        deadline.toMillis(),
                        TimeUnit.MILLISECONDS);
        try {
            while (!enough.getAsBoolean() && stream.hasNext()) {
                taker.accept(stream.next());
            }
        } finally {
            closing.cancel(false);
        }
        return late.get();
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
    }
}
