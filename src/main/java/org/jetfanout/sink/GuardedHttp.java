package org.jetfanout.sink;

import java.time.Duration;
import org.apache.camel.component.http.HttpComponent;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.socket.ConnectionSocketFactory;
import org.apache.hc.core5.http.config.Registry;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;

/**
 * camel-http for the routes of users. It follows no redirect, which would send their credentials to
 * another server (CVE-2026-85251), and it limits answers as {@link BoundedAnswers} does.
 */
public final class GuardedHttp extends HttpComponent {
    /** Users' own time limits are shorter, unless a route waits for a person. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** An answer may take five minutes at most. */
    public GuardedHttp() {
        setHttpClientConfigurer(
                builder ->
                        builder.disableRedirectHandling()
                                .addExecInterceptorFirst("bounded", new BoundedAnswers(LONGEST)));
    }

    @Override
    @SuppressWarnings("deprecation") // camel-http's own way
    protected HttpClientConnectionManager createConnectionManager(
            Registry<ConnectionSocketFactory> registry,
            int maxTotalConnections,
            int connectionsPerRoute,
            SocketConfig defaultSocketConfig) {
        PoolingHttpClientConnectionManager connections =
                new PoolingHttpClientConnectionManager(
                        registry,
                        PoolConcurrencyPolicy.STRICT,
                        PoolReusePolicy.LIFO,
                        TimeValue.ofMilliseconds(getConnectionTimeToLive()),
                        null,
                        null,
                        SinkHttp.connections());
        if (maxTotalConnections > 0) {
            connections.setMaxTotal(maxTotalConnections);
        }
        if (connectionsPerRoute > 0) {
            connections.setDefaultMaxPerRoute(connectionsPerRoute);
        }
        connections.setDefaultSocketConfig(defaultSocketConfig);
        return connections;
    }
}
