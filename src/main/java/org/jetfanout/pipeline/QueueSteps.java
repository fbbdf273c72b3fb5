package org.jetfanout.pipeline;

import java.io.IOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.plan.Batch;
import org.jetfanout.workers.WorkerSettings;

/**
 * The beans of the queue route: from a batch to its message, the bundle packed. Used by one thread.
 */
final class QueueSteps {
    private final String guid;
    private final Prepared prepared;
    private final Bundles bundles;

    // Mutable state
    private Commands commands;

    QueueSteps(String guid, Prepared prepared, Bundles bundles) {
        this.guid = guid;
        this.prepared = prepared;
        this.bundles = bundles;
    }

    /** To be told before the first batch comes. */
    void commands(Commands made) {
        commands = made;
    }

    Map<String, Processor> beans() {
        return Map.of("bundle", this::bundle, "message", this::message);
    }

    private void bundle(Exchange exchange) throws IOException {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        WorkerSettings settings = prepared.workers().settings(batch.worker().group());
        bundles.pack(batch, of(batch, settings).job(settings.env()));
    }

    private void message(Exchange exchange) {
        Message message = exchange.getMessage();
        Batch batch = message.getBody(Batch.class);
        WorkerSettings settings = prepared.workers().settings(batch.worker().group());
        message.setHeader(JetHeaders.GUID, guid);
        message.setHeader(JetHeaders.BATCH, batch.id());
        message.setHeader(JetHeaders.WORKER, batch.worker().name());
        message.setHeader(JetHeaders.WORKER_GROUP, batch.worker().group());
        message.setBody(of(batch, settings).bytes());
    }

    private BatchMessage of(Batch batch, WorkerSettings settings) {
        boolean tagged = !prepared.request().runner().tags().isEmpty();
        return BatchMessage.of(guid, batch, commands.of(batch), tagged, settings);
    }
}
