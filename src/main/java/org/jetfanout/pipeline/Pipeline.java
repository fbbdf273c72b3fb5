package org.jetfanout.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.RecordException;

/**
 * A running Camel with the routes of one run. Thread-safe once started.
 *
 * <p>Each name that a route file uses ({@code process: ref}) is a bean of this object.
 */
final class Pipeline implements AutoCloseable {
    private final Main main = new Main();

    /**
     * Loads the routes and starts those that start by themselves.
     *
     * @param names packaged route files to load
     * @param folder the user's own
     * @param beans what the names in the routes stand for
     * @param properties values of the placeholders in the routes
     */
    Pipeline(
            List<String> names,
            Optional<Path> folder,
            Map<String, Object> beans,
            Map<String, String> properties) {
        var configuration = main.configure();
        configuration.setName("jet-fanout");
        configuration.setBasePackageScanEnabled(false);
        configuration.setRoutesIncludePattern(Routes.pattern(names, folder));
        configuration.setStreamCachingEnabled(false);
        configuration.setAutowiredEnabled(false);
        configuration.setJmxEnabled(false);
        configuration.setShutdownTimeout(10);
        configuration.setShutdownLogInflightExchangesOnTimeout(false);
        // Ctrl-C is ours: it cancels jobs before Camel goes down
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.setDefaultPropertyPlaceholderLocation("false");
        properties.forEach(main::addInitialProperty);
        beans.forEach(main::bind);
        try {
            main.start();
        } catch (Exception e) {
            stop();
            throw new ConfigurationException("the routes cannot be started: " + rootMessage(e));
        }
    }

    /** Sends a body to an endpoint and gives back what the route makes of it. */
    <T> T request(String endpoint, Object body, Class<T> type) {
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
     * Sends a body to an endpoint whose route gives nothing back; a queue behind it would wait for
     * a reply otherwise.
     */
    void send(String endpoint, Object body) {
        Exchange exchange =
                context().createFluentProducerTemplate().to(endpoint).withBody(body).send();
        if (exchange.getException() != null) {
            throw unwrap(exchange.getException());
        }
    }

    /** Starts a route that does not start by itself. */
    void startRoute(String id) {
        try {
            context().getRouteController().startRoute(id);
        } catch (Exception e) {
            throw new ConfigurationException(
                    "route " + id + " cannot be started: " + rootMessage(e));
        }
    }

    private CamelContext context() {
        return main.getCamelContext();
    }

    @Override
    public void close() {
        stop();
    }

    private void stop() {
        main.stop();
    }

    /** What a step threw: Camel wraps it once for each EIP that it passes. */
    private static RuntimeException unwrap(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException || cause instanceof RecordException) {
                return (RuntimeException) cause;
            }
            if (cause instanceof IOException io) {
                return new UncheckedIOException(io.getMessage(), io);
            }
        }
        return e instanceof RuntimeException unchecked
                ? unchecked
                : new CamelExecutionException("step failed", null, e);
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    }
}
