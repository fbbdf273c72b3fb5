package org.jetfanout.run.camel;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.LoggingLevel;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.spi.CamelLogger;
import org.apache.camel.spi.ComponentResolver;
import org.apache.camel.spi.PropertiesComponent;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.service.ServiceHelper;
import org.jetfanout.sink.GuardedHttp;
import org.slf4j.helpers.NOPLogger;

/**
 * A Camel context that has read its route files. It has no beans yet, so it can be made before
 * anything is known of a run. Used by one thread at a time.
 */
final class ReadRoutes implements AutoCloseable {
    private static final int SHUTDOWN_SECONDS = 10;

    /**
     * How long Camel waits for the routes of sinks at the end. Shipping has waited for them before.
     */
    private static final int SINK_SHUTDOWN_SECONDS = 1;

    private final Main main;
    private final String pattern;

    // Mutable state
    private Optional<URLClassLoader> loader = Optional.empty();

    /**
     * @param pattern Camel's include pattern of the files
     * @param preparse whether the user's own files are among them
     * @param located whether each step is to know its file and line
     */
    private ReadRoutes(
            String name,
            String pattern,
            Libraries libraries,
            int shutdownSeconds,
            boolean preparse,
            boolean located) {
        this.pattern = pattern;
        this.main = new Main();
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
        configuration.addConfiguration(
                new CamelConfiguration() {
                    @Override
                    public void configure(CamelContext context) {
                        loader = libraries.open(context, ReadRoutes.class.getClassLoader());
                        guardHttp(context);
                        failQuietly(context);
                        context.setSourceLocationEnabled(located);
                        if (!preparse) {
                            ReadOnce.in(context);
                        }
                    }
                });
        try {
            main.init();
        } catch (Exception e) {
            close();
            throw RouteErrors.starting(e, pattern);
        }
    }

    /**
     * Reads the route files of a run, or of a part of one.
     *
     * @param names of the packaged route files to read
     * @param folder with the user's own routes
     */
    static ReadRoutes ofRun(List<String> names, Optional<Path> folder) {
        return new ReadRoutes(
                "jet-fanout",
                Routes.pattern(names, folder),
                Libraries.of(folder),
                SHUTDOWN_SECONDS,
                folder.isPresent(),
                true);
    }

    /** Reads the route files of sinks. */
    static ReadRoutes ofSinks(String pattern, Libraries libraries) {
        return new ReadRoutes(
                "jet-fanout-sinks", pattern, libraries, SINK_SHUTDOWN_SECONDS, true, false);
    }

    /** The context. Until {@link #start}, more may be added to it. */
    CamelContext context() {
        return main.getCamelContext();
    }

    /**
     * Starts the routes that start by themselves.
     *
     * @param beans for the names in the routes
     * @param properties values of the placeholders in the routes; may be secrets
     */
    void start(Map<String, Object> beans, Map<String, String> properties) {
        PropertiesComponent placeholders = context().getPropertiesComponent();
        properties.forEach(placeholders::addInitialProperty);
        beans.forEach(main::bind);
        try {
            main.start();
        } catch (Exception e) {
            throw RouteErrors.starting(e, pattern);
        }
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

    static void close(URLClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            // the jars were only read
        }
    }

    /** Stops the routes. */
    @Override
    public void close() {
        main.stop();
        loader.ifPresent(ReadRoutes::close);
    }

    /**
     * Camel reads each file twice, at first for beans and for settings that only its own operator
     * and command line write into files. The packaged files have neither.
     */
    private static final class ReadOnce extends YamlRoutesBuilderLoader {
        static void in(CamelContext context) {
            ReadOnce loader = new ReadOnce();
            loader.setCamelContext(context);
            ServiceHelper.startService(loader);
            context.getRegistry().bind("routes-builder-loader-yaml", loader);
        }

        @Override
        public void preParseRoute(Resource resource) {
            // nothing to find
        }
    }
}
