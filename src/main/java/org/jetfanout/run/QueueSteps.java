package org.jetfanout.run;

import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.dispatch.StepWatch;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.run.camel.RouteContract;
import org.jetfanout.run.camel.RouteErrors;

/**
 * The steps of the queue and send routes: from a packed batch to its message on the queue. Used by
 * one thread at a time.
 */
public final class QueueSteps {
    private final String guid;
    private final StepWatch steps;

    /**
     * @param steps remembers what was put on the queue
     */
    public QueueSteps(String guid, StepWatch steps) {
        this.guid = guid;
        this.steps = steps;
    }

    /** The beans for the names in the routes. */
    public Map<String, Processor> beans() {
        return Map.of(
                "queue.message", this::message,
                "queue.startDispatch", this::startDispatch);
    }

    /** Makes the message, which is only the id: everything else is stored beside the bundle. */
    void message(Exchange exchange) {
        Message message = exchange.getMessage();
        Batch batch = message.getBody(Batch.class);
        message.setHeader(JetHeaders.GUID, guid);
        message.setHeader(JetHeaders.BATCH, batch.id());
        message.setHeader(JetHeaders.WORKER, batch.worker().name());
        message.setHeader(JetHeaders.WORKER_GROUP, batch.worker().group());
        message.setBody(batch.id());
    }

    /** Starts to take batches from the queue, after a check that each of them is there. */
    void startDispatch(Exchange exchange) {
        // from the property, because the queue route may have changed the body
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
