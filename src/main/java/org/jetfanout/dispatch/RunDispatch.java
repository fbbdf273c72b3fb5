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
        watch.begin(queue);
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
