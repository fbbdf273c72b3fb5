package org.jetfanout.service.lines;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of all runs that somebody looks at. A run is followed while it is in use and for a
 * short time after that, by one reader. Thread-safe.
 */
public final class LineFeeds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LineFeeds.class);
    private static final long POLL_MILLIS = 100;
    private static final long KEPT_NANOS = Duration.ofSeconds(30).toNanos();

    private final Path folder;
    private final Function<String, Path> records;
    private final ScheduledExecutorService readers;

    // Mutable state, under the lock of this object
    private final Map<String, Followed> followed = new HashMap<>();
    private boolean closed;

    /**
     * @param folder for the indexes; what is in it of runs without a record is removed
     * @param records gives the folder of a run's record, or throws an exception where there is none
     */
    public LineFeeds(Path folder, Function<String, Path> records) {
        this.folder = folder;
        this.records = records;
        this.readers = Executors.newScheduledThreadPool(2, Daemons.named("lines"));
        readers.execute(this::sweep);
    }

    /** A run that is followed. */
    private static final class Followed {
        final RunLines lines;

        // Mutable state
        int users;
        long left = System.nanoTime();

        Followed(RunLines lines) {
            this.lines = lines;
        }
    }

    /** The lines of one run, while somebody uses them. */
    public final class Feed implements AutoCloseable {
        private final String guid;
        private final RunLines lines;

        // Mutable state
        private Runnable listener;
        private boolean done;

        private Feed(String guid, RunLines lines) {
            this.guid = guid;
            this.lines = lines;
        }

        /** How many lines there are. */
        public long count() {
            return lines.count();
        }

        /** Whether the run has ended, and all of its lines are counted. */
        public boolean isComplete() {
            return lines.isComplete();
        }

        /** Some lines: all from a number on, at most so many. */
        public List<LinesView.ShownLine> range(long from, int limit) {
            return lines.range(from, limit);
        }

        /** Searches lines. */
        public LinesView search(LinesFilter filter, SearchBudget budget) {
            return lines.search(filter, budget);
        }

        /** The number of a line; empty where there is no such line. */
        public Optional<Long> number(LineId id) {
            return lines.number(id);
        }

        /** Is told, on a thread that must not be held up, when there are more lines, or no more. */
        public synchronized void onChange(Runnable change) {
            if (listener == null && !done) {
                listener = change;
                lines.onChange(change);
            }
        }

        /**
         * Waits until there are as many lines, or all that the record has now. Returns whether it
         * is so.
         */
        public boolean await(long count, Duration longest) {
            long end = System.nanoTime() + longest.toNanos();
            Object bell = new Object();
            Runnable ring =
                    () -> {
                        synchronized (bell) {
                            bell.notifyAll();
                        }
                    };
            lines.onChange(ring);
            try {
                synchronized (bell) {
                    while (lines.count() < count && !lines.isCaughtUp()) {
                        long left = (end - System.nanoTime()) / 1_000_000;
                        if (left <= 0) {
                            return false;
                        }
                        bell.wait(left);
                    }
                }
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } finally {
                lines.forget(ring);
            }
        }

        @Override
        public synchronized void close() {
            if (!done) {
                done = true;
                if (listener != null) {
                    lines.forget(listener);
                }
                leave(guid, lines);
            }
        }
    }

    /** The lines of a run. The caller closes it. */
    public synchronized Feed open(String guid) {
        Path record = records.apply(guid);
        if (closed) {
            throw new IllegalStateException("the service ends");
        }
        Followed run = followed.get(guid);
        if (run != null && run.users == 0 && run.lines.isOutdated()) {
            followed.remove(guid);
            run.lines.close();
            run = null;
        }
        if (run == null) {
            Followed opened = new Followed(RunLines.open(record, folder.resolve(guid)));
            followed.put(guid, opened);
            readers.execute(() -> readOn(guid, opened));
            run = opened;
        }
        run.users++;
        return new Feed(guid, run.lines);
    }

    private synchronized void leave(String guid, RunLines lines) {
        Followed run = followed.get(guid);
        if (run != null && run.lines == lines) {
            run.users--;
            run.left = System.nanoTime();
        }
    }

    /** How many runs are followed. */
    public synchronized int followed() {
        return followed.size();
    }

    private void readOn(String guid, Followed run) {
        synchronized (this) {
            if (followed.get(guid) != run) {
                return;
            }
            if (run.users == 0 && System.nanoTime() - run.left > KEPT_NANOS) {
                followed.remove(guid);
                run.lines.close();
                return;
            }
        }
        long pause = POLL_MILLIS;
        try {
            pause = run.lines.readOn() ? 0 : POLL_MILLIS;
        } catch (RuntimeException e) {
            LOG.warn("the lines of run {} cannot be read now: {}", guid, e.toString());
            pause = 10 * POLL_MILLIS;
        }
        try {
            var unused = readers.schedule(() -> readOn(guid, run), pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // the service ends
        }
    }

    /** Removes the indexes of runs that have no record any more. */
    private void sweep() {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path index : all) {
                try {
                    Path record = records.apply(index.getFileName().toString());
                    LOG.trace("{}: kept for {}", index, record);
                } catch (RuntimeException e) {
                    PrivateFiles.remove(index);
                }
            }
        } catch (NoSuchFileException e) {
            // there is none yet
        } catch (IOException e) {
            LOG.warn("old indexes of lines are not removed: {}", e.toString());
        }
    }

    @Override
    public void close() {
        readers.shutdownNow();
        try {
            readers.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            closed = true;
            followed.values().forEach(run -> run.lines.close());
            followed.clear();
        }
    }
}
