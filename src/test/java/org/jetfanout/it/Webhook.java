package org.jetfanout.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** An HTTP server that keeps the records of NDJSON that is posted to it. Thread-safe. */
public final class Webhook implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final int port;

    // Mutable state, under the lock
    private final List<JsonNode> records = new ArrayList<>();
    private int status = 200;
    private long delayMillis;
    private String authorization = "";

    private Webhook(HttpServer server) {
        this.server = server;
        this.port = server.getAddress().getPort();
        server.setExecutor(
                Executors.newCachedThreadPool(
                        work -> {
                            Thread thread = new Thread(work, "webhook");
                            thread.setDaemon(true);
                            return thread;
                        }));
        server.createContext("/", this::answer);
        server.start();
    }

    /** On any port. */
    public static Webhook start() throws IOException {
        return start(0);
    }

    static Webhook start(int port) throws IOException {
        return new Webhook(
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
    }

    /** Where it takes records. */
    public String url() {
        return "http://127.0.0.1:" + port + "/in";
    }

    int port() {
        return port;
    }

    /** What it answers from now on; only with 200 it keeps what it gets. */
    synchronized void answers(int code) {
        status = code;
    }

    /** How long it takes for each post from now on. */
    synchronized void takes(long millis) {
        delayMillis = millis;
    }

    /** Who does not say this in the header Authorization is answered 401. */
    synchronized void wants(String credentials) {
        authorization = credentials;
    }

    /** All that it got. */
    public synchronized List<JsonNode> records() {
        return List.copyOf(records);
    }

    /** How often each record came, by its id. */
    public synchronized Map<String, Integer> times() {
        Map<String, Integer> times = new HashMap<>();
        records.forEach(record -> times.merge(id(record), 1, Integer::sum));
        return times;
    }

    static String id(JsonNode record) {
        return record.at("/event/id").asText();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            List<JsonNode> got = new ArrayList<>();
            for (String line : body.lines().toList()) {
                got.add(JSON.readTree(line));
            }
            long delay;
            synchronized (this) {
                delay = delayMillis;
            }
            Thread.sleep(delay);
            String said = exchange.getRequestHeaders().getFirst("Authorization");
            int code;
            synchronized (this) {
                code = authorization.isEmpty() || authorization.equals(said) ? status : 401;
                if (code == 200) {
                    records.addAll(got);
                }
            }
            exchange.sendResponseHeaders(code, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
