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
 * Reads route files with Camel, and starts none of the routes: nothing is connected to, and no
 * timer fires. Stand-ins replace what the routes name (beans, the queue, settings of sinks). Used
 * by one thread.
 */
final class RouteModel implements AutoCloseable {
    /** The value of every setting of a sink. */
    private static final String SETTING = "http://setting.invalid";

    private static final Map<String, String> PROPERTIES =
            Map.of("jet.queue", "jet-fanout", "jet.consumers", "1");

    private static final String SSH = "ssh";

    private final DefaultCamelContext context = new DefaultCamelContext(false);
    private final Optional<URLClassLoader> loader;

    /**
     * @param libraries for what the files use
     * @param sinks whether the files are those of sinks
     */
    RouteModel(Libraries libraries, boolean sinks) {
        context.disableJMX();
        context.setSourceLocationEnabled(true);
        context.getCamelContextExtension().setRegistry(new DefaultRegistry(new StandIns(sinks)));
        context.getPropertiesComponent().addPropertiesSource(new Settings(sinks));
        loader = libraries.open(context, RouteModel.class.getClassLoader());
        context.build();
        ReadRoutes.guardHttp(context);
        context.addComponent(SSH, new FanOutSshComponent(SshSettings.ofUser()));
    }

    /**
     * Reads files.
     *
     * @param pattern of the files, in Camel's notation
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
     * Makes a route as a run does: its endpoints, its expressions, and the beans that it names.
     *
     * @param pattern of the file from which it came
     */
    void make(RouteDefinition route, String pattern) {
        try {
            RouteDefinitionHelper.prepareRoute(context, route);
            context.getModelReifierFactory().createRoute(context, route);
        } catch (RuntimeException e) {
            // an error that depends on the value of a setting counts only when there is a real
            // value
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

    /** All endpoints to which the routes send or at which they begin. */
    Collection<Endpoint> endpoints() {
        return context.getEndpoints();
    }

    @Override
    public void close() {
        context.stop();
        loader.ifPresent(ReadRoutes::close);
    }

    /** Stand-ins for the beans of the packaged names. */
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

    /** Values of the placeholders: those of a run, and any setting of a sink. */
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
