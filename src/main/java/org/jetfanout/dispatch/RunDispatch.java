package org.jetfanout.dispatch;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.hand.Calls;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.pack.Bundles;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.PlaysPassed;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.StoredResults;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.status.Progress;

/**
 * The dispatch of one run. It creates what the routes, the watch and the end share. Any thread may
 * call {@link #end}; one thread calls the other methods.
 */
public final class RunDispatch implements AutoCloseable {
    private final RunRecord record;
    private final Bundles bundles;
    private final Runner runner;
    private final Ledger ledger = new Ledger();
    private final DispatchEnd end = new DispatchEnd(ledger);
    private final BatchResults results;
    private final Substitutes substitutes = new Substitutes();
    private final DispatchWatch watch;
    private final RouteEndCheck afterRoute;
    private final OrderOfPlays plays;
    private final Map<String, Processor> beans = new HashMap<>();

    // Mutable state
    private volatile StartRule rule = batch -> Optional.empty();
    private volatile Optional<Calls> calls = Optional.empty();

    /**
     * @param feed takes the events
     * @param progress hears the feed
     * @param troubles takes the errors of routes
     */
    public RunDispatch(
            RunRecord record,
            RunFeed feed,
            Progress progress,
            Bundles bundles,
            RouteTroubles troubles) {
        this.record = record;
        this.bundles = bundles;
        this.runner = Runners.of(record.request());
        this.plays =
                new OrderOfPlays(
                        record,
                        ledger,
                        (batch, play, lost) -> bundles.secondStart(runner, batch, play, lost),
                        troubles::say);
        this.watch = new DispatchWatch(record, feed, progress, ledger, end, plays);
        results = new BatchResults(record, feed, ledger, end, troubles, plays);
        this.afterRoute = new RouteEndCheck(record.guid(), ledger, end, results, watch, troubles);
        beans.putAll(
                new DispatchSteps(
                                record,
                                feed,
                                bundles,
                                ledger,
                                end,
                                results,
                                substitutes,
                                troubles,
                                plays,
                                batch -> rule.refusal(batch),
                                () -> calls)
                        .beans());
        beans.putAll(
                new RecordSteps(
                                record,
                                feed,
                                bundles,
                                ledger,
                                end,
                                results,
                                substitutes,
                                troubles,
                                plays)
                        .beans());
        troubles.ours(StepNames.withFormer(beans).keySet());
    }

    /** The beans of the dispatch and record routes. */
    public Map<String, Processor> beans() {
        return beans;
    }

    /** Takes each exchange of the dispatch route when its steps have ended. */
    public Consumer<Exchange> afterRoute() {
        return afterRoute::done;
    }

    /** Decides and knows when the dispatch is over. */
    public DispatchEnd end() {
        return end;
    }

    /**
     * Says that another process began the run, so that jobs may have been started.
     *
     * @param began when it took up its batches
     */
    public void resumed(Map<String, Instant> began) {
        ledger.resumed(began);
    }

    /** Hands connect to the workers, not this process. Call it before {@link #begin}. */
    public void through(Calls hands) {
        calls = Optional.of(hands);
    }

    /**
     * Begins.
     *
     * @param plan the batches that will come, in one wave or several
     * @param queue watches those that no thread has taken yet
     * @param mayBegin asked about each batch that nobody has begun
     */
    public void begin(Plan plan, QueueWatch queue, StartRule mayBegin) throws IOException {
        rule = mayBegin;
        ledger.expectLater(plan);
        substitutes.expect(record.workers(), ledger.isResumed() ? moved(plan) : plan.batches());
        watch.begin(queue);
    }

    /** Says that the batches of a wave will come now. */
    public void wave(Plan wave) throws IOException {
        ledger.expect(wave);
        barriers(wave).ifPresent(inOrder -> plays.begin(inOrder, watch::queueAgain));
    }

    /** Forgets which plays were passed: they are those of a wave that has ended. */
    public void forgetPlays() {
        record.storePassed(PlaysPassed.none());
    }

    /** Which batch waits for which before a play; empty where none does. */
    private Optional<Barriers> barriers(Plan wave) throws IOException {
        Map<String, List<BatchPlay>> inOrder = new HashMap<>();
        List<BatchMessage> ended = new ArrayList<>();
        Set<String> open = wave.batches().stream().map(Batch::id).collect(Collectors.toSet());
        int number = wave.batches().get(0).wave();
        for (Batch batch :
                ledger.isResumed()
                        ? record.plan().orElse(wave).wave(number).batches()
                        : wave.batches()) {
            if (!open.contains(batch.id()) && !bundles.hasMessage(batch.id())) {
                continue; // of a run that had ended: nobody waits for this batch
            }
            BatchMessage message = bundles.message(batch.id());
            if (message.plays().isEmpty()) {
                return Optional.empty(); // then no batch has any
            }
            inOrder.put(batch.id(), message.plays());
            if (!open.contains(batch.id())) {
                ended.add(message);
            }
        }
        PlaysPassed passed = record.passed();
        Barriers barriers =
                new Barriers(inOrder, passed.front(), runner.leavesOutPlaysOfLostHosts());
        if (!passed.stopped().isEmpty()) {
            barriers.stopAfter(passed.last(), passed.stopped());
        }
        StoredResults results = record.results();
        for (BatchMessage message : ended) {
            boolean ranOut = JobOutput.of(message, runner, record).reader().ranOutOfHosts();
            OrderOfPlays.end(
                    barriers, message.batch().id(), results.hosts(message.batch().id()), ranOut);
        }
        return Optional.of(barriers);
    }

    /** Batches are being put on the queue for the first time. That may wait for the broker. */
    public void sending() {
        watch.queue().sending();
    }

    /** They are on the queue. */
    public void sent() {
        watch.queue().sent();
    }

    /** Waits until each batch of the wave has its result, or the dispatch is over. */
    public void awaitWave() throws InterruptedException {
        ledger.awaitWave(() -> end.isOver() || end.isLeft());
    }

    /**
     * Stores that nobody begins a batch of a later wave.
     *
     * @param reason in one line
     */
    public void notStarted(Batch batch, String reason) throws IOException {
        results.notStarted(bundles.message(batch.id()), reason);
        results.endIfDone();
    }

    /** The batches with the workers to which an earlier process has given them. */
    private List<Batch> moved(Plan plan) throws IOException {
        List<Batch> batches = new ArrayList<>();
        for (Batch batch : plan.batches()) {
            batches.add(bundles.message(batch.id()).batch());
        }
        return batches;
    }

    @Override
    public void close() {
        watch.close();
    }
}
