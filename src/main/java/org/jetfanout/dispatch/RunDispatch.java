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
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.pack.Bundles;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.PlaysPassed;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.StoredResults;
import org.jetfanout.status.Progress;

/**
 * The dispatch of one run. It creates what the routes, the watch and the end share. Any thread may
 * call {@link #end}; one thread calls the other methods.
 */
public final class RunDispatch implements AutoCloseable {
    private final RunRecord record;
    private final Bundles bundles;
    private final Ledger ledger = new Ledger();
    private final DispatchEnd end = new DispatchEnd(ledger);
    private final Substitutes substitutes = new Substitutes();
    private final DispatchWatch watch;
    private final RouteEndCheck afterRoute;
    private final OrderOfPlays plays;
    private final Map<String, Processor> beans = new HashMap<>();

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
        this.plays = new OrderOfPlays(record, ledger, bundles::secondStart, troubles::say);
        this.watch = new DispatchWatch(record, feed, progress, ledger, end, plays);
        BatchResults results = new BatchResults(record, feed, ledger, end, troubles, plays);
        this.afterRoute = new RouteEndCheck(record.guid(), ledger, end, results, watch, troubles);
        beans.putAll(
                new DispatchSteps(
                                record,
                                feed,
                                bundles,
                                ledger,
                                end,
                                substitutes,
                                troubles,
                                plays,
                                results)
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

    /**
     * Says which batches will come.
     *
     * @param queue watches those that no thread has taken yet
     */
    public void expect(Plan plan, QueueWatch queue) throws IOException {
        ledger.expect(plan);
        substitutes.expect(record.workers(), ledger.isResumed() ? moved(plan) : plan.batches());
        barriers(plan).ifPresent(inOrder -> plays.begin(inOrder, watch::queueAgain));
        watch.begin(queue);
    }

    /** Which batch waits for which before a play; empty where none does. */
    private Optional<Barriers> barriers(Plan plan) throws IOException {
        Map<String, List<BatchPlay>> inOrder = new HashMap<>();
        List<BatchMessage> ended = new ArrayList<>();
        Set<String> open = plan.batches().stream().map(Batch::id).collect(Collectors.toSet());
        for (Batch batch :
                ledger.isResumed() ? record.plan().orElse(plan).batches() : plan.batches()) {
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
        Barriers barriers = new Barriers(inOrder, passed.front());
        if (!passed.stopped().isEmpty()) {
            barriers.stopAfter(passed.last(), passed.stopped());
        }
        StoredResults results = record.results();
        for (BatchMessage message : ended) {
            boolean ranOut = JobOutput.of(message, record).reader().ranOutOfHosts();
            OrderOfPlays.end(
                    barriers, message.batch().id(), results.hosts(message.batch().id()), ranOut);
        }
        return Optional.of(barriers);
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
