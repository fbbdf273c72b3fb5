package org.jetfanout.dispatch;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Stands between the steps of the routes. It knows which step threw an exception, and what was put
 * on the queue. If a step of the user's own fails after a step that has stored something, the
 * stored data stays. Thread-safe.
 */
public final class StepWatch implements InterceptStrategy {
    /** Exchange property: the content of the exchange is stored and stays stored. */
    static final String STORED = "JetStored";

    /** Exchange property: a batch was put on the queue. */
    static final String QUEUED = "JetQueued";

    private static final String QUEUE = "sjms2:";

    /** The endpoints at which the other routes of a run begin. */
    private static final Set<String> ENDPOINTS =
            Set.of(
                    "direct:plan",
                    "direct:pack",
                    "direct:queue",
                    "direct:gate",
                    "direct:record",
                    "direct:result");

    private final Listener listener;

    /** By identity, because exceptions have no other. */
    private final Map<Throwable, FailedStep> failed =
            Collections.synchronizedMap(new WeakHashMap<>());

    private final Set<String> queued = ConcurrentHashMap.newKeySet();

    /** Is told of steps that fail. */
    @FunctionalInterface
    public interface Listener {
        /** A step failed after a step that had stored the content of the exchange. */
        void failedAfterwards(FailedStep step, Exception cause);
    }

    /** Watches the steps of the contexts to which it is added. */
    public StepWatch(Listener listener) {
        this.listener = listener;
    }

    /** The step that threw an exception, if a route's step did. */
    public Optional<FailedStep> step(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            FailedStep step = failed.get(cause);
            if (step != null) {
                return Optional.of(step);
            }
        }
        return Optional.empty();
    }

    /** The ids of the batches that some route has put on the queue. */
    public Set<String> queued() {
        return queued;
    }

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor next) {
        String uri = definition instanceof ToDefinition to ? String.valueOf(to.getUri()) : "";
        return new DelegateAsyncProcessor(target) {
            // Mutable state: found out with the first message, for all
            private volatile Boolean ours;

            private boolean isOurQueue() {
                if (ours == null) {
                    ours = isOurs(context, uri);
                }
                return ours;
            }

            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                boolean queues = uri.startsWith(QUEUE) && isOurQueue();
                String id = queues ? exchange.getMessage().getBody(String.class) : "";
                return super.process(
                        exchange,
                        doneSync -> {
                            if (exchange.getException() != null) {
                                failed(exchange, definition);
                            } else if (queues && id != null) {
                                queued.add(id);
                                exchange.setProperty(QUEUED, true);
                            } else if (ENDPOINTS.contains(uri)) {
                                // a `stop` ends that route only, not the one that sent to it
                                exchange.setRouteStop(false);
                            }
                            callback.done(doneSync);
                        });
            }
        };
    }

    /** Whether it is the queue from which the dispatch route takes batches. */
    private static boolean isOurs(CamelContext context, String uri) {
        String name =
                context.resolvePropertyPlaceholders(uri)
                        .replaceFirst("\\?.*", "")
                        .replaceFirst("^sjms2:(//)?(queue:)?(//)?", "");
        return name.equals(context.resolvePropertyPlaceholders("{{jet.queue:}}"));
    }

    private void failed(Exchange exchange, NamedNode definition) {
        Exception thrown = exchange.getException();
        if (step(thrown).isPresent()) {
            return; // a step within this one
        }
        FailedStep step = FailedStep.of(definition);
        Exception cause = CamelCauses.within(thrown);
        if (exchange.getProperty(STORED) != null && !CamelCauses.isOwn(cause)) {
            exchange.setException(null);
            listener.failedAfterwards(step, cause);
        } else {
            failed.put(cause, step);
        }
    }
}
