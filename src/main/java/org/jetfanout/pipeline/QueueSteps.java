package org.jetfanout.pipeline;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.job.JobSpec;
import org.jetfanout.plan.Batch;
import org.jetfanout.workers.WorkerSettings;

/**
 * The beans of the pack and queue routes: from a batch to its bundle and its message. Used by one
 * thread.
 */
final class QueueSteps {
    private final String guid;
    private final Bundles bundles;
    private final Optional<Prepared> prepared;
    private final Optional<AgentAccess> access;

    // Mutable state
    private Commands commands;
    private IntConsumer packing = packed -> {};
    private final AtomicInteger packed = new AtomicInteger();
    private Logins logins;

    /**
     * @param prepared what bundles are made of; empty where they are made already
     * @param access to the agent; empty likewise
     */
    QueueSteps(
            String guid,
            Bundles bundles,
            Optional<Prepared> prepared,
            Optional<AgentAccess> access) {
        this.guid = guid;
        this.bundles = bundles;
        this.prepared = prepared;
        this.access = access;
    }

    /** Who is told how many batches are packed. */
    void packing(IntConsumer told) {
        packing = told;
    }

    /** To be told before the first batch is packed. */
    void commands(Commands made) {
        commands = made;
        logins = new Logins(prepared.orElseThrow(), bundles);
    }

    Map<String, Processor> beans() {
        return Map.of("bundle", this::bundle, "message", this::message);
    }

    private void bundle(Exchange exchange) throws IOException {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        Prepared run = prepared.orElseThrow();
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
    private void message(Exchange exchange) {
        Message message = exchange.getMessage();
        Batch batch = message.getBody(Batch.class);
        message.setHeader(JetHeaders.GUID, guid);
        message.setHeader(JetHeaders.BATCH, batch.id());
        message.setHeader(JetHeaders.WORKER, batch.worker().name());
        message.setHeader(JetHeaders.WORKER_GROUP, batch.worker().group());
        message.setBody(batch.id());
    }
}
