package org.jetfanout.run.camel;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.dispatch.CamelCauses;
import org.jetfanout.dispatch.FailedStep;
import org.jetfanout.dispatch.StepNames;
import org.jetfanout.dispatch.StepWatch;
import org.jetfanout.machine.Daemons;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.RecordException;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkSender;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;

/**
 * A running Camel context with the routes of one run. Thread-safe once started.
 *
 * <p>Each name that a route file uses ({@code process: ref}) is a bean of this object.
 */
public final class Pipeline implements AutoCloseable {
    private final ReadRoutes read;
    private final StepWatch steps;
    private final Set<String> beans;

    // Mutable state
    private volatile boolean abandoned;

    /**
     * Loads the routes, and starts those that start by themselves.
     *
     * @param names of the packaged route files to load
     * @param folder with the user's own routes
     * @param beans for the names in the routes
     * @param properties values of the placeholders in the routes
     */
    public Pipeline(
            List<String> names,
            Optional<Path> folder,
            Map<String, Object> beans,
            Map<String, String> properties) {
        this(names, folder, beans, properties, new StepWatch((step, cause) -> {}), done -> {});
    }

    /**
     * Loads routes that take batches from the queue, too.
     *
     * @param steps watches the steps
     * @param done takes each exchange of the dispatch route when its steps have ended
     */
    public Pipeline(
            List<String> names,
            Optional<Path> folder,
            Map<String, Object> beans,
            Map<String, String> properties,
            StepWatch steps,
            Consumer<Exchange> done) {
        this(
                RoutesAhead.take(names, folder).orElseGet(() -> ReadRoutes.ofRun(names, folder)),
                beans,
                properties,
                steps,
                context -> {
                    context.getCamelContextExtension().addInterceptStrategy(steps);
                    context.addRoutePolicyFactory(new QueueRoutes(done));
                });
        try {
            RouteContract.check(context(), names, Optional.ofNullable(properties.get("jet.queue")));
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    /**
     * Loads the routes of sinks.
     *
     * @param pattern Camel's include pattern of their files
     * @param libraries for what they use
     * @param beans for the names in the routes
     * @param properties values of the placeholders in the routes; may be secrets
     */
    public static Pipeline ofSinks(
            String pattern,
            Libraries libraries,
            Map<String, Object> beans,
            Map<String, String> properties) {
        return new Pipeline(
                ReadRoutes.ofSinks(pattern, libraries),
                beans,
                properties,
                new StepWatch((step, cause) -> {}),
                context -> {});
    }

    private Pipeline(
            ReadRoutes read,
            Map<String, Object> beans,
            Map<String, String> properties,
            StepWatch steps,
            Consumer<CamelContext> more) {
        this.read = read;
        this.steps = steps;
        Map<String, Object> named = StepNames.withFormer(beans);
        this.beans = Set.copyOf(named.keySet());
        try {
            more.accept(context());
            read.start(named, properties);
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    /** Sends a body to an endpoint, and returns what the route makes of it. */
    public <T> T request(String endpoint, Object body, Class<T> type) {
        try {
            return context()
                    .createFluentProducerTemplate()
                    .to(endpoint)
                    .withBody(body)
                    .request(type);
        } catch (CamelExecutionException e) {
            throw unwrap(e);
        }
    }

    /**
     * Sends a body to an endpoint whose route returns nothing. If it were a request, a queue at the
     * end of the route would wait for a reply.
     */
    public void send(String endpoint, Object body) {
        send(context().createFluentProducerTemplate().to(endpoint).withBody(body));
    }

    private void send(FluentProducerTemplate template) {
        Exchange exchange = template.send();
        if (exchange.getException() != null) {
            throw unwrap(exchange.getException());
        }
    }

    /**
     * Sends packed batches to the queue, and starts to send them to their workers. Returns when the
     * send route has ended: after the last wave.
     *
     * @param waves tells the route which waves there are
     */
    public void begin(Plan plan, Object waves) {
        send(
                context()
                        .createFluentProducerTemplate()
                        .to("direct:send")
                        .withBody(plan)
                        .withExchangeProperty(JetHeaders.PLAN, plan)
                        .withExchangeProperty(JetHeaders.WAVES, waves));
        if (!context().getRouteController().getRouteStatus(RouteContract.DISPATCH).isStarted()) {
            throw ConfigurationException.missed("send", "queue.startDispatch");
        }
    }

    /** Whether some route begins at an endpoint. */
    public boolean hasRouteFrom(String uri) {
        Endpoint endpoint = context().hasEndpoint(uri);
        return endpoint != null
                && context().getRoutes().stream()
                        .anyMatch(route -> route.getEndpoint().equals(endpoint));
    }

    /** Sends deliveries to the route of a sink. */
    public SinkSender sink(String name) {
        Endpoint endpoint = context().getEndpoint(Routes.sinkEndpoint(name));
        ProducerTemplate producer = context().createProducerTemplate();
        return delivery -> {
            Exchange exchange =
                    producer.send(
                            endpoint,
                            sent -> {
                                sent.setProperty(SinkDelivery.PROPERTY, delivery);
                                Message message = sent.getMessage();
                                message.setHeader(JetHeaders.GUID, delivery.guid());
                                message.setHeader(JetHeaders.SINK, delivery.sink());
                                message.setBody(delivery.documents());
                            });
            if (exchange.getException() != null) {
                throw outcome(exchange.getException());
            }
        };
    }

    /** The exception of a sink's route, without what Camel wraps around it. */
    private static Exception outcome(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof UndeliveredException
                    || cause instanceof SinkStoppedException
                    || cause instanceof InterruptedException) {
                return (Exception) cause;
            }
        }
        return thrown instanceof CamelExecutionException
                        && thrown.getCause() instanceof Exception inner
                ? inner
                : thrown;
    }

    private CamelContext context() {
        return read.context();
    }

    /**
     * Makes {@link #close} wait for nothing. The broker is down or has ended, and each consumer
     * would wait for it.
     */
    public void abandon() {
        abandoned = true;
    }

    @Override
    public void close() {
        if (abandoned) {
            Daemons.start("abandoned routes", this::stop);
        } else {
            stop();
        }
    }

    private void stop() {
        read.close();
    }

    /** The exception of a step. Camel wraps it once for each EIP that it passes. */
    private RuntimeException unwrap(Exception e) {
        Optional<FailedStep> failed = steps.step(e).filter(step -> step.isOfUser(beans));
        if (failed.isPresent() && !(CamelCauses.within(e) instanceof JMSException)) {
            return new ConfigurationException(failed.get().says(CamelCauses.within(e)));
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException || cause instanceof RecordException) {
                return (RuntimeException) cause;
            }
            if (cause instanceof JMSException jms) {
                return new UncheckedIOException(
                        "the queue cannot be used: " + jms.getMessage(), new IOException(jms));
            }
            if (cause instanceof IOException io) {
                return new UncheckedIOException(io.getMessage(), io);
            }
        }
        Optional<FailedStep> mended = steps.step(e).filter(step -> !step.packaged());
        if (mended.isPresent() && !CamelCauses.isOwn(CamelCauses.within(e))) {
            return new ConfigurationException(mended.get().says(CamelCauses.within(e)));
        }
        return e instanceof RuntimeException unchecked
                ? unchecked
                : new CamelExecutionException("step failed", null, e);
    }
}
