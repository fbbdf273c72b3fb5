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
 * The HTTP client of a sink, for the option {@code httpClient} of camel-http. All sinks would share
 * camel-http's own client, which has only one set of trusted certificates.
 */
public final class SinkHttp {
    private static final Setting<Duration> RESPONSE_TIMEOUT =
            Setting.of(
                            "response-timeout",
                            SettingType.timeout(),
                            "how long the server may be silent")
                    .orElse("60s");

    /** The settings that this client reads. */
    public static final List<Setting<?>> SETTINGS =
            Setting.all(Tls.SETTINGS, List.of(SharedSettings.CONNECT_TIMEOUT, RESPONSE_TIMEOUT));

    private static final TimeValue STALE_AFTER = TimeValue.ofSeconds(1);

    /** No public suffixes: the list of them is long, and the client talks to one server only. */
    private static final PublicSuffixMatcher NO_SUFFIXES =
            new PublicSuffixMatcher(List.of(), List.of());

    private SinkHttp() {}

    /** Compresses a body fast rather than well. */
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
     * Opens a client. It limits answers as {@link BoundedAnswers} does, verifies host names, and
     * keeps the cookies of a load balancer. It repeats no request, which would hide an answer. It
     * follows no redirect, which would send a token to another server.
     *
     * @param headers for each request: credentials, which are then in no message of Camel's
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

    /** Connections that limit the size of headers. */
    static HttpConnectionFactory<ManagedHttpClientConnection> connections() {
        return ManagedHttpClientConnectionFactory.builder()
                .http1Config(BoundedAnswers.HEADERS)
                .build();
    }

    /**
     * The TLS of the settings. It is set up only where it is used, because reading the JDK's
     * trusted certificates takes a tenth of a second.
     */
    private static TlsSocketStrategy tls(SinkSettings settings) {
        if (Tls.SETTINGS.stream().anyMatch(each -> settings.values().containsKey(each.name()))) {
            return new DefaultClientTlsStrategy(Tls.context(settings));
        }
        return (socket, host, port, attachment, context) ->
                DefaultClientTlsStrategy.createSystemDefault()
                        .upgrade(socket, host, port, attachment, context);
    }
}
