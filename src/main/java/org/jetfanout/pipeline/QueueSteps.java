package org.jetfanout.pipeline;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.job.JobSpec;
import org.jetfanout.plan.Batch;
import org.jetfanout.workers.WorkerSettings;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * The beans of the pack and queue routes: from a batch to its bundle and its message. Used by one
 * thread.
 */
final class QueueSteps {
    private final String guid;
    private final Bundles bundles;
    private final Optional<Prepared> prepared;

    // Mutable state
    private Commands commands;

    /**
     * @param prepared what bundles are made of; empty where they are made already
     */
    QueueSteps(String guid, Bundles bundles, Optional<Prepared> prepared) {
        this.guid = guid;
        this.bundles = bundles;
        this.prepared = prepared;
    }

    /** To be told before the first batch is packed. */
    void commands(Commands made) {
        commands = made;
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
                        guid, batch, commands.of(batch), bundles.sources(), tagged, settings);
        bundles.pack(message, message.job(settings.env(), JobSpec.Packed.GZIP));
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
