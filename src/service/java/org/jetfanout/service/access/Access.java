package org.jetfanout.service.access;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HttpPart;

/** Who may do what: the first handler of all requests. */
public final class Access implements HttpPart {
    private static final String HEADER = "Jet-Caller";

    /**
     * @param config has {@code tokens:}, {@code proxy:} and {@code sessions:}
     */
    public Access(ServiceConfig config) {
        // PROVISIONAL, until access lands: everybody may do everything
        config.section("tokens");
    }

    @Override
    public void handlers(Router router) {
        router.route()
                .order(ACCESS_ORDER)
                .handler(
                        context -> {
                            context.request().headers().remove(HEADER);
                            context.request().headers().set(HEADER, "nobody");
                            context.next();
                        });
    }

    /** Who sent the request that a route answers. */
    public static Caller of(Exchange exchange) {
        return caller(exchange.getMessage().getHeader(HEADER, String.class));
    }

    /** Who sent the request that a handler answers. */
    public static Caller of(RoutingContext context) {
        return caller(context.request().getHeader(HEADER));
    }

    private static Caller caller(String name) {
        return new Caller(String.valueOf(name), Set.of(Scope.values()), Optional.empty());
    }
}
