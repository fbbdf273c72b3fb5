package org.jetfanout.run.camel;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.PluginHelper;

/**
 * Packaged route files in a Camel of their own. Their steps are the real ones; endpoints are
 * replaced by the ids of their routes, before it is started.
 */
public final class RouteBed implements AutoCloseable {
    private final DefaultCamelContext context = new DefaultCamelContext();

    /**
     * Reads the files.
     *
     * @param beans what the names in them stand for
     * @param properties values of their placeholders
     * @param names of the files
     */
    public RouteBed(Map<String, Object> beans, Map<String, String> properties, List<String> names)
            throws Exception {
        context.disableJMX();
        beans.forEach(context.getRegistry()::bind);
        Properties values = new Properties();
        values.putAll(properties);
        context.getPropertiesComponent().setInitialProperties(values);
        for (String name : names) {
            for (RoutesBuilder routes :
                    PluginHelper.getRoutesLoader(context)
                            .findRoutesBuilders(
                                    PluginHelper.getResourceLoader(context)
                                            .resolveResource(
                                                    "classpath:routes/" + name + ".camel.yaml"))) {
                context.addRoutes(routes);
            }
        }
    }

    /** Puts a step in the place of what a route sends to. */
    public RouteBed replace(String route, String uri, Processor step) throws Exception {
        AdviceWith.adviceWith(
                context, route, false, advice -> advice.weaveByToUri(uri).replace().process(step));
        return this;
    }

    /** Puts a mock in the place of what a route sends to. */
    public MockEndpoint mock(String route, String uri) throws Exception {
        String mock = "mock:" + route;
        AdviceWith.adviceWith(
                context, route, false, advice -> advice.weaveByToUri(uri).replace().to(mock));
        return context.getEndpoint(mock, MockEndpoint.class);
    }

    /** A step of a route does nothing, as if it was not there. */
    public RouteBed without(String route, String bean) throws Exception {
        AdviceWith.adviceWith(
                context,
                route,
                false,
                advice ->
                        advice.weaveByToString("(?i)process\\[ref:" + bean + "]")
                                .replace()
                                .process(exchange -> {}));
        return this;
    }

    /** Lets a route begin elsewhere. */
    public RouteBed from(String route, String uri) throws Exception {
        AdviceWith.adviceWith(
                context,
                route,
                false,
                advice -> {
                    advice.replaceFromWith(uri);
                });
        context.getRouteDefinition(route).setAutoStartup("true");
        return this;
    }

    /** Lets something stand between the steps, as in a run. */
    public RouteBed watched(InterceptStrategy watch) {
        context.getCamelContextExtension().addInterceptStrategy(watch);
        return this;
    }

    /** Starts the routes. */
    public RouteBed start() {
        context.start();
        return this;
    }

    /** Sends a body; what the exchange is at its end. Throws what a step threw. */
    public Exchange send(String endpoint, Object body) throws Exception {
        return send(endpoint, body, exchange -> {});
    }

    /**
     * The same.
     *
     * @param prepare what else is done to the exchange
     */
    public Exchange send(String endpoint, Object body, Processor prepare) throws Exception {
        Exchange exchange =
                context.createProducerTemplate()
                        .send(
                                endpoint,
                                sent -> {
                                    sent.getMessage().setBody(body);
                                    prepare.process(sent);
                                });
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange;
    }

    @Override
    public void close() {
        context.stop();
    }
}
