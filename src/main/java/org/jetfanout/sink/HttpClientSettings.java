package org.jetfanout.sink;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/**
 * What the sinks that speak HTTP give to Camel's endpoint. The shipper alone tries again, and
 * credentials go to the server that was named, never to where it redirects to.
 */
final class HttpClientSettings {
    private HttpClientSettings() {}

    /**
     * A client without retries, redirects and cookies of its own.
     *
     * @param headers of each request: credentials, which so are never in a message or a URI
     */
    static HttpClientConfigurer client(Map<String, String> headers) {
        Collection<Header> all =
                headers.entrySet().stream()
                        .<Header>map(
                                header -> new BasicHeader(header.getKey(), header.getValue(), true))
                        .toList();
        return builder ->
                builder.disableAutomaticRetries()
                        .disableRedirectHandling()
                        .disableCookieManagement()
                        .disableAuthCaching()
                        .setDefaultHeaders(List.copyOf(all));
    }

    /** TLS as it is made elsewhere. */
    static SSLContextParameters tls(SSLContext context) {
        return new SSLContextParameters() {
            @Override
            public SSLContext createSSLContext(CamelContext camel) {
                return context;
            }
        };
    }

    /**
     * No header of the message becomes one of the request; of the answer's headers only these come
     * back, in lower case.
     */
    static HeaderFilterStrategy answerHeaders(Set<String> lowerCase) {
        return new HeaderFilterStrategy() {
            @Override
            public boolean applyFilterToCamelHeaders(String name, Object value, Exchange of) {
                return true;
            }

            @Override
            public boolean applyFilterToExternalHeaders(String name, Object value, Exchange of) {
                return !lowerCase.contains(name.toLowerCase(Locale.ROOT));
            }
        };
    }
}
