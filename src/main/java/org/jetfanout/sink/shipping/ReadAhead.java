package org.jetfanout.sink.shipping;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.logs.LogDocumentReader;
import org.jetfanout.logs.LogDocuments;
import org.jetfanout.machine.Daemons;
import org.jetfanout.record.Backlog;
import org.jetfanout.record.RecordStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a run record for one sink, delivery by delivery, on a thread of its own, so that the next
 * delivery is read while one is sent. It knows what is not delivered yet. Thread-safe.
 */
final class ReadAhead {
    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Backlog NOTHING = new Backlog(0, Optional.empty());

    private final LogDocumentReader reader;
    private final ShippingLimits limits;
    private final IntConsumer counter;
    private final ScheduledExecutorService thread;

    /** Bytes of the run record that are read and not yet delivered. */
    private final AtomicLong underWay = new AtomicLong();

    // Mutable state
    private volatile Backlog unread = NOTHING;
    private volatile boolean finishing;
    private volatile boolean complete;

    // Mutable state of the thread
    private final Map<RecordStream, Long> positions = new HashMap<>();
    private long nextRead = System.nanoTime();
    private boolean atEnd;

    /**
     * A delivery, and its part of the run record.
     *
     * @param read the documents of the delivery
     * @param bytes of the run record
     * @param oldest time of its oldest document; empty without documents
     * @param last whether there was nothing left to read
     */
    record Reading(LogDocuments read, long bytes, Optional<Instant> oldest, boolean last) {}

    /**
     * @param sink its name
     * @param reader begins at the sink's position; closed here
     * @param positions the sink's position in each stream
     * @param counter is told each time how many documents were read
     */
    ReadAhead(
            String sink,
            LogDocumentReader reader,
            Map<RecordStream, Long> positions,
            ShippingLimits limits,
            IntConsumer counter) {
        this.reader = reader;
        this.limits = limits;
        this.counter = counter;
        this.positions.putAll(positions);
        this.thread = Executors.newSingleThreadScheduledExecutor(Daemons.named("read-" + sink));
    }

    /** Repeats some work between readings. */
    void repeat(Duration pause, Runnable work) {
        Future<?> running =
                thread.scheduleWithFixedDelay(work, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
        LOG.debug("refreshing: {}", running);
    }

    /** Starts to read the next delivery. */
    Future<Reading> next() {
        return thread.submit(this::read);
    }

    /**
     * Says that nothing more is added to the record.
     *
     * @param whole whether the text after the last line break is a line
     */
    void finish(boolean whole) {
        complete = whole;
        finishing = true;
    }

    /** Notes that a delivery is done. */
    void delivered(Reading delivery) {
        underWay.addAndGet(-delivery.bytes());
    }

    /** Counts what is not read yet. */
    void countUnread() {
        Backlog left = reader.backlog();
        unread = left.bytes() == 0 ? NOTHING : left;
    }

    /** How many bytes of the run record are not delivered. */
    long backlog() {
        return unread.bytes() + underWay.get();
    }

    /** Time of the oldest document that is not read. */
    Optional<Instant> oldestUnread() {
        return unread.oldest();
    }

    /**
     * Stops reading.
     *
     * @param last is run before the record is closed, if the thread ends in time
     */
    void close(Runnable last) throws InterruptedException {
        thread.shutdownNow();
        if (thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            last.run();
            reader.close();
        }
    }

    private Reading read() throws InterruptedException {
        long wait = nextRead - System.nanoTime();
        if (wait > 0 && !finishing) {
            TimeUnit.NANOSECONDS.sleep(wait);
        }
        boolean last = finishing; // asked first: what was written before the end is read after it
        if (last && complete && !atEnd) {
            reader.end();
            atEnd = true;
        }
        long begun = System.nanoTime();
        LogDocuments read = reader.next(limits.documents(), limits.bytes());
        nextRead = isFull(read.documents()) ? begun : begun + limits.linger().toNanos();
        long bytes = 0;
        for (Map.Entry<RecordStream, Long> end : read.positions().entrySet()) {
            Long from = positions.put(end.getKey(), end.getValue());
            bytes += end.getValue() - (from == null ? 0 : from);
        }
        counter.accept(read.documents().size());
        underWay.addAndGet(bytes);
        Backlog before = unread;
        unread = new Backlog(Math.max(0, before.bytes() - bytes), before.oldest());
        return new Reading(
                read, bytes, oldest(read), last && read.documents().isEmpty() && bytes == 0);
    }

    private boolean isFull(List<LogDocument> documents) {
        long bytes = 0;
        for (LogDocument document : documents) {
            bytes += document.json().length;
        }
        return documents.size() >= limits.documents() / 2 || bytes >= limits.bytes() / 2;
    }

    private static Optional<Instant> oldest(LogDocuments read) {
        return read.documents().stream().map(LogDocument::time).min(Instant::compareTo);
    }
}
