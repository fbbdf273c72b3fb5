package org.jetfanout.dispatch;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.pack.Bundles;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
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
    private final Map<String, Processor> beans = new HashMap<>();

    /**
     * @param feed is told what happens
     * @param progress hears of it by the feed
     * @param troubles is told what the routes do not do
     */
    public RunDispatch(
            RunRecord record,
            RunFeed feed,
            Progress progress,
            Bundles bundles,
            RouteTroubles troubles) {
        this.record = record;
        this.bundles = bundles;
        this.watch = new DispatchWatch(record, feed, progress, ledger, end);
        BatchResults results = new BatchResults(record, feed, ledger, end, troubles);
        this.afterRoute = new RouteEndCheck(record.guid(), ledger, end, results, watch, troubles);
        beans.putAll(
                new DispatchSteps(record, feed, bundles, ledger, end, substitutes, troubles)
                        .beans());
        beans.putAll(
                new RecordSteps(record, feed, bundles, ledger, end, results, substitutes, troubles)
                        .beans());
        troubles.ours(StepNames.withFormer(beans).keySet());
    }

    /** What the dispatch and record routes call. */
    public Map<String, Processor> beans() {
        return beans;
    }

    /** Takes each exchange of the dispatch route when its steps have ended. */
    public Consumer<Exchange> afterRoute() {
        return afterRoute::done;
    }

    /** How it comes to its end, and who may bring that about. */
    public DispatchEnd end() {
        return end;
    }

    /**
     * The run was begun by another process: jobs may have been started.
     *
     * @param began when that took up its batches
     */
    public void resumed(Map<String, Instant> began) {
        ledger.resumed(began);
    }

    /**
     * These batches will come.
     *
     * @param queue looks after those that nobody has taken yet
     */
    public void expect(Plan plan, QueueWatch queue) throws IOException {
        ledger.expect(plan);
        substitutes.expect(record.workers(), ledger.isResumed() ? moved(plan) : plan.batches());
        watch.begin(queue);
    }

    /** The batches with the workers that an earlier process has given them to. */
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
