package org.jetfanout.sink.shipping;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jetfanout.logs.LogDocumentReader;
import org.jetfanout.machine.Daemons;
import org.jetfanout.record.SinkFolder;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.sink.SinkSender;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.shipping.ReadAhead.Reading;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships the documents of one run to one sink. It reads the run record from the sink's position on,
 * sends delivery by delivery, and stores the position after each. It reads the next delivery while
 * it sends one, so two are in memory. The run does not wait for it: what the sink does not accept
 * waits on the disk. Thread-safe; {@link #start} once.
 */
public final class Shipper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
    private static final Duration REFRESH = Duration.ofSeconds(1);

    /**
     * How long a delivery may take, counted from when it was sent, before it is interrupted at the
     * end.
     */
    private static final Duration GRACE = Duration.ofMillis(200);

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String guid;
    private final SinkFolder folder;
    private final Consumer<String> warnings;
    private final ShipCounters counters;
    private final ReadAhead reading;
    private final RetryingDelivery delivering;
    private final Thread sender;

    // Mutable state
    /** Time of the oldest document of the delivery that is sent; null while none is. */
    private volatile Instant sending;

    private volatile boolean closing;
    private volatile boolean ended;

    // Mutable state of the reading thread
    private SinkStatus stored;

    /**
     * @param folder of this sink in the record; closed here
     * @param reader begins at the sink's position; closed here
     * @param warnings takes warnings for people, one line each
     */
    public Shipper(
            String guid,
            SinkFolder folder,
            LogDocumentReader reader,
            SinkSender route,
            ShippingLimits limits,
            Consumer<String> warnings) {
        this.guid = guid;
        this.folder = folder;
        this.warnings = warnings;
        this.counters = new ShipCounters(folder.status());
        this.reading =
                new ReadAhead(folder.sink(), reader, folder.positions(), limits, counters::read);
        this.delivering =
                new RetryingDelivery(
                        guid, folder, route, limits, counters, reading::backlog, warnings);
        this.sender = Daemons.thread("ship-" + folder.sink(), this::ship);
    }

    /** Starts to ship. */
    public void start() {
        reading.repeat(REFRESH, this::refresh);
        sender.start();
    }

    /**
     * Says that nothing more is added to the record. The shipper ends when everything is delivered.
     *
     * @param whole whether the text after the last line break is a line, because nobody will
     *     complete it
     */
    public void finish(boolean whole) {
        reading.finish(whole);
        delivering.finish();
    }

    /** Whether it has ended, successfully or not. */
    public boolean hasEnded() {
        return ended;
    }

    /** The status of the sink. */
    public SinkStatus status() {
        return counters.status(
                reading.backlog(), Optional.ofNullable(sending).or(reading::oldestUnread));
    }

    /** Begins to stop: the delivery under way has a moment, if it was only just sent. */
    public void beginToStop() {
        stopSending();
        long left = delivering.lastSent() + GRACE.toNanos() - System.nanoTime();
        try {
            if (left > 0) {
                sender.join(1 + left / 1_000_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops at once; what is under way may or may not be taken, and comes again next time. */
    @Override
    public void close() {
        stopSending();
        try {
            // a route that does not end is left running: it can store nothing any more
            sender.join(PATIENCE.toMillis());
            reading.close(this::refresh);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            folder.close();
        }
    }

    private void stopSending() {
        closing = true;
        delivering.abandon();
        sender.interrupt();
    }

    private void ship() {
        try {
            Reading now = reading.next().get();
            while (!now.last()) {
                Future<Reading> next = reading.next();
                sending = now.oldest().orElse(null);
                delivering.deliver(now.read().documents());
                folder.storePositions(now.read().positions());
                reading.delivered(now);
                sending = null;
                now = next.get();
            }
            counters.becomes(SinkState.DONE, counters.reason());
        } catch (InterruptedException e) {
            failed(e); // by whomever, unless it is closed
        } catch (SinkStoppedException e) {
            stop(String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            failed(e.getCause());
        } catch (RuntimeException | Error e) {
            failed(e);
            if (e instanceof OutOfMemoryError fatal) {
                throw fatal; // of the whole process, not of this sink alone
            }
        } finally {
            ended = true;
        }
    }

    private void failed(Throwable cause) {
        if (!closing) {
            LOG.error("sink {} failed", folder.sink(), cause);
            stop("internal error: " + cause);
        }
    }

    private void stop(String why) {
        counters.becomes(SinkState.STOPPED, why);
        LOG.error("sink {} is stopped: {}", folder.sink(), counters.reason());
        warnings.accept(
                "sink "
                        + folder.sink()
                        + " is stopped: "
                        + counters.reason()
                        + "; its records stay in the run record. To ship them later: jet-fanout"
                        + " logs "
                        + guid
                        + " --ship");
    }

    /** Counts what waits, and stores the counters where they have changed. */
    private void refresh() {
        try {
            reading.countUnread();
            SinkStatus now = status();
            if (!now.equals(stored)) {
                folder.storeStatus(now);
                stored = now;
            }
        } catch (RuntimeException | LinkageError e) { // else nobody would ask again
            LOG.warn("cannot read the status of sink {}", folder.sink(), e);
        }
    }
}
