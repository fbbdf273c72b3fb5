package org.jetfanout.it.compose;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stand-in for Kibana, which cannot be had where the tests run: its status, and the import of
 * saved objects as its documentation has it ("Import saved objects": POST
 * /api/saved_objects/_import, header kbn-xsrf, multipart/form-data with a part "file" whose name
 * ends in .ndjson). Thread-safe.
 */
final class KibanaStandIn implements AutoCloseable {
    private static final Pattern PART =
            Pattern.compile(
                    "(?s)--\\S+\r\nContent-Disposition: form-data; name=\"file\";"
                            + " filename=\"\\S+\\.ndjson\"\r\n.*?\r\n\r\n(.*)\r\n--\\S+--\r\n");

    private final HttpServer server;

    // Mutable state, guarded by this
    private String imported = "";

    private KibanaStandIn(HttpServer server) {
        this.server = server;
    }

    static KibanaStandIn start(String address) throws IOException {
        KibanaStandIn kibana =
                new KibanaStandIn(HttpServer.create(new InetSocketAddress(address, 5601), 0));
        kibana.server.createContext("/", exchange -> answer(exchange, 404, "{\"statusCode\":404}"));
        kibana.server.createContext("/api/status", exchange -> answer(exchange, 200, "{}"));
        kibana.server.createContext("/api/saved_objects/_import", kibana::receive);
        kibana.server.start();
        return kibana;
    }

    /** The file that was imported last. */
    synchronized String imported() {
        return imported;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        Matcher part = PART.matcher(body);
        if (!exchange.getRequestMethod().equals("POST")
                || !exchange.getRequestHeaders().containsKey("kbn-xsrf")
                || !type.startsWith("multipart/form-data")
                || !part.matches()) {
            answer(exchange, 400, "{\"statusCode\":400,\"error\":\"Bad Request\"}");
            return;
        }
        synchronized (this) {
            imported = part.group(1);
        }
        boolean whole = part.group(1).lines().allMatch(line -> line.startsWith("{\"type\":"));
        answer(exchange, 200, "{\"successCount\":1,\"success\":" + whole + "}");
    }

    private static void answer(HttpExchange exchange, int code, String json) throws IOException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
