package org.jetfanout.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jetfanout.machine.BackOff;
import org.jetfanout.text.Text;

/**
 * Sends requests to the API of a service. It follows no redirects, because each request has the
 * token. Thread-safe.
 */
public final class ServiceClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration REQUEST = Duration.ofSeconds(60);
    private static final int MOST_BYTES = 256 << 20;
    private static final int LONGEST_DETAIL = 2000;

    /** The service restarts, or a proxy in front of it does not reach it. */
    private static final Set<Integer> LATER = Set.of(429, 502, 503, 504);

    private final String api;
    private final Optional<String> token;
    private final Duration patience;
    private final HttpClient http;

    /**
     * @param url of the service, with its prefix
     * @param token empty where a proxy or the service itself does not want one
     * @param trusted for https; empty for the JDK's own certificates
     * @param patience how long to try again while the service does not answer
     */
    public ServiceClient(
            URI url, Optional<String> token, Optional<SSLContext> trusted, Duration patience) {
        this.api = url.toString().replaceFirst("/+$", "") + "/api/v1/";
        this.token = token;
        this.patience = patience;
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(Duration.ofSeconds(15));
        trusted.ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /** How long to try again while the service does not answer. */
    Duration patience() {
        return patience;
    }

    /** Reads a resource. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return whenever(() -> send(request(path).timeout(REQUEST).GET()));
    }

    /**
     * Sends a request that may be sent twice.
     *
     * @param body the JSON of the body
     * @param key by which the service knows a request that it has had already; empty for none
     */
    public JsonNode post(String path, Map<String, Object> body, Optional<String> key)
            throws IOException, InterruptedException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        return whenever(
                () -> {
                    HttpRequest.Builder request =
                            request(path)
                                    .timeout(REQUEST)
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(bytes));
                    key.ifPresent(value -> request.header("Idempotency-Key", value));
                    return send(request);
                });
    }

    /** Something that asks the service. */
    @FunctionalInterface
    private interface Ask {
        JsonNode now() throws IOException, InterruptedException;
    }

    private JsonNode whenever(Ask ask) throws IOException, InterruptedException {
        BackOff pauses = pauses();
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return ask.now();
            } catch (ServiceException e) {
                if (!LATER.contains(e.status()) || System.nanoTime() - end > 0) {
                    throw e;
                }
            } catch (IOException e) {
                if (System.nanoTime() - end > 0) {
                    throw new IOException(unreached(e), e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(pauses.next().toMillis());
        }
    }

    /** The pauses between tries. */
    static BackOff pauses() {
        return new BackOff(Duration.ofMillis(500), Duration.ofSeconds(10), new Random());
    }

    /** What to say where the service cannot be reached. */
    String unreached(IOException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return "cannot reach the service at " + api + ": " + Text.plain(why);
    }

    /**
     * Opens a stream of events.
     *
     * @param last the id of the last event that came; empty from the beginning on
     */
    InputStream stream(String path, String last) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(path).header("Accept", "text/event-stream").timeout(REQUEST).GET();
        if (!last.isEmpty()) {
            request.header("Last-Event-ID", last);
        }
        HttpResponse<InputStream> response =
                http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream body = response.body()) {
                throw refused(response.statusCode(), body.readNBytes(1 << 16));
            }
        }
        return response.body();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(api + path));
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return request;
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            byte[] bytes = body.readNBytes(MOST_BYTES);
            if (response.statusCode() / 100 != 2) {
                throw refused(response.statusCode(), bytes);
            }
            return bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new ServiceException(
                    response.statusCode(),
                    "what answers at " + api + " is not a jet-fanout service: no JSON came");
        }
    }

    private ServiceException refused(int status, byte[] body) {
        String detail = "";
        try {
            detail = JSON.readTree(body).path("detail").asText("");
        } catch (IOException e) {
            // a proxy answered: the status says what it can
        }
        String reason =
                switch (status) {
                    case 401 -> "the token is missing, unknown or has expired";
                    case 403 -> "the token does not allow this";
                    case 404 -> "not found";
                    default ->
                            status / 100 == 3
                                    ? "it sends to another address, which gets no token: give"
                                            + " --server that one"
                                    : "HTTP status " + status;
                };
        return new ServiceException(
                status,
                "the service at "
                        + api
                        + " says: "
                        + (detail.isEmpty()
                                ? reason
                                : Text.plain(
                                        detail.substring(
                                                0, Math.min(detail.length(), LONGEST_DETAIL)))));
    }
}
