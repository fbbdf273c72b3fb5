package org.jetfanout.dispatch;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jetfanout.machine.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that repeats a list of checks. If one check fails, the log says it once, and the other
 * checks go on. Thread-safe.
 */
final class PeriodicWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicWatch.class);

    private final Duration pause;
    private final ScheduledExecutorService thread;

    /** The checks that failed the last time. */
    private final Set<String> troubled = ConcurrentHashMap.newKeySet();

    /**
     * @param pause between two rounds
     */
    PeriodicWatch(Duration pause) {
        this.pause = pause;
        thread = Executors.newSingleThreadScheduledExecutor(Daemons.named("watch"));
    }

    /** A check. */
    @FunctionalInterface
    interface Look {
        void look() throws IOException;
    }

    /** Starts the rounds. A round calls {@link #look} for each of its checks. */
    void begin(Runnable round) {
        ScheduledFuture<?> rounds =
                thread.scheduleWithFixedDelay(
                        () -> lookAll(round),
                        pause.toMillis(),
                        pause.toMillis(),
                        TimeUnit.MILLISECONDS);
        LOG.debug("watching: {}", rounds);
    }

    private void lookAll(Runnable round) {
        try {
            look("the watch", round::run);
        } catch (Error e) {
            // the executor would not report this error
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
            throw e;
        }
    }

    /**
     * Carries out a check.
     *
     * @param what its name, for the log
     */
    void look(String what, Look look) {
        try {
            look.look();
            troubled.remove(what);
        } catch (IOException | RuntimeException e) {
            if (troubled.add(what)) {
                LOG.warn("cannot watch {}: {}", what, e.toString());
            }
            LOG.debug("cannot watch {}", what, e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
