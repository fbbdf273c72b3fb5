package org.jetfanout.service.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads a stream of server-sent events, as a browser does. Not thread-safe. */
public final class SseReader implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpResponse<InputStream> answer;
    private final BufferedReader lines;

    /** One event. */
    public record Event(String name, String id, JsonNode data, long nanos) {}

    private SseReader(HttpResponse<InputStream> answer) {
        this.answer = answer;
        this.lines =
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    /** Connects; headers are names and values in turn. */
    public static SseReader open(HttpClient client, URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return new SseReader(
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The answer's status and headers. */
    public HttpResponse<InputStream> answer() {
        return answer;
    }

    /** The next event; empty where the stream has ended. */
    public Optional<Event> next() {
        String name = "message";
        String id = "";
        StringBuilder data = new StringBuilder();
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (data.length() > 0) {
                        return Optional.of(
                                new Event(
                                        name,
                                        id,
                                        JSON.readTree(data.toString()),
                                        System.nanoTime()));
                    }
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** All events up to the first that fits, with it. */
    public List<Event> until(Predicate<Event> last) {
        List<Event> events = new ArrayList<>();
        for (Optional<Event> event = next(); event.isPresent(); event = next()) {
            events.add(event.get());
            if (last.test(event.get())) {
                return events;
            }
        }
        throw new AssertionError("the stream ended after " + events);
    }

    /** All texts of lines up to the first that fits, with it. */
    public List<String> texts(String last) {
        List<String> texts = new ArrayList<>();
        until(
                event -> {
                    if (event.name().equals("line")) {
                        event.data()
                                .path("lines")
                                .forEach(line -> texts.add(line.path("text").asText()));
                    }
                    return texts.contains(last);
                });
        return texts;
    }

    @Override
    public void close() {
        try {
            answer.body().close();
        } catch (IOException e) {
            // it is closed
        }
    }
}
