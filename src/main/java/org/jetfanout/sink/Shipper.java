package org.jetfanout.sink;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jetfanout.BackOff;
import org.jetfanout.log.LogRecord;
import org.jetfanout.log.Text;
import org.jetfanout.record.Backlog;
import org.jetfanout.record.LogRecordReader;
import org.jetfanout.record.Place;
import org.jetfanout.record.Records;
import org.jetfanout.record.SinkRecord;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the records of one run to one sink: reads the run record on from where the sink stands,
 * sends frame by frame, stores the position after each. While a frame is sent the next one is read,
 * so two are in memory. Nobody waits for it: what a sink does not take waits on the disk.
 * Thread-safe; {@link #start} once.
 */
public final class Shipper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
    private static final Duration REFRESH = Duration.ofSeconds(1);

    /** Between two tries when the run has ended and somebody waits. */
    private static final Duration LAST_PAUSE = Duration.ofSeconds(3);

    /** What a frame gets, from the time when it was sent, before it is broken off at the end. */
    private static final Duration GRACE = Duration.ofMillis(200);

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int LONGEST_REASON = 300;

    private final SinkRecord kept;
    private final LogRecordReader reader;
    private final SinkSender route;
    private final Pace pace;
    private final String guid;
    private final Consumer<String> talk;
    private final SinkStatus before;
    private final BackOff backOff;
    private final Thread sender;

    /** One thread: the reader is for one at a time. */
    private final ScheduledExecutorService reading;

    private final AtomicLong read = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong retried = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    /** Bytes of the run record that are read and not delivered. */
    private final AtomicLong underWay = new AtomicLong();

    // Mutable state
    private volatile SinkState state = SinkState.SHIPPING;
    private volatile String reason = "";
    private volatile Instant sending;

    /** By {@link System#nanoTime}. */
    private volatile long sent = System.nanoTime();

    private volatile long unread;
    private volatile Instant oldestUnread;
    private volatile boolean finishing;
    private volatile boolean complete;
    private volatile boolean closing;
    private volatile boolean ended;

    // Mutable state of the reading thread
    private final Map<Place, Long> ends = new HashMap<>();
    private SinkStatus stored;
    private long nextRead = System.nanoTime();
    private boolean atEnd;

    /**
     * @param kept of this sink; closed here
     * @param reader that begins where the sink stands; closed here
     * @param talk takes what people must know, a line each
     */
    public Shipper(
            String guid,
            SinkRecord kept,
            LogRecordReader reader,
            SinkSender route,
            Pace pace,
            Consumer<String> talk) {
        this.guid = guid;
        this.kept = kept;
        this.reader = reader;
        this.route = route;
        this.pace = pace;
        this.talk = talk;
        this.before = kept.status();
        this.ends.putAll(kept.ends());
        this.backOff = new BackOff(pace.firstPause(), pace.longestPause(), new SplittableRandom());
        this.sender = new Thread(this::ship, "ship-" + kept.sink());
        sender.setDaemon(true);
        this.reading =
                Executors.newSingleThreadScheduledExecutor(
                        work -> {
                            Thread thread = new Thread(work, "read-" + kept.sink());
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    /** Begins. */
    public void start() {
        var refreshing =
                reading.scheduleWithFixedDelay(
                        this::refresh, 0, REFRESH.toMillis(), TimeUnit.MILLISECONDS);
        LOG.debug("refreshing: {}", refreshing);
        sender.start();
    }

    /**
     * Nothing more comes: it ends when all is delivered.
     *
     * @param whole whether what stands after the last line break is a line: nobody will write it to
     *     its end
     */
    public void finish(boolean whole) {
        complete = whole;
        finishing = true;
        synchronized (this) {
            notifyAll();
        }
    }

    /** Whether it has ended, well or not. */
    public boolean hasEnded() {
        return ended;
    }

    /** How it stands. */
    public SinkStatus status() {
        Instant since = sending;
        return new SinkStatus(
                kept.sink(),
                state,
                reason,
                before.read() + read.get(),
                before.delivered() + delivered.get(),
                before.retried() + retried.get(),
                before.refused() + refused.get(),
                before.dropped() + dropped.get(),
                backlog(),
                Optional.ofNullable(since != null ? since : oldestUnread));
    }

    /** Begins to leave off: the frame under way has a moment, if it was only just sent. */
    public void leave() {
        closing = true;
        sender.interrupt();
        long left = sent + GRACE.toNanos() - System.nanoTime();
        try {
            if (left > 0) {
                sender.join(1 + left / 1_000_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves off at once; what is under way may or may not be taken, and comes again next time. */
    @Override
    public void close() {
        closing = true;
        sender.interrupt();
        reading.shutdownNow();
        try {
            // a route that does not end is left behind: it can store nothing any more
            sender.join(PATIENCE.toMillis());
            if (reading.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                refresh();
                reader.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            kept.close();
        }
    }

    private long backlog() {
        return unread + underWay.get();
    }

    private void ship() {
        try {
            Future<Reading> next = reading.submit(this::read);
            Reading now = next.get();
            while (!now.last()) {
                next = reading.submit(this::read);
                sending = now.oldest();
                deliver(now.records().records());
                kept.delivered(now.records().ends());
                underWay.addAndGet(-now.bytes());
                sending = null;
                now = next.get();
            }
            state = SinkState.DONE;
        } catch (InterruptedException e) {
            broken(e); // by whomever, unless it is closed
        } catch (SinkStoppedException e) {
            stop(String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            broken(e.getCause());
        } catch (RuntimeException | Error e) {
            broken(e);
            if (e instanceof OutOfMemoryError fatal) {
                throw fatal; // of the whole process, not of this sink alone
            }
        } finally {
            ended = true;
        }
    }

    private void broken(Throwable cause) {
        if (!closing) {
            LOG.error("sink {} is broken", kept.sink(), cause);
            stop("internal error: " + cause);
        }
    }

    private void stop(String why) {
        state = SinkState.STOPPED;
        reason = oneLine(why);
        LOG.error("sink {} is stopped: {}", kept.sink(), reason);
        talk.accept(
                "sink "
                        + kept.sink()
                        + " is stopped: "
                        + reason
                        + "; its records wait in the run record: jet-fanout logs "
                        + guid
                        + " --ship");
    }

    /** Until each record is delivered, refused or passed over. */
    private void deliver(List<LogRecord> frame) throws InterruptedException, SinkStoppedException {
        List<LogRecord> rest = frame;
        while (!rest.isEmpty()) {
            if (isOverLimit()) {
                drop(rest.size());
                return;
            }
            FrameDelivery delivery = new FrameDelivery(kept.sink(), guid, rest, this::setAside);
            Optional<Duration> asked = Optional.empty();
            String said;
            try {
                sent = System.nanoTime();
                route.send(delivery);
                delivered.addAndGet(delivery.notRefused().size());
                taken();
                return;
            } catch (UndeliveredException e) {
                List<LogRecord> again = delivery.restOf(e.rest());
                int took = rest.size() - again.size();
                delivered.addAndGet(took - delivery.refused());
                if (took > 0) {
                    // it lives, but has enough for now
                    backOff.reset();
                }
                rest = again;
                asked = e.after();
                said = e.getMessage();
            } catch (SinkStoppedException | InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (closing) {
                    throw new InterruptedException();
                }
                rest = delivery.notRefused();
                said = e.toString();
            }
            if (!rest.isEmpty()) {
                pause(asked, said);
                retried.addAndGet(rest.size());
            }
        }
        taken();
    }

    private void setAside(LogRecord record, String why) {
        kept.deadLetter(record.json(), why, Instant.now());
        if (refused.getAndIncrement() == 0) {
            LOG.warn("sink {} refuses record {}: {}", kept.sink(), record.id(), oneLine(why));
        }
    }

    private void taken() {
        if (state == SinkState.WAITING) {
            LOG.info("sink {} takes records again", kept.sink());
        }
        backOff.reset();
        state = SinkState.SHIPPING;
        reason = "";
    }

    private void pause(Optional<Duration> asked, String said) throws InterruptedException {
        reason = oneLine(said);
        if (state != SinkState.WAITING) {
            state = SinkState.WAITING;
            LOG.warn("sink {} does not take records, and is tried again: {}", kept.sink(), reason);
        }
        boolean hurried = finishing;
        Duration pause = backOff.next(asked);
        if (hurried && asked.isEmpty() && pause.compareTo(LAST_PAUSE) > 0) {
            pause = LAST_PAUSE;
        }
        long until = System.nanoTime() + pause.toNanos();
        synchronized (this) {
            long left = until - System.nanoTime();
            while (left > 0 && !isOverLimit()) {
                if (finishing && !hurried && asked.isEmpty()) {
                    return; // somebody waits: it is tried at once
                }
                wait(Math.min(REFRESH.toMillis(), 1 + left / 1_000_000));
                left = until - System.nanoTime();
            }
        }
    }

    private boolean isOverLimit() {
        return pace.backlogLimit().isPresent() && backlog() > pace.backlogLimit().getAsLong();
    }

    private void drop(int records) {
        if (dropped.getAndAdd(records) == 0) {
            String what =
                    "sink "
                            + kept.sink()
                            + " is further behind than "
                            + kept.sink()
                            + ".backlog-limit allows ("
                            + pace.backlogLimit().orElseThrow()
                            + " bytes): its oldest records are passed over";
            LOG.error("{}", what);
            talk.accept(what);
        }
    }

    /**
     * A frame, and what it is of the run record.
     *
     * @param bytes of the run record
     * @param oldest time of its oldest record; null without records
     * @param last whether there was nothing any more
     */
    private record Reading(Records records, long bytes, Instant oldest, boolean last) {}

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
        Records records = reader.next(pace.records(), pace.bytes());
        boolean full = isFull(records.records());
        nextRead = full ? begun : begun + pace.linger().toNanos();
        long bytes = 0;
        for (Map.Entry<Place, Long> end : records.ends().entrySet()) {
            Long from = ends.put(end.getKey(), end.getValue());
            bytes += end.getValue() - (from == null ? 0 : from);
        }
        read.addAndGet(records.records().size());
        underWay.addAndGet(bytes);
        unread = Math.max(0, unread - bytes);
        return new Reading(
                records, bytes, oldest(records), last && records.records().isEmpty() && bytes == 0);
    }

    private boolean isFull(List<LogRecord> records) {
        long bytes = 0;
        for (LogRecord record : records) {
            bytes += record.json().length;
        }
        return records.size() >= pace.records() / 2 || bytes >= pace.bytes() / 2;
    }

    private static Instant oldest(Records records) {
        Instant oldest = null;
        for (LogRecord record : records.records()) {
            if (oldest == null || record.time().isBefore(oldest)) {
                oldest = record.time();
            }
        }
        return oldest;
    }

    /** Counts what waits, and stores the counters where they changed. */
    private void refresh() {
        try {
            Backlog left = reader.backlog();
            unread = left.bytes();
            oldestUnread = unread == 0 ? null : left.oldest().orElse(null);
            SinkStatus now = status();
            if (!now.equals(stored)) {
                kept.status(now);
                stored = now;
            }
        } catch (RuntimeException | LinkageError e) { // else nobody would ask again
            LOG.warn("cannot tell how sink {} stands", kept.sink(), e);
        }
    }

    private static String oneLine(String text) {
        String plain = Text.plain(String.valueOf(text).lines().findFirst().orElse("")).strip();
        return plain.length() <= LONGEST_REASON ? plain : plain.substring(0, LONGEST_REASON) + "…";
    }
}
