package org.jetfanout.testkit.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetfanout.testkit.stores.FaultProxy.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy does to a real server's answers what its faults say. */
final class FaultProxyTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger arrived = new AtomicInteger();
    private HttpServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext(
                "/",
                exchange -> {
                    arrived.incrementAndGet();
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    // alternately chunked and with a length
                    exchange.sendResponseHeaders(200, body.length % 2 == 0 ? 0 : body.length);
                    try (OutputStream out = exchange.getResponseBody()) {
                        out.write(body);
                    }
                });
        server.start();
        proxy = FaultProxy.before(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.stop(0);
    }

    @Test
    void forwardsAndCounts() throws Exception {
        for (String body : new String[] {"even", "odd", "x".repeat(1_000_000)}) {
            assertThat(post("/a?b", body, LONG).body()).isEqualTo(body);
        }
        assertThat(proxy.requests("/a")).isEqualTo(3);
        assertThat(proxy.requests("/c")).isZero();
        assertThat(proxy.seen().get(0).header("Content-Length")).isEqualTo("4");
    }

    @Test
    void answersInPlaceOfTheServer() throws Exception {
        proxy.next(1, Fault.status(503, Map.of("Retry-After", "7"), "busy"));
        HttpResponse<String> answer = post("/", "x", LONG);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("7");
        assertThat(answer.body()).isEqualTo("busy");
        assertThat(arrived).hasValue(0);
        assertThat(post("/", "x", LONG).statusCode()).isEqualTo(200);
    }

    @Test
    void aRuleLooksAtTheRequest() throws Exception {
        proxy.rule(request -> request.body().length > 3 ? Fault.status(413) : Fault.NONE);
        assertThat(post("/", "long", LONG).statusCode()).isEqualTo(413);
        assertThat(post("/", "abc", LONG).statusCode()).isEqualTo(200);
        proxy.heal();
        assertThat(post("/", "long", LONG).statusCode()).isEqualTo(200);
    }

    @Test
    void cutsBeforeOrAfterTheServerHasSeenIt() throws Exception {
        proxy.rule(request -> Fault.CUT_BEFORE);
        assertThatThrownBy(() -> post("/", "x", LONG)).isInstanceOf(IOException.class);
        assertThat(arrived).hasValue(0);
        proxy.rule(request -> Fault.CUT_AFTER);
        assertThatThrownBy(() -> post("/", "x", LONG)).isInstanceOf(IOException.class);
        assertThat(arrived).hasPositiveValue();
    }

    @Test
    void writesHalfAnAnswer() throws Exception {
        proxy.next(1, Fault.HALF);
        assertThatThrownBy(() -> post("/", "x".repeat(100_001), LONG))
                .isInstanceOf(IOException.class);
        assertThat(arrived).hasValue(1);
    }

    @Test
    void isSlowOrMute() throws Exception {
        proxy.next(1, Fault.late(Duration.ofSeconds(1)));
        long start = System.nanoTime();
        assertThat(post("/", "x", LONG).statusCode()).isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofSeconds(1).toNanos());
        proxy.next(1, Fault.BLACK_HOLE);
        assertThatThrownBy(() -> post("/", "x", Duration.ofMillis(300)))
                .isInstanceOf(HttpTimeoutException.class);
        assertThat(arrived).hasValue(1);
    }

    private HttpResponse<String> post(String path, String body, Duration limit)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(proxy.url() + path))
                        .timeout(limit)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }
}
