package org.jetfanout.run;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.dispatch.StepWatch;
import org.jetfanout.job.JobSpec;
import org.jetfanout.pack.AgentAccess;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.pack.Bundles;
import org.jetfanout.pack.HostLoginNames;
import org.jetfanout.pack.RunnerCommands;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.run.camel.RouteContract;
import org.jetfanout.run.camel.RouteErrors;
import org.jetfanout.site.workers.WorkerSettings;

/**
 * The beans of the pack, queue and send routes: from a batch to its bundle and its message. Used by
 * one thread at a time.
 */
public final class QueueSteps {
    private final String guid;
    private final Bundles bundles;
    private final Optional<CheckedRequest> prepared;
    private final Optional<AgentAccess> access;
    private final StepWatch steps;

    // Mutable state
    private RunnerCommands commands;
    private IntConsumer packing = packed -> {};
    private final AtomicInteger packed = new AtomicInteger();
    private HostLoginNames logins;

    /**
     * @param prepared what bundles are made of; empty where they are made already
     * @param access to the agent; empty likewise
     * @param steps knows what was put on the queue
     */
    public QueueSteps(
            String guid,
            Bundles bundles,
            Optional<CheckedRequest> prepared,
            Optional<AgentAccess> access,
            StepWatch steps) {
        this.guid = guid;
        this.bundles = bundles;
        this.prepared = prepared;
        this.access = access;
        this.steps = steps;
    }

    /** Who is told how many batches are packed. */
    void packing(IntConsumer told) {
        packing = told;
    }

    /** To be told before the first batch is packed. */
    public void commands(RunnerCommands made) {
        commands = made;
        logins = prepared.orElseThrow().logins(bundles);
    }

    public Map<String, Processor> beans() {
        return Map.of(
                "queue.bundle", this::bundle,
                "queue.message", this::message,
                "queue.startDispatch", this::startDispatch);
    }

    void bundle(Exchange exchange) throws IOException {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        CheckedRequest run = prepared.orElseThrow();
        if (commands == null) {
            throw RouteContract.missing("run", "run.packShared");
        }
        WorkerSettings settings = run.workers().settings(batch.worker().group());
        boolean tagged = !run.request().runner().tags().isEmpty();
        BatchMessage message =
                BatchMessage.of(
                        guid,
                        batch,
                        commands.of(batch),
                        bundles.sources(),
                        tagged,
                        settings,
                        access.orElseThrow().shown(batch.worker().group()),
                        access.orElseThrow().forHosts(),
                        logins.of(batch));
        bundles.pack(message, message.job(environment(settings), JobSpec.Packed.GZIP));
        packing.accept(packed.incrementAndGet());
    }

    /** The runner's variables: those of workers.yml, and what jetp would read here. */
    private static Map<String, String> environment(WorkerSettings settings) {
        Map<String, String> environment = new HashMap<>(settings.env());
        String comment = System.getenv(AgentAccess.KEY_COMMENT);
        if (comment != null && !comment.isEmpty()) {
            environment.putIfAbsent(AgentAccess.KEY_COMMENT, comment);
        }
        return environment;
    }

    /** The id is enough: what the batch is stands beside its bundle. */
    void message(Exchange exchange) {
        Message message = exchange.getMessage();
        Batch batch = message.getBody(Batch.class);
        message.setHeader(JetHeaders.GUID, guid);
        message.setHeader(JetHeaders.BATCH, batch.id());
        message.setHeader(JetHeaders.WORKER, batch.worker().name());
        message.setHeader(JetHeaders.WORKER_GROUP, batch.worker().group());
        message.setBody(batch.id());
    }

    /** Batches are taken from the queue from now on: that each is there is known first. */
    void startDispatch(Exchange exchange) {
        // whatever the queue route has made of the body
        Plan plan = exchange.getProperty(JetHeaders.PLAN, Plan.class);
        RouteContract.requireAll(
                "queue",
                "did not put on the queue",
                plan.batches().stream()
                        .map(Batch::id)
                        .filter(batch -> !steps.queued().contains(batch))
                        .toList());
        try {
            exchange.getContext().getRouteController().startRoute(RouteContract.DISPATCH);
        } catch (Exception e) {
            throw new ConfigurationException(
                    "route %s cannot be started: %s"
                            .formatted(RouteContract.DISPATCH, RouteErrors.rootMessage(e)));
        }
    }
}
