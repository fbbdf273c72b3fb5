package org.jetfanout.testkit.stores;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;

/**
 * A stand-in for Splunk, which tests cannot use: an HTTP Event Collector that follows what Splunk
 * has published. Splunk itself may behave differently. The stand-in follows the format of events,
 * the table of codes (help.splunk.com: "Troubleshoot HTTP Event Collector"), and indexer
 * acknowledgement ("About HTTP Event Collector Indexer Acknowledgment": ids count up in each
 * channel; they are forgotten after they were reported as acknowledged, and at a restart).
 * According to users' reports (moby/moby issue 35862), a request with a bad event has the events
 * before it indexed and none after it. Thread-safe.
 */
public final class SplunkStandIn implements AutoCloseable {
    /** The one token that it knows. */
    public static final String TOKEN = "11111111-2222-3333-4444-555555555555";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GUID =
            "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

    /** The codes of the published table. */
    public enum Code {
        SUCCESS(0, 200, "Success"),
        TOKEN_DISABLED(1, 403, "Token disabled"),
        TOKEN_REQUIRED(2, 401, "Token is required"),
        INVALID_AUTHORIZATION(3, 401, "Invalid authorization"),
        INVALID_TOKEN(4, 403, "Invalid token"),
        NO_DATA(5, 400, "No data"),
        INVALID_FORMAT(6, 400, "Invalid data format"),
        INCORRECT_INDEX(7, 400, "Incorrect index"),
        INTERNAL_ERROR(8, 500, "Internal server error"),
        BUSY(9, 503, "Server is busy"),
        CHANNEL_MISSING(10, 400, "Data channel is missing"),
        INVALID_CHANNEL(11, 400, "Invalid data channel"),
        EVENT_REQUIRED(12, 400, "Event field is required"),
        EVENT_BLANK(13, 400, "Event field cannot be blank"),
        ACK_DISABLED(14, 400, "ACK is disabled"),
        INDEXED_FIELDS(15, 400, "Error in handling indexed fields"),
        TOO_LARGE(27, 413, "Request entity too large");

        public final int number;
        public final int status;
        public final String text;

        Code(int number, int status, String text) {
            this.number = number;
            this.status = status;
            this.text = text;
        }
    }

    /** A request in a channel that waits to be indexed. */
    private record Pending(String channel, long ackId, List<JsonNode> events) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final String scheme;

    // Mutable state, guarded by this
    private final List<JsonNode> indexed = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final Map<String, Set<Long>> acknowledged = new HashMap<>();
    private final Map<String, Long> nextAckId = new HashMap<>();
    private final Set<String> channels = new java.util.TreeSet<>();
    private boolean acknowledging;
    private boolean indexesAtOnce = true;
    private boolean disabled;
    private boolean numbersBadEvents = true;
    private int maxContentLength = 1_000_000;
    private Optional<Set<String>> indexes = Optional.empty();
    private Optional<Code> always = Optional.empty();
    private int takesBefore;
    private int requests;
    private int polls;

    private SplunkStandIn(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/services/collector/event", handler(this::event));
        server.createContext("/services/collector/ack", handler(this::ack));
        server.createContext(
                "/services/collector/health",
                handler(
                        (headers, body) ->
                                JSON.createObjectNode()
                                        .put("text", "HEC is healthy")
                                        .put("code", 17)));
        server.setExecutor(threads);
        server.start();
    }

    /** Starts it on a free port, without TLS. */
    public static SplunkStandIn start() throws IOException {
        return new SplunkStandIn(HttpServer.create(loopback(), 0), "http");
    }

