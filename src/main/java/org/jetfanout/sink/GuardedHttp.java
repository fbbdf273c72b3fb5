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
 * camel-http for the routes of users: follows no redirect, which would take their credentials
 * elsewhere (CVE-2026-85251), and reads {@link BoundedAnswers}.
 */
public final class GuardedHttp extends HttpComponent {
    /** A user's own time-outs are shorter, or he waits for a person. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** Answers take five minutes at most. */
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
