package org.jetfanout.run;

import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.pack.Bundles;
import org.jetfanout.pack.PackSteps;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunRecord;
import org.jetfanout.run.camel.Pipeline;
import org.jetfanout.run.camel.RouteContract;
import org.jetfanout.screen.Screen;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.site.workers.Worker;

/**
 * The steps of the run route: the checks between its parts, and the files that all batches share.
 * Used by one thread.
 */
public final class RunSteps {
    private final CheckedRequest prepared;
    private final RunRecord record;
    private final Bundles bundles;
    private final PackSteps packing;
    private final Screen screen;

    // Mutable state
    private Optional<Plan> plan = Optional.empty();

    /** Steps for a run without a plan yet. */
    public RunSteps(
            CheckedRequest prepared,
            RunRecord record,
            Bundles bundles,
            PackSteps packing,
            Screen screen) {
        this.prepared = prepared;
        this.record = record;
        this.bundles = bundles;
        this.packing = packing;
        this.screen = screen;
    }

    /** The beans for the names in the route. */
    public Map<String, Processor> beans() {
        return Map.of(
                "run.planned",
                this::planned,
                "run.packShared",
                this::packShared,
                "run.packed",
                this::packed);
    }

    /** Sends the hosts through the run route. Returns the plan, whose batches are all packed. */
    Plan run(Pipeline pipeline) {
        screen.doing("planning " + prepared.hosts().size() + " hosts");
        pipeline.request("direct:run", prepared.hostsByWave(), Object.class);
        if (!bundles.isPacked()) {
            throw missing("run.packed");
        }
        return plan();
    }

    void planned(Exchange exchange) {
        Plan made = prepared.planned(exchange.getMessage().getBody());
        if (made.batches().isEmpty()) {
            throw new ConfigurationException("no host has a worker: there is nothing to do");
        }
        refuseLocalRoot(made);
        plan = Optional.of(made);
    }

    /**
     * Refuses a local batch of root. The job would refuse it too, but other jobs would have started
     * by then.
     */
    private static void refuseLocalRoot(Plan plan) {
        boolean local =
                plan.batches().stream()
                        .anyMatch(batch -> batch.worker().equals(Worker.CONTROL_MACHINE));
        if (local && System.getProperty("user.name").equals("root")) {
            throw new ConfigurationException(
                    "'unmatched: local' in workers.yml makes this machine a worker, and"
                            + " jet-fanout never works as root on a worker: run jet-fanout as"
                            + " another user, or map these hosts to workers");
        }
    }

    void packShared(Exchange exchange) throws IOException {
        Function<Batch, List<String>> commands =
                packing.packShared(plan().batches().size(), prepared.plays(plan()));
        record.storePlan(plan(), commands);
        exchange.getMessage().setBody(plan());
    }

    void packed(Exchange exchange) throws IOException {
        RouteContract.requireAll(
                "pack",
                "did not pack",
                plan().batches().stream()
                        .map(Batch::id)
                        .filter(batch -> !bundles.isThere(batch) || !bundles.hasMessage(batch))
                        .toList());
        RolloutRules rules = prepared.rollout().from(ZonedDateTime.now(ZoneId.systemDefault()));
        if (!rules.isEmpty()) {
            record.storeRollout(RolloutState.of(rules, plan().waves()));
        }
        record.storeWorkers(prepared.workerGroups().all());
        bundles.packed();
        exchange.getMessage().setBody(plan());
    }

    private Plan plan() {
        return plan.orElseThrow(() -> missing("run.planned"));
    }

    private static ConfigurationException missing(String step) {
        return ConfigurationException.missed("run", step);
    }
}
