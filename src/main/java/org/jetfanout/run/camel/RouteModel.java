package org.jetfanout.run.camel;

import jakarta.jms.ConnectionFactory;
import java.lang.reflect.Proxy;
import java.net.URLClassLoader;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteDefinitionHelper;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.hc.client5.http.classic.HttpClient;
import org.jetfanout.ssh.FanOutSshComponent;
import org.jetfanout.ssh.SshSettings;

/**
 * Route files as Camel reads them, and none of them started: nothing is connected to, no timer
 * fires. What the routes name (beans, the queue, settings of sinks) stands in for itself. Used by
 * one thread.
 */
final class RouteModel implements AutoCloseable {
    /** In place of a sink's setting. */
    private static final String SETTING = "http://setting.invalid";

    private static final Map<String, String> PROPERTIES =
            Map.of("jet.queue", "jet-fanout", "jet.consumers", "1");

    private static final String SSH = "ssh";

    private final DefaultCamelContext context = new DefaultCamelContext(false);
    private final Optional<URLClassLoader> loader;

    /**
     * @param libraries for what the files use
     * @param sinks whether they are those of sinks
     */
    RouteModel(Libraries libraries, boolean sinks) {
        context.disableJMX();
        context.setSourceLocationEnabled(true);
        context.getCamelContextExtension().setRegistry(new DefaultRegistry(new StandIns(sinks)));
        context.getPropertiesComponent().addPropertiesSource(new Settings(sinks));
        loader = libraries.open(context, RouteModel.class.getClassLoader());
        context.build();
        Pipeline.guardHttp(context);
        context.addComponent(SSH, new FanOutSshComponent(SshSettings.ofUser()));
    }

    /**
     * Reads files.
     *
     * @param pattern their places, as Camel names them
     */
    List<RouteDefinition> read(String pattern) {
        try {
            for (String location : pattern.split(",", -1)) {
                Resource file = PluginHelper.getResourceLoader(context).resolveResource(location);
                for (RoutesBuilder routes :
                        PluginHelper.getRoutesLoader(context).findRoutesBuilders(file)) {
                    context.addRoutes(routes);
                }
            }
            return context.getRouteDefinitions();
        } catch (Exception e) {
            throw RouteErrors.starting(e, pattern);
        }
    }

    /**
     * Makes a route as for a run: its endpoints, its expressions, the beans that it names.
     *
     * @param pattern where it came from
     */
    void make(RouteDefinition route, String pattern) {
        try {
            RouteDefinitionHelper.prepareRoute(context, route);
            context.getModelReifierFactory().createRoute(context, route);
        } catch (RuntimeException e) {
            // what depends on the value of a setting is known when there is one
            if (!RouteErrors.rootMessage(e).contains(SETTING)) {
                throw RouteErrors.starting(e, pattern);
            }
        }
    }

    /** Whether a route starts by itself. */
    boolean startsItself(RouteDefinition route) {
        return route.getAutoStartup() == null
                || !context.resolvePropertyPlaceholders(route.getAutoStartup()).equals("false");
    }

    /** What the routes that were made send to or begin at. */
    Collection<Endpoint> endpoints() {
        return context.getEndpoints();
    }

    @Override
    public void close() {
        context.stop();
        loader.ifPresent(Pipeline::close);
    }

    /** What a run binds to the names in the packaged routes, as far as a route is made of it. */
    private record StandIns(Set<String> names, Object standIn) implements BeanRepository {
        StandIns(boolean sinks) {
            this(
                    PackagedRoutes.beans(sinks),
                    sinks
                            ? standIn(Processor.class, HttpClient.class, HeaderFilterStrategy.class)
                            : standIn(
                                    Processor.class,
                                    AggregationStrategy.class,
                                    ExecutorService.class,
                                    ConnectionFactory.class));
        }

        private static Object standIn(Class<?>... types) {
            return Proxy.newProxyInstance(
                    RouteModel.class.getClassLoader(), types, (bean, method, arguments) -> null);
        }

        @Override
        public Object lookupByName(String name) {
            return names.contains(name) ? standIn : null;
        }

        @Override
        public <T> T lookupByNameAndType(String name, Class<T> type) {
            return names.contains(name) && type.isInstance(standIn) ? type.cast(standIn) : null;
        }

        @Override
        public <T> Map<String, T> findByTypeWithName(Class<T> type) {
            return Map.of();
        }

        @Override
        public <T> Set<T> findByType(Class<T> type) {
            return Set.of();
        }
    }

    /** Values of placeholders: those of a run, and any of a sink. */
    private record Settings(boolean sinks) implements PropertiesSource {
        @Override
        public String getName() {
            return "settings";
        }

        @Override
        public String getProperty(String name) {
            return sinks && name.contains(".") ? SETTING : PROPERTIES.get(name);
        }
    }
}
