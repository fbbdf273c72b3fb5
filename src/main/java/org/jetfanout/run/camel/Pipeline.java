package org.jetfanout.run.camel;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.spi.CamelLogger;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.support.PluginHelper;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;
import org.jetfanout.dispatch.CamelCauses;
import org.jetfanout.dispatch.FailedStep;
import org.jetfanout.dispatch.StepNames;
import org.jetfanout.dispatch.StepWatch;
import org.jetfanout.machine.Daemons;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.RecordException;
import org.jetfanout.sink.GuardedHttp;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkSender;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;
import org.slf4j.helpers.NOPLogger;

/**
 * A running Camel context with the routes of one run. Thread-safe once started.
 *
 * <p>Each name that a route file uses ({@code process: ref}) is a bean of this object.
 */
public final class Pipeline implements AutoCloseable {
    private static final int SHUTDOWN_SECONDS = 10;

    /**
     * How long Camel waits for the routes of sinks at the end. Shipping has waited for them before.
     */
    private static final int SINK_SHUTDOWN_SECONDS = 1;

    private final Main main = new Main();
    private final StepWatch steps;
    private final Set<String> beans;

    // Mutable state
    private volatile boolean abandoned;
    private Optional<URLClassLoader> loader = Optional.empty();

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
                "jet-fanout",
                Routes.pattern(names, folder),
                Libraries.of(folder),
                SHUTDOWN_SECONDS,
                beans,
                properties,
                steps,
                context -> {
                    failQuietly(context);
                    context.setSourceLocationEnabled(true);
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
                "jet-fanout-sinks",
                pattern,
                libraries,
                SINK_SHUTDOWN_SECONDS,
                beans,
                properties,
                new StepWatch((step, cause) -> {}),
                Pipeline::failQuietly);
    }

    private Pipeline(
            String name,
            String pattern,
            Libraries libraries,
            int shutdownSeconds,
            Map<String, Object> beans,
            Map<String, String> properties,
            StepWatch steps,
            Consumer<CamelContext> more) {
        this.steps = steps;
        Map<String, Object> named = StepNames.withFormer(beans);
        this.beans = Set.copyOf(named.keySet());
        var configuration = main.configure();
        configuration.setName(name);
        configuration.setBasePackageScanEnabled(false);
        configuration.setRoutesIncludePattern(pattern);
        configuration.setStreamCachingEnabled(false);
        configuration.setAutowiredEnabled(false);
        configuration.setJmxEnabled(false);
        configuration.setShutdownTimeout(shutdownSeconds);
        // the summary would contain the values of placeholders
        configuration.setAutoConfigurationLogSummary(false);
        configuration.setShutdownLogInflightExchangesOnTimeout(false);
        // jet-fanout itself handles Ctrl-C: it cancels jobs before Camel stops
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.setDefaultPropertyPlaceholderLocation("false");
        properties.forEach(main::addInitialProperty);
        named.forEach(main::bind);
        configuration.addConfiguration(
                new CamelConfiguration() {
                    @Override
                    public void configure(CamelContext context) {
                        loader = libraries.open(context, Pipeline.class.getClassLoader());
                        guardHttp(context);
                        more.accept(context);
                    }
                });
        try {
            main.start();
        } catch (Exception e) {
            stop();
            throw RouteErrors.starting(e, pattern);
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

    /**
     * Keeps Camel from logging failures of sinks. A sink that is down fails at each try. The
     * shipper reports that once, but Camel would log each stack trace, and each would be shipped.
     */
    private static void failQuietly(CamelContext context) {
        DefaultErrorHandlerDefinition handler = new DefaultErrorHandlerDefinition();
        // logExhausted=false has no effect on the handler when it is set for a whole context
        handler.setLoggerBean(new CamelLogger(NOPLogger.NOP_LOGGER, LoggingLevel.OFF));
        context.getCamelContextExtension().setErrorHandlerFactory(handler);
    }

    /** Replaces camel-http's own component, when a route uses it. */
    static void guardHttp(CamelContext context) {
        ComponentResolver usual = PluginHelper.getComponentResolver(context);
        ComponentResolver guarded =
                (name, asked) ->
                        name.equals("http") || name.equals("https")
                                ? new GuardedHttp()
                                : usual.resolveComponent(name, asked);
        context.getCamelContextExtension().addContextPlugin(ComponentResolver.class, guarded);
    }

    private CamelContext context() {
        return main.getCamelContext();
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
        main.stop();
        loader.ifPresent(Pipeline::close);
    }

    static void close(URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            // the jars were only read
        }
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
