package org.jetfanout.sink.elasticsearch;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.io.CloseMode;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.AnswerHeaders;
import org.jetfanout.sink.HttpAnswer;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkHttp;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.Tls;
import org.jetfanout.sink.UndeliveredException;

/**
 * The sink for Elasticsearch and OpenSearch. It sends documents to a data stream with {@code
 * _bulk}. Its beans are the steps of {@code routes/sinks/elasticsearch.camel.yaml} and of {@code
 * opensearch.camel.yaml}, which differ in the name of the sink only. Thread-safe.
 */
public final class ElasticsearchSink implements Sink {
    /** The header that names another index than that of the settings. */
    static final String INDEX = "JetIndex";

    private static final String DELIVERY = "JetElasticsearch";
    private static final String KEPT_HEADERS = "JetElasticsearchHeaders";
    private static final Set<String> ANSWER_HEADERS = Set.of("retry-after");

    private final String name;
    private final String url;
    private final String index;
    private final boolean gzip;
    private final CloseableHttpClient http;

    // Mutable state
    private volatile boolean templateDue;

    /** A sink with these settings. */
    public ElasticsearchSink(SinkSettings settings) {
        name = settings.sink();
        url = settings.get(ElasticsearchSettings.URL);
        index = settings.get(ElasticsearchSettings.INDEX);
        gzip = settings.get(ElasticsearchSettings.GZIP);
        templateDue = settings.get(ElasticsearchSettings.INSTALL_TEMPLATE);
        http = SinkHttp.open(settings, credentials(settings));
    }

    @Override
    public Map<String, Object> beans() {
        return Map.of(
                name + "Http", http,
                name + "Headers", new AnswerHeaders(ANSWER_HEADERS),
                name + ".delivery", (Processor) this::delivery,
                name + ".request", (Processor) this::request,
                name + ".answer", (Processor) this::answer,
                name + ".untrusted", (Processor) this::untrusted);
    }

    @Override
    public Map<String, String> properties() {
        return Map.of(name + ".url", url);
    }

    @Override
    public void abort() {
        http.close(CloseMode.IMMEDIATE);
    }

    @Override
    public void close() {
        http.close(CloseMode.GRACEFUL);
    }

    private static Map<String, String> credentials(SinkSettings settings) {
        Optional<String> apiKey = settings.find(ElasticsearchSettings.API_KEY);
        Optional<String> user = settings.find(ElasticsearchSettings.USER);
        Optional<String> password = settings.find(ElasticsearchSettings.PASSWORD);
        if (apiKey.isPresent() && user.isPresent()) {
            throw settings.wrong(
                    ElasticsearchSettings.API_KEY,
                    "and user with password are alternatives: set only one of them");
        }
        if (user.isPresent() != password.isPresent()) {
            throw settings.wrong(
                    user.isPresent() ? ElasticsearchSettings.PASSWORD : ElasticsearchSettings.USER,
                    "is missing: set both, or neither");
        }
        if (apiKey.isPresent()) {
            // id:key, or the encoded form that Kibana shows
            String key = apiKey.get();
            return Map.of("Authorization", "ApiKey " + (key.contains(":") ? base64(key) : key));
        }
        return user.isEmpty()
                ? Map.of()
                : Map.of("Authorization", "Basic " + base64(user.get() + ":" + password.get()));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Begins a delivery: which requests it needs. */
    void delivery(Exchange exchange) throws SinkStoppedException {
        Message message = exchange.getMessage();
        String to = message.getHeader(INDEX, index, String.class);
        if (!ElasticsearchSettings.INDEX_NAME.matcher(to).matches()) {
            throw new SinkStoppedException(
                    "the header " + INDEX + " does not name an index: '" + to + "'");
        }
        ElasticsearchDelivery delivery =
                new ElasticsearchDelivery(
                        exchange.getProperty(SinkDelivery.PROPERTY, SinkDelivery.class), name, url);
        if (templateDue) {
            delivery.addLast(
                    TemplateRequest.first(new IndexTemplate(index), () -> templateDue = false));
        }
        List<LogDocument> documents = documents(message);
        if (!documents.isEmpty()) {
            delivery.addLast(new BulkRequest(to, documents));
        }
        exchange.setProperty(DELIVERY, delivery);
        exchange.setProperty(KEPT_HEADERS, new TreeMap<>(message.getHeaders()));
    }

    @SuppressWarnings("unchecked") // the contract of the sinks' routes
    private static List<LogDocument> documents(Message message) {
        return message.getBody(List.class);
    }

    void request(Exchange exchange) {
        ElasticsearchRequest request =
                exchange.getProperty(DELIVERY, ElasticsearchDelivery.class).next();
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, request.method());
        message.setHeader(Exchange.HTTP_PATH, request.path());
        message.setHeader(Exchange.HTTP_QUERY, request.query());
        byte[] body = request.body();
        message.setBody(body.length == 0 ? null : gzip ? SinkHttp.gzipped(body) : body);
        if (body.length > 0) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
            if (gzip) {
                message.setHeader(Exchange.CONTENT_ENCODING, "gzip");
                // the body is compressed already; Camel would do it again
                exchange.setProperty(Exchange.SKIP_GZIP_ENCODING, true);
            }
        }
    }

    void answer(Exchange exchange) throws UndeliveredException, SinkStoppedException {
        Message message = exchange.getMessage();
        Map<String, String> headers = new TreeMap<>();
        for (String name : ANSWER_HEADERS) {
            String value = message.getHeader(name, String.class); // of whatever case
            if (value != null) {
                headers.put(name, value);
            }
        }
        byte[] body = message.getBody(byte[].class);
        HttpAnswer answer =
                new HttpAnswer(
                        message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class),
                        headers,
                        body == null ? new byte[0] : body);
        exchange.getProperty(DELIVERY, ElasticsearchDelivery.class).answered(answer);
        // the next steps get the delivery unchanged
        @SuppressWarnings("unchecked") // ours
        Map<String, Object> kept = exchange.getProperty(KEPT_HEADERS, Map.class);
        message.setHeaders(new TreeMap<>(kept));
        message.setBody(
                exchange.getProperty(SinkDelivery.PROPERTY, SinkDelivery.class).documents());
    }

    void untrusted(Exchange exchange) throws Exception {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Tls.requireTrusted(name, url, failure);
        throw failure;
    }
}
