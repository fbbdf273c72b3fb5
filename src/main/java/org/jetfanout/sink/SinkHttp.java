package org.jetfanout.sink;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.CookieSpecSupport;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.psl.PublicSuffixMatcher;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The HTTP client of a sink, for the option {@code httpClient} of camel-http, whose own would be
 * shared by all sinks: it has but one set of certificates that it trusts.
 */
public final class SinkHttp {
    private static final Setting<Duration> RESPONSE_TIMEOUT =
            Setting.of(
                            "response-timeout",
                            SettingType.timeout(),
                            "how long the server may be silent")
                    .orElse("60s");

    /** The settings that are read here. */
    public static final List<Setting<?>> SETTINGS =
            Setting.all(Tls.SETTINGS, List.of(SharedSettings.CONNECT_TIMEOUT, RESPONSE_TIMEOUT));

    private static final TimeValue STALE_AFTER = TimeValue.ofSeconds(1);

    /** The list of them is long, and the one server that is talked to has no neighbours. */
    private static final PublicSuffixMatcher NO_SUFFIXES =
            new PublicSuffixMatcher(List.of(), List.of());

    private SinkHttp() {}

    /** Compressed, in little time rather than to few bytes. */
    public static byte[] gzipped(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 8);
        try (GZIPOutputStream gzip =
                new GZIPOutputStream(out, 64 << 10) {
                    {
                        def.setLevel(Deflater.BEST_SPEED);
                    }
                }) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * A client that reads {@link BoundedAnswers}, verifies host names, keeps cookies (of a load
     * balancer), and does nothing of its own accord: it repeats no request, which would hide an
     * answer, and follows no redirect, which would take a token elsewhere.
     *
     * @param headers for each request: credentials, which so are in no message of Camel's
     */
    public static CloseableHttpClient open(SinkSettings settings, Map<String, String> headers) {
        Duration connectTimeout = settings.get(SharedSettings.CONNECT_TIMEOUT);
        Duration responseTimeout = settings.get(RESPONSE_TIMEOUT);
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
                                .setTlsSocketStrategy(tls(settings))
                                .setConnectionFactory(connections())
                                .build())
                .addExecInterceptorFirst(
                        "bounded",
                        new BoundedAnswers(connectTimeout.plus(responseTimeout.multipliedBy(2))))
                .setDefaultRequestConfig(request)
                .setUserAgent("jet-fanout")
                .setDefaultHeaders(all)
                .setDefaultCookieSpecRegistry(CookieSpecSupport.createDefault(NO_SUFFIXES))
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .build();
    }

    /** Connections that read headers up to a size. */
    static HttpConnectionFactory<ManagedHttpClientConnection> connections() {
        return ManagedHttpClientConnectionFactory.builder()
                .http1Config(BoundedAnswers.HEADERS)
                .build();
    }

    /** What the JDK trusts takes a tenth of a second to read: only for who connects by TLS. */
    private static TlsSocketStrategy tls(SinkSettings settings) {
        if (Tls.SETTINGS.stream().anyMatch(each -> settings.values().containsKey(each.name()))) {
            return new DefaultClientTlsStrategy(Tls.context(settings));
        }
        return (socket, host, port, attachment, context) ->
                DefaultClientTlsStrategy.createSystemDefault()
                        .upgrade(socket, host, port, attachment, context);
    }
}
