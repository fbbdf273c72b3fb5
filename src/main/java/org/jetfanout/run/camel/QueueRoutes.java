package org.jetfanout.run.camel;

import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.sjms.SjmsMessage;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.jetfanout.dispatch.MessageIntake;

/**
 * Watches every route that takes messages from a queue, the user's own too. It removes the headers
 * of each message, because everyone who can write to the broker can set any header
 * (CVE-2026-40453). At the end it reports the message, so that none of a batch is lost.
 * Thread-safe.
 */
final class QueueRoutes implements RoutePolicyFactory {
    private static final String QUEUE = "sjms";

    private final Consumer<Exchange> done;

    /**
     * @param done takes each exchange of the dispatch route when its steps have ended
     */
    QueueRoutes(Consumer<Exchange> done) {
        this.done = done;
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        boolean ofQueue =
                route instanceof RouteDefinition definition
                        && definition.getInput() != null
                        && context.resolvePropertyPlaceholders(
                                        definition.getInput().getEndpointUri())
                                .startsWith(QUEUE);
        if (!ofQueue) {
            return null;
        }
        return new RoutePolicySupport() {
            @Override
            public void onExchangeBegin(Route begun, Exchange exchange) {
                exchange.getMessage().removeHeaders("*");
                if (exchange.getMessage() instanceof SjmsMessage came) {
                    exchange.setProperty(MessageIntake.CAME, came.getJmsMessage());
                }
            }

            @Override
            public void onExchangeDone(Route ended, Exchange exchange) {
                if (routeId.equals(RouteContract.DISPATCH)) {
                    done.accept(exchange);
                }
            }
        };
    }
}
