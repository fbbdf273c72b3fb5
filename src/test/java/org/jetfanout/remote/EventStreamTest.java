package org.jetfanout.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client makes of a connection that says what a service may say, or that breaks off. */
final class EventStreamTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();

    // Mutable state
    private HttpServer server;
    private ServiceClient client;

    /** Answers a request. */
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        client = client(Duration.ofMinutes(1));
    }

    private ServiceClient client(Duration patience) {
        return new ServiceClient(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/p"),
                Optional.of("secret-token"),
                Optional.empty(),
                patience);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(Answer answer) {
        server.createContext(
                "/p/api/v1/",
                exchange -> {
                    asked.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI().getPath().substring(10)
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization")
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Last-Event-ID"));
                    try (exchange) {
                        answer.to(exchange);
                    }
                });
    }

    private static void stream(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void refuse(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Test
    void readsTypesIdsDataAndComments() throws IOException {
        ServerEventReader reader =
                new ServerEventReader(
                        new ByteArrayInputStream(
                                (": hello\nretry: 1000\n\n"
                                                + "id: 3.0001.17\nevent: line\ndata: {\"a\":\ndata:"
                                                + " 1}\n\n: ping\n\nevent:end\r\ndata\r\n\r\n")
                                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(reader.read())
                .contains(new ServerEventReader.Event("3.0001.17", "line", "{\"a\":\n1}"));
        assertThat(reader.read()).contains(new ServerEventReader.Event("", "end", ""));
        assertThat(reader.read()).isEmpty();
    }

    @Test
    void anEventThatIsCutOffIsNoEvent() {
        ServerEventReader reader =
                new ServerEventReader(
                        new ByteArrayInputStream(
                                "event: line\ndata: half".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(reader::read).isInstanceOf(IOException.class);
    }

    @Test
    void goesOnBehindTheLastEventAfterEachLostConnection() throws Exception {
        AtomicInteger connection = new AtomicInteger();
        serve(
                exchange -> {
                    switch (connection.incrementAndGet()) {
                        case 1 -> stream(exchange, "id: 1\nevent: line\ndata: a\n\n");
                        case 2 -> refuse(exchange, 502, "<html>Bad Gateway</html>");
                        default ->
                                stream(
                                        exchange,
                                        "id: 2\nevent: line\ndata: b\n\nevent: end\ndata: {}\n\n");
                    }
                });
        List<String> events = new ArrayList<>();
        new EventStream(client, "runs/g/stream")
                .follow(
                        event -> {
                            events.add(event.type() + event.data());
                            return !event.type().equals("end");
                        },
                        text -> {});
        assertThat(events).containsExactly("linea", "lineb", "end{}");
        assertThat(asked)
                .containsExactly(
                        "GET runs/g/stream Bearer secret-token null",
                        "GET runs/g/stream Bearer secret-token 1",
                        "GET runs/g/stream Bearer secret-token 1");
    }

    @Test
    void saysThatItIsLostAndGivesUpAfterItsPatience() {
        serve(exchange -> refuse(exchange, 503, ""));
        List<String> said = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                new EventStream(client(Duration.ofSeconds(3)), "runs/g/stream")
                                        .follow(event -> true, said::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot reach the service at http://127.0.0.1:");
    }

    @Test
    void aRefusalEndsItAtOnceWithTheWordsOfTheService() {
        serve(
                exchange ->
                        refuse(exchange, 403, "{\"detail\":\"takes the scope read\\u001b[31m\"}"));
        assertThatThrownBy(
                        () ->
                                new EventStream(client, "runs/g/stream")
                                        .follow(event -> true, text -> {}))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("says: takes the scope read")
                .hasMessageNotContaining("\u001b")
                .hasMessageNotContaining("secret-token");
        assertThat(asked).hasSize(1);
    }

    @Test
    void aRedirectGetsNoToken() {
        serve(
                exchange -> {
                    exchange.getResponseHeaders().set("Location", "/p/api/v1/elsewhere");
                    exchange.sendResponseHeaders(307, -1);
                });
        assertThatThrownBy(() -> client.post("runs", Map.of("a", 1), Optional.of("k")))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("it sends to another address");
        assertThat(asked).hasSize(1);
    }

    @Test
    void aStartIsSentAgainUntilTheServiceAnswers() throws Exception {
        AtomicInteger count = new AtomicInteger();
        serve(
                exchange -> {
                    if (count.incrementAndGet() < 3) {
                        refuse(exchange, 503, "{\"detail\":\"the queue is full\"}");
                    } else {
                        refuse(exchange, 201, "{\"guid\":\"g\"}");
                    }
                });
        assertThat(client.post("runs", Map.of(), Optional.of("k")).path("guid").asText())
                .isEqualTo("g");
        assertThat(asked).hasSize(3);
    }

    @Test
    void whatIsNoServiceIsNamed() {
        serve(exchange -> refuse(exchange, 200, "<html>welcome</html>"));
        assertThatThrownBy(() -> client.get("runs"))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("is not a jet-fanout service");
    }
}