    /** Starts it on a free port, with TLS. */
    public static SplunkStandIn withTls(SSLContext identity) throws IOException {
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity));
        return new SplunkStandIn(server, "https");
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Its URL. */
    public URI uri() {
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Gives the token indexer acknowledgement. */
    public synchronized void acknowledging() {
        acknowledging = true;
    }

    /** From now on, events wait until {@link #index}. */
    public synchronized void indexesLater() {
        indexesAtOnce = false;
    }

    /** Indexes and acknowledges the waiting events. */
    public synchronized void index() {
        pending.forEach(this::index);
        pending.clear();
    }

    private void index(Pending request) {
        indexed.addAll(request.events());
        acknowledged
                .computeIfAbsent(request.channel(), key -> new java.util.TreeSet<>())
                .add(request.ackId());
    }

    /** Loses the waiting events and all ids. */
    public synchronized void restart() {
        pending.clear();
        acknowledged.clear();
        nextAckId.clear();
        indexesAtOnce = true;
    }

    /** Disables the token. */
    public synchronized void disableToken() {
        disabled = true;
    }

    /** From now on, answers do not give the number of a bad event. */
    public synchronized void numbersNothing() {
        numbersBadEvents = false;
    }

    /** Sets the longest body that it accepts. */
    public synchronized void maxContentLength(int bytes) {
        maxContentLength = bytes;
    }

    /** Sets the only indexes that the token may write to. */
    public synchronized void indexes(Set<String> allowed) {
        indexes = Optional.of(allowed);
    }

    /** Sets the answer to every request. The first events of each are accepted all the same. */
    public synchronized void answers(Code code, int takesFirst) {
        always = Optional.of(code);
        takesBefore = takesFirst;
    }

    /** Answers normally again. */
    public synchronized void answersAsItShould() {
        always = Optional.empty();
    }

    /** The indexed events, in the order in which they arrived. */
    public synchronized List<JsonNode> events() {
        return List.copyOf(indexed);
    }

    /** The field id of each indexed event. */
    public synchronized List<String> ids() {
        return indexed.stream().map(event -> event.at("/fields/id").asText()).toList();
    }

    /** How many requests with events it got. */
    public synchronized int requests() {
        return requests;
    }

    /** How many requests for acknowledgements it got. */
    public synchronized int polls() {
        return polls;
    }

    /** The channels of all requests. */
    public synchronized Set<String> channels() {
        return Set.copyOf(channels);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private interface Endpoint {
        ObjectNode answer(Headers headers, byte[] body) throws IOException, Refusal;
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Code code;
        private final int event;

        Refusal(Code code, int event) {
            super(code.text);
            this.code = code;
            this.event = event;
        }

        Refusal(Code code) {
            this(code, -1);
        }
    }

    private com.sun.net.httpserver.HttpHandler handler(Endpoint endpoint) {
        return exchange -> {
            try (exchange) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                try {
                    answer(exchange, 200, endpoint.answer(exchange.getRequestHeaders(), body));
                } catch (Refusal e) {
                    ObjectNode answer = JSON.createObjectNode();
                    answer.put("text", e.code.text).put("code", e.code.number);
                    if (e.event >= 0) {
                        answer.put("invalid-event-number", e.event);
                    }
                    answer(exchange, e.code.status, answer);
                }
            }
        };
    }

    private static void answer(HttpExchange exchange, int status, ObjectNode answer)
            throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private synchronized ObjectNode event(Headers headers, byte[] body)
            throws IOException, Refusal {
        requests++;
        authorize(headers);
        String channel = channel(headers);
        List<JsonNode> events = new ArrayList<>();
        Optional<Refusal> refusal = Optional.empty();
        try {
            parse(plain(headers, body), events);
        } catch (Refusal e) {
            refusal = Optional.of(e);
        }
        if (always.isPresent()) {
            refusal = Optional.of(new Refusal(always.get(), takesBefore));
            events.subList(Math.min(takesBefore, events.size()), events.size()).clear();
        }
        if (refusal.isPresent()) {
            indexed.addAll(events);
            throw numbersBadEvents ? refusal.get() : new Refusal(refusal.get().code);
        }
        ObjectNode answer = JSON.createObjectNode().put("text", "Success").put("code", 0);
        long ackId = nextAckId.merge(channel, 1L, Long::sum) - 1;
        Pending request = new Pending(channel, ackId, events);
        if (indexesAtOnce) {
            index(request);
        } else {
            pending.add(request);
        }
        return acknowledging ? answer.put("ackId", ackId) : answer;
    }

    private void authorize(Headers headers) throws Refusal {
        String authorization = headers.getFirst("Authorization");
        if (authorization == null) {
            throw new Refusal(Code.TOKEN_REQUIRED);
        }
        if (!authorization.startsWith("Splunk ")) {
            throw new Refusal(Code.INVALID_AUTHORIZATION);
        }
        if (!authorization.equals("Splunk " + TOKEN)) {
            throw new Refusal(Code.INVALID_TOKEN);
        }
        if (disabled) {
            throw new Refusal(Code.TOKEN_DISABLED);
        }
    }

    private String channel(Headers headers) throws Refusal {
        String channel = headers.getFirst("X-Splunk-Request-Channel");
        if (channel == null && acknowledging) {
            throw new Refusal(Code.CHANNEL_MISSING);
        }
        if (channel != null && !channel.matches(GUID)) {
            throw new Refusal(Code.INVALID_CHANNEL);
        }
        channels.add(String.valueOf(channel));
        return String.valueOf(channel);
    }

    private byte[] plain(Headers headers, byte[] body) throws IOException, Refusal {
        byte[] plain = body;
        if ("gzip".equals(headers.getFirst("Content-Encoding"))) {
            try (InputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(body))) {
                plain = unzipped.readAllBytes();
            }
        }
        if (plain.length > maxContentLength) {
            throw new Refusal(Code.TOO_LARGE);
        }
        if (plain.length == 0) {
            throw new Refusal(Code.NO_DATA);
        }
        return plain;
    }

    /** Parses objects that follow each other with white space between them only. */
    private void parse(byte[] body, List<JsonNode> events) throws IOException, Refusal {
        try (JsonParser parser = JSON.createParser(body)) {
            while (parser.nextToken() != null) {
                JsonNode event = JSON.readTree(parser);
                check(event, events.size());
                events.add(event);
            }
        } catch (JsonProcessingException e) {
            throw new Refusal(Code.INVALID_FORMAT, events.size());
        }
    }

    private void check(JsonNode event, int number) throws Refusal {
        Set<String> known =
                Set.of("time", "host", "source", "sourcetype", "index", "event", "fields");
        List<String> names = new ArrayList<>();
        event.fieldNames().forEachRemaining(names::add);
        if (!event.isObject() || !known.containsAll(names) || !event.path("time").isNumber()) {
            throw new Refusal(Code.INVALID_FORMAT, number);
        }
        if (!event.has("event")) {
            throw new Refusal(Code.EVENT_REQUIRED, number);
        }
        if (event.get("event").isTextual() && event.get("event").asText().isBlank()) {
            throw new Refusal(Code.EVENT_BLANK, number);
        }
        if (indexes.isPresent() && !indexes.get().contains(event.path("index").asText())) {
            throw new Refusal(Code.INCORRECT_INDEX, number);
        }
        for (JsonNode field : event.path("fields")) {
            if (field.isObject() || field.isNull()) {
                throw new Refusal(Code.INDEXED_FIELDS, number);
            }
        }
    }

    private synchronized ObjectNode ack(Headers headers, byte[] body) throws IOException, Refusal {
        polls++;
        authorize(headers);
        if (!acknowledging) {
            throw new Refusal(Code.ACK_DISABLED);
        }
        Set<Long> known = acknowledged.getOrDefault(channel(headers), Set.of());
        Map<String, Boolean> acks = new TreeMap<>();
        for (JsonNode id : JSON.readTree(body).path("acks")) {
            // an id is reported once
            acks.put(id.asText(), known.remove(id.asLong()));
        }
        return JSON.createObjectNode().set("acks", JSON.valueToTree(acks));
    }
}
