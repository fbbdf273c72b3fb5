package org.jetfanout.service.http;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The first handler of each request: what browsers may do with the answer, from where it came, and
 * the limits of connections and time. Thread-safe.
 */
final class Guard {
    /** Before who may: also a refusal has these headers. */
    private static final int ORDER = HttpPart.ACCESS_ORDER - 100;

    private static final Map<String, String> HEADERS =
            Map.of(
                    "Content-Security-Policy",
                    "default-src 'self'; base-uri 'self'; form-action 'self'; object-src 'none';"
                            + " frame-ancestors 'none'",
                    "X-Content-Type-Options",
                    "nosniff",
                    "X-Frame-Options",
                    "DENY",
                    "Referrer-Policy",
                    "no-referrer",
                    "Cross-Origin-Opener-Policy",
                    "same-origin",
                    "Cache-Control",
                    "no-store");

    private final Vertx vertx;
    private final HttpLimits limits;
    private final Networks trusted;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    private final Map<HttpConnection, Pace> paces = new ConcurrentHashMap<>();

    /** What one connection does. Only its event loop uses it. */
    private static final class Pace {
        // Mutable state
        private int requests;
        private long timer = -1;
    }

    Guard(Vertx vertx, HttpLimits limits, Networks trusted) {
        this.vertx = vertx;
        this.limits = limits;
        this.trusted = trusted;
    }

    /** How many connections are open. */
    int connections() {
        return connections.get();
    }

    /** How many connections were refused, because too many were open. */
    int refused() {
        return refused.get();
    }

    /** Is told of each new connection. */
    void connected(HttpConnection connection) {
        if (connections.incrementAndGet() > limits.connections()) {
            refused.incrementAndGet();
            connections.decrementAndGet();
            connection.close();
            return;
        }
        Pace pace = new Pace();
        paces.put(connection, pace);
        await(connection, pace, limits.request().toMillis());
        connection.closeHandler(
                closed -> {
                    connections.decrementAndGet();
                    paces.remove(connection);
                    vertx.cancelTimer(pace.timer);
                });
    }

    /** Closes a connection that sends no whole head of a request in this time. */
    private void await(HttpConnection connection, Pace pace, long millis) {
        vertx.cancelTimer(pace.timer);
        pace.timer = vertx.setTimer(millis, passed -> connection.close());
    }

    private void arrived(RoutingContext context) {
        HttpConnection connection = context.request().connection();
        Pace pace = paces.get(connection);
        if (pace == null) {
            return;
        }
        pace.requests++;
        vertx.cancelTimer(pace.timer);
        context.addEndHandler(
                answered -> {
                    if (--pace.requests == 0 && paces.containsKey(connection)) {
                        await(connection, pace, limits.idle().plus(limits.request()).toMillis());
                    }
                });
        HttpServerRequest request = context.request();
        if (request.headers().contains(HttpHeaders.CONTENT_LENGTH)
                || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
            vertx.setTimer(
                    limits.request().toMillis(),
                    passed -> {
                        if (!request.isEnded()) {
                            connection.close();
                        }
                    });
        }
    }

    /** Adds itself before all other handlers. */
    void handlers(Router router) {
        router.route().order(ORDER).handler(this::handle);
    }

    private void handle(RoutingContext context) {
        arrived(context);
        Peer.find(context, trusted);
        MultiMap headers = context.response().headers();
        HEADERS.forEach(headers::set);
        if (Peer.of(context).secure()) {
            headers.set("Strict-Transport-Security", "max-age=31536000");
        }
        context.next();
    }
}
