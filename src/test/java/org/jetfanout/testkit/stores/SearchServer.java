package org.jetfanout.testkit.stores;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jetfanout.testkit.FreePort;

/**
 * A real OpenSearch or Elasticsearch in a JVM of its own. It keeps its folder and port when it is
 * stopped and started again. Each of the two serves all tests of a JVM: {@link OpenSearchServer},
 * {@link ElasticsearchServer}.
 */
public final class SearchServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final List<String> command;
    private final Path folder;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    // Mutable state
    private Process process;

    private SearchServer(List<String> command, Path folder, int port) {
        this.command = command;
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts it and waits until it answers.
     *
     * @param folder of its own; removed at the end
     * @param java the command that starts it; folder and port are added
     */
    public static SearchServer start(Path folder, List<String> java) throws IOException {
        int port = FreePort.next();
        List<String> command = new ArrayList<>(java);
        command.add(folder.toString());
        command.add(Integer.toString(port));
        SearchServer server = new SearchServer(command, folder, port);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        server.start();
        return server;
    }

    /** Its URL: {@code http://127.0.0.1:PORT}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Starts it again. */
    public void start() throws IOException {
        File log = folder.resolve("server.log").toFile();
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                        .start();
        Instant end = Instant.now().plus(LIMIT);
        while (!answers()) {
            if (!process.isAlive() || Instant.now().isAfter(end)) {
                throw new IOException(
                        command + " does not start:\n" + Files.readString(log.toPath()));
            }
            pause();
        }
    }

    /** Kills it (SIGKILL). What it has confirmed is on its disk. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // a folder of temporary files is left
        }
    }

    /**
     * Sends a request and returns the answer.
     *
     * @param body JSON; empty for none
     */
    public JsonNode ask(String method, String path, String body) {
        return ask(method, path, "application/json", body);
    }

    /** Sends a request with lines of JSON. */
    public JsonNode ask(String method, String path, String type, String body) {
        try {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(url().resolve(path))
                                    .timeout(LIMIT)
                                    .header("Content-Type", type)
                                    .method(method, BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofString());
            if (answer.statusCode() >= 300 && answer.statusCode() != 404) {
                throw new IllegalStateException(method + " " + path + ": " + answer.body());
            }
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many documents an index has, with all that were confirmed. */
    public long count(String index) {
        ask("POST", "/" + index + "/_refresh", "");
        return ask("GET", "/" + index + "/_count", "").path("count").asLong();
    }

    /** The documents of an index by ascending {@code event.sequence}, up to 10,000. */
    public List<JsonNode> documents(String index) {
        ask("POST", "/" + index + "/_refresh", "");
        List<JsonNode> documents = new ArrayList<>();
        ask(
                        "POST",
                        "/" + index + "/_search",
                        "{\"size\":10000,\"sort\":[{\"event.sequence\":{\"order\":\"asc\","
                                + "\"unmapped_type\":\"long\"}}]}")
                .path("hits")
                .path("hits")
                .forEach(documents::add);
        return documents;
    }

    private boolean answers() {
        try {
            return client.send(
                                    HttpRequest.newBuilder(url().resolve("/_cluster/health"))
                                            .timeout(Duration.ofSeconds(10))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
