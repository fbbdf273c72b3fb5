package org.jetfanout.sink.shipping;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.machine.BackOff;
import org.jetfanout.record.SinkFolder;
import org.jetfanout.record.SinkState;
import org.jetfanout.sink.SinkSender;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the deliveries to one sink. It retries until each document is delivered, refused or
 * dropped. {@link #deliver} is for one thread, the other methods for any thread.
 */
final class RetryingDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(RetryingDelivery.class);
    private static final Duration TICK = Duration.ofSeconds(1);

    /**
     * The pause between two tries after the run has ended, while the program waits for the sink.
     */
    private static final Duration LAST_PAUSE = Duration.ofSeconds(3);

    private final String guid;
    private final SinkFolder folder;
    private final SinkSender route;
    private final ShippingLimits limits;
    private final ShipCounters counters;
    private final LongSupplier backlog;
    private final Consumer<String> warnings;
    private final BackOff backOff;

    // Mutable state
    /** By {@link System#nanoTime}. */
    private volatile long lastSent = System.nanoTime();

    private volatile boolean finishing;
    private volatile boolean abandoned;

    /**
     * @param backlog bytes of the run record that are not delivered
     * @param warnings takes warnings for people, one line each
     */
    RetryingDelivery(
            String guid,
            SinkFolder folder,
            SinkSender route,
            ShippingLimits limits,
            ShipCounters counters,
            LongSupplier backlog,
            Consumer<String> warnings) {
        this.guid = guid;
        this.folder = folder;
        this.route = route;
        this.limits = limits;
        this.counters = counters;
        this.backlog = backlog;
        this.warnings = warnings;
        this.backOff =
                new BackOff(limits.firstPause(), limits.longestPause(), new SplittableRandom());
    }

    /**
     * The program waits for the sink from now on: the next try is made at once, and pauses are
     * short.
     */
    synchronized void finish() {
        finishing = true;
        notifyAll();
    }

    /** The program no longer waits. An error of the route now ends the delivery. */
    void abandon() {
        abandoned = true;
    }

    /** When a delivery was last sent, by {@link System#nanoTime}. */
    long lastSent() {
        return lastSent;
    }

    /**
     * Tries until each document is delivered, refused or dropped.
     *
     * @throws SinkStoppedException where the sink must get no more documents
     */
    void deliver(List<LogDocument> documents) throws InterruptedException, SinkStoppedException {
        List<LogDocument> rest = documents;
        while (!rest.isEmpty()) {
            if (isOverLimit()) {
                drop(rest.size());
                return;
            }
            DeliveryAttempt delivery =
                    new DeliveryAttempt(folder.sink(), guid, rest, this::setAside);
            Optional<Duration> retryAfter = Optional.empty();
            String reason;
            try {
                lastSent = System.nanoTime();
                route.send(delivery);
                counters.delivered(delivery.notRefused().size());
                accepted();
                return;
            } catch (UndeliveredException e) {
                List<LogDocument> again = delivery.restOf(e.rest());
                int took = rest.size() - again.size();
                counters.delivered(took - delivery.refused());
                if (took > 0) {
                    // the sink works, but accepts no more for the moment
                    backOff.reset();
                }
                rest = again;
                retryAfter = e.after();
                reason = e.getMessage();
            } catch (SinkStoppedException | InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (abandoned) {
                    throw new InterruptedException();
                }
                rest = delivery.notRefused();
                reason = e.toString();
            }
            if (!rest.isEmpty()) {
                pause(retryAfter, reason);
                counters.retried(rest.size());
            }
        }
        accepted();
    }

    private void setAside(LogDocument document, String why) {
        folder.storeDeadLetter(document.json(), why, Instant.now());
        if (counters.refused()) {
            LOG.warn(
                    "sink {} refused record {}: {}",
                    folder.sink(),
                    document.id(),
                    ShipCounters.oneLine(why));
        }
    }

    private void accepted() {
        if (counters.state() == SinkState.WAITING) {
            LOG.info("sink {} accepts records again", folder.sink());
        }
        backOff.reset();
        counters.becomes(SinkState.SHIPPING, "");
    }

    private void pause(Optional<Duration> retryAfter, String reason) throws InterruptedException {
        if (counters.becomes(SinkState.WAITING, reason)) {
            LOG.warn(
                    "sink {} does not accept records; retrying: {}",
                    folder.sink(),
                    counters.reason());
        }
        boolean hurried = finishing;
        Duration pause = backOff.next(retryAfter);
        if (hurried && retryAfter.isEmpty() && pause.compareTo(LAST_PAUSE) > 0) {
            pause = LAST_PAUSE;
        }
        long until = System.nanoTime() + pause.toNanos();
        synchronized (this) {
            long left = until - System.nanoTime();
            while (left > 0 && !isOverLimit()) {
                if (finishing && !hurried && retryAfter.isEmpty()) {
                    return; // somebody waits: it is tried at once
                }
                wait(Math.min(TICK.toMillis(), 1 + left / 1_000_000));
                left = until - System.nanoTime();
            }
        }
    }

    private boolean isOverLimit() {
        return limits.backlogLimit().isPresent()
                && backlog.getAsLong() > limits.backlogLimit().getAsLong();
    }

    private void drop(int documents) {
        if (counters.dropped(documents)) {
            String what =
                    "sink "
                            + folder.sink()
                            + " exceeds "
                            + folder.sink()
                            + ".backlog-limit ("
                            + limits.backlogLimit().orElseThrow()
                            + " bytes): dropping its oldest records";
            LOG.error("{}", what);
            warnings.accept(what);
        }
    }
}
