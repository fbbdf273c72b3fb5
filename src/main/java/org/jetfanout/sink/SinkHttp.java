package org.jetfanout.sink;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client of a sink, for the option {@code httpClient} of camel-http, whose own would be
 * shared by all sinks: it has but one set of certificates that it trusts.
 */
final class SinkHttp {
    private static final TimeValue STALE_AFTER = TimeValue.ofSeconds(1);

    private SinkHttp() {}

    /**
     * A client that verifies host names, keeps cookies (of a load balancer), and does nothing of
     * its own accord: it repeats no request, which would hide an answer, and follows no redirect,
     * which would take a token elsewhere.
     *
     * @param connectTimeout for connecting and for each step of the TLS handshake
     * @param responseTimeout how long the server may say nothing
     */
    static CloseableHttpClient open(
            SSLContext tls, Duration connectTimeout, Duration responseTimeout) {
        return open(tls, connectTimeout, responseTimeout, Map.of());
    }

    /**
     * The same with headers for each request: credentials, which so are in no message of Camel's.
     */
    static CloseableHttpClient open(
            SSLContext tls,
            Duration connectTimeout,
            Duration responseTimeout,
            Map<String, String> headers) {
        List<Header> all = new ArrayList<>();
        headers.forEach((name, value) -> all.add(new BasicHeader(name, value, true)));
        ConnectionConfig connection =
                ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(connectTimeout))
                        .setSocketTimeout(Timeout.of(responseTimeout))
                        .setValidateAfterInactivity(STALE_AFTER)
                        .build();
        RequestConfig request =
                RequestConfig.custom()
                        .setResponseTimeout(Timeout.of(responseTimeout))
                        .setConnectionRequestTimeout(Timeout.of(connectTimeout))
                        .build();
        return HttpClientBuilder.create()
                .setConnectionManager(
                        PoolingHttpClientConnectionManagerBuilder.create()
                                .setDefaultConnectionConfig(connection)
                                .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls))
                                .build())
                .setDefaultRequestConfig(request)
                .setUserAgent("jet-fanout")
                .setDefaultHeaders(all)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .build();
    }
}
