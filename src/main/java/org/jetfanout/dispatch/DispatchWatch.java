package org.jetfanout.dispatch;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.status.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does once a second what the thread of a batch cannot do: it looks for requests to cancel, checks
 * the queue and deadlines, puts waiting jobs back when other batches need the thread, and stores
 * the counts and the outcomes so far. Thread-safe.
 */
final class DispatchWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchWatch.class);
    private static final Duration ROUND = Duration.ofSeconds(1);

    private final RunRecord record;
    private final RunFeed feed;
    private final Progress progress;
    private final Ledger ledger;
    private final DispatchEnd end;
    private final OrderOfPlays plays;
    private final PeriodicWatch watch = new PeriodicWatch(ROUND);

    // Mutable state
    private volatile QueueWatch queue;

    /** What outcomes.json has. Only a round uses it. */
    private Map<String, OutcomesSoFar> stored = Map.of();

    DispatchWatch(
            RunRecord record,
            RunFeed feed,
            Progress progress,
            Ledger ledger,
            DispatchEnd end,
            OrderOfPlays plays) {
        this.record = record;
        this.feed = feed;
        this.progress = progress;
        this.ledger = ledger;
        this.end = end;
        this.plays = plays;
    }

    /**
     * Starts the watch.
     *
     * @param queueWatch watches the batches that no thread has taken yet
     */
    void begin(QueueWatch queueWatch) {
        queue = queueWatch;
        watch.begin(this::round);
    }

    /** What watches the queue. Only after {@link #begin}. */
    QueueWatch queue() {
        return queue;
    }

    /** Queues batches again. */
    void queueAgain(Set<String> batches) {
        queue.queueAgain(batches);
    }

    /** Carries out each check by itself, so that a check that fails does not delay a deadline. */
    private void round() {
        watch.look(
                "the request to cancel",
                () -> CancelRequest.read(record.folder()).ifPresent(this::cancel));
        watch.look("batches that wait for a play", this::endParked);
        Set<String> waiting = ledger.waiting();
        watch.look(
                "the queue",
                () -> queue.look(waiting, end.isCancelled()).ifPresent(end::loseQueue));
        Map<String, OutcomesSoFar> outcomes = new HashMap<>();
        AtomicInteger wanting = new AtomicInteger(waiting.size());
        for (Dispatch dispatch : ledger.active()) {
            String id = dispatch.message().batch().id();
            watch.look("the deadline of batch " + id, dispatch::endIfOverdue);
            watch.look("the turn of batch " + id, () -> putBack(dispatch, wanting));
            watch.look(
                    "the counts of batch " + id,
                    () -> {
                        JobOutput output = dispatch.output();
                        feed.tell(new RunEvent.Tally(id, output.counts()));
                        if (output.counts().done() > 0) {
                            outcomes.put(id, output.soFar());
                        }
                    });
        }
        watch.look("outcomes.json", () -> store(outcomes));
        // a status that is late does not stop the run
        watch.look("tallies.json", () -> record.storeTallies(progress.tallies()));
    }

    private void store(Map<String, OutcomesSoFar> outcomes) {
        if (!outcomes.equals(stored)) {
            record.storeOutcomes(outcomes);
            stored = outcomes;
        }
    }

    /** Batches that nobody follows while they wait are cancelled by the thread that gets them. */
    private void endParked() {
        Set<String> cancelled = new TreeSet<>();
        ledger.parked()
                .forEach(
                        (batch, worker) -> {
                            if (end.isCancelled(worker)) {
                                cancelled.add(batch);
                            }
                        });
        plays.letGo(cancelled);
    }

    private void cancel(CancelRequest request) {
        if (request.all() && !end.isCancelled()) {
            LOG.info("cancelled by another process");
            end.cancel();
        }
        end.cancel(request.workers());
    }

    /** Frees one thread for a batch that needs one. */
    private static void putBack(Dispatch dispatch, AtomicInteger wanting) {
        if (wanting.get() > 0 && dispatch.putBackIfIdle()) {
            wanting.decrementAndGet();
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
