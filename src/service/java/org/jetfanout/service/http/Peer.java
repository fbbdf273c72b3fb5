package org.jetfanout.service.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * From where a request came. Immutable.
 *
 * @param address of the client, as a trusted proxy says, or else of the connection
 * @param connection the address at the other end of the connection
 * @param secure whether the client uses https
 * @param proxied whether something forwarded the request, trusted or not
 */
public record Peer(String address, String connection, boolean secure, boolean proxied) {
    private static final String KEY = "jet.peer";
    private static final String FOR = "X-Forwarded-For";
    private static final String PROTO = "X-Forwarded-Proto";
    private static final List<String> FORWARDED =
            List.of(FOR, PROTO, "X-Forwarded-Host", "X-Forwarded-Port", "Forwarded", "X-Real-IP");

    /** From where this request came. */
    public static Peer of(RoutingContext context) {
        return context.get(KEY);
    }

    /**
     * Finds out, and takes away the headers that nobody may believe.
     *
     * @param trusted the proxies that are believed
     */
    static void find(RoutingContext context, Networks trusted) {
        HttpServerRequest request = context.request();
        MultiMap headers = request.headers();
        String connection =
                request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
        boolean proxied = FORWARDED.stream().anyMatch(headers::contains) || headers.contains("Via");
        String address = connection;
        boolean secure = request.isSSL();
        if (connection != null && trusted.has(connection)) {
            String chain = String.join(",", headers.getAll(FOR));
            address = client(chain, connection, trusted);
            if (headers.contains(PROTO)) {
                secure = "https".equalsIgnoreCase(headers.get(PROTO).trim());
            }
        }
        FORWARDED.forEach(headers::remove);
        context.put(KEY, new Peer(address, connection, secure, proxied));
    }

    /** The last address of the chain that is no trusted proxy. */
    private static String client(String chain, String connection, Networks trusted) {
        String[] hops = chain.split(",", -1);
        String client = connection;
        for (int i = hops.length - 1; i >= 0; i--) {
            String hop = hops[i].trim();
            if (hop.isEmpty()) {
                continue;
            }
            client = hop;
            if (!trusted.has(hop)) {
                break;
            }
        }
        return client;
    }
}
