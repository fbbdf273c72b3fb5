package org.jetfanout.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.camel.Processor;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PemFiles;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.Certificates;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP server over real connections, without any room of the service but health. */
final class HttpServerTest {
    @TempDir Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicReference<Peer> peer = new AtomicReference<>();

    // Mutable state
    private HttpServer server;
    private MetricsPart metrics;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void start(String config) throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Files.writeString(
                folder.resolve("own/more.camel.yaml"),
                """
                - route:
                    id: echo
                    from:
                      uri: platform-http:/echo
                      steps:
                        - process:
                            ref: test.echo
                - route:
                    id: fails
                    from:
                      uri: platform-http:/fails
                      steps:
                        - process:
                            ref: test.fails
                - route:
                    id: refuses
                    from:
                      uri: platform-http:/refuses
                      steps:
                        - process:
                            ref: test.refuses
                """);
        Path file = folder.resolve("service.yml");
        Files.writeString(file, "listen: 127.0.0.1:0\nroutes: own\n" + config);
        ServiceConfig read = ServiceConfig.read(file);
        metrics = new MetricsPart(read);
        server =
                HttpServer.start(
                        read,
                        List.of(new HealthPart(() -> server.unready()), metrics, new Probe()));
    }

    /** What the test adds to the server. */
    private final class Probe implements HttpPart {
        @Override
        public Map<String, Object> beans() {
            return Map.of(
                    "test.echo",
                    (Processor)
                            exchange ->
                                    exchange.getMessage()
                                            .setBody(
                                                    String.valueOf(
                                                            exchange.getMessage()
                                                                    .getBody(String.class)
                                                                    .length())),
                    "test.fails",
                    (Processor)
                            exchange -> {
                                throw new IOException("/secret/path is broken");
                            },
                    "test.refuses",
                    (Processor)
                            exchange -> {
                                throw new RefusedException(409, "not now: \"it\" runs");
                            });
        }

        @Override
        public void handlers(Router router) {
            router.get("/peer")
                    .handler(
                            context -> {
                                peer.set(Peer.of(context));
                                context.end(
                                        String.valueOf(
                                                context.request()
                                                        .headers()
                                                        .contains("X-Forwarded-For")));
                            });
            new Assets(Map.of("a.css", "org/jetfanout/demo/site.yml")).handlers(router);
        }
    }

    private HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        return send(path, request -> headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> more)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(
                more.apply(HttpRequest.newBuilder(uri)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void livesAndIsReady() throws Exception {
        start("");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").body()).isEqualTo("ok\n");
    }

    @Test
    void allAnswersSayWhatBrowsersMayDo() throws Exception {
        start("");
        for (String path : List.of("/health/live", "/nothing", "/fails", "/assets/a.css")) {
            HttpResponse<String> answer = get(path);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .as(path)
                    .contains("default-src 'self'")
                    .contains("frame-ancestors 'none'");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        }
        assertThat(get("/health/live").headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void problemsAreThoseOfRfc9457AndSayNoSecrets() throws Exception {
        start("");
        HttpResponse<String> missing = get("/nothing");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.headers().firstValue("Content-Type")).contains(Problem.TYPE);
        assertThat(missing.body())
                .contains("\"status\":404")
                .contains("\"title\":\"Not Found\"")
                .contains("\"instance\":\"/nothing\"");
        HttpResponse<String> refused = get("/refuses");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("not now: \\\"it\\\" runs");
        HttpResponse<String> failed = get("/fails");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).doesNotContain("secret").doesNotContain("Exception");
        assertThat(send("/health/live", request -> request.method("PUT", none())).statusCode())
                .isEqualTo(405);
    }

    private static HttpRequest.BodyPublisher none() {
        return HttpRequest.BodyPublishers.noBody();
    }

    @Test
    void aBodyHasALimit() throws Exception {
        start("limits: {body: 2000}\n");
        assertThat(post(2000).body()).isEqualTo("2000");
        assertThat(post(2001).statusCode()).isEqualTo(413);
    }

    private HttpResponse<String> post(int length) throws IOException, InterruptedException {
        return send(
                "/echo",
                request -> request.POST(HttpRequest.BodyPublishers.ofString("x".repeat(length))));
    }

    @Test
    void aHeadHasALimit() throws Exception {
        start("limits: {head: 2048}\n");
        assertThat(get("/health/live", "X-Long", "x".repeat(1500)).statusCode()).isEqualTo(200);
        assertThat(get("/health/live", "X-Long", "x".repeat(3000)).statusCode()).isEqualTo(431);
    }

    @Test
    void whoSendsByteByByteIsCutOff() throws Exception {
        start("limits: {request: 1s}\n");
        try (Socket head = connect();
                Socket body = connect()) {
            head.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
            body.getOutputStream()
                    .write(
                            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(isClosed(head)).isTrue();
            assertThat(isClosed(body)).isTrue();
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static boolean isClosed(Socket socket) {
        try (InputStream in = socket.getInputStream()) {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void tooManyConnectionsAreRefusedAndTheOthersGoOn() throws Exception {
        start("limits: {connections: 3, streams: 3}\n");
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                open.add(connect());
            }
            Waiting.until("three are there", () -> server.connections() == 3);
            try (Socket more = connect()) {
                assertThat(isClosed(more)).isTrue();
            }
            assertThat(server.refused()).isEqualTo(1);
            open.remove(0).close();
            Waiting.until("one is gone", () -> server.connections() == 2);
            assertThat(get("/health/live").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void onlyATrustedProxyIsBelieved() throws Exception {
        start("trusted_proxies: [10.0.0.0/8]\n");
        assertThat(get("/peer", "X-Forwarded-For", "1.2.3.4").body()).isEqualTo("false");
        assertThat(peer.get()).isEqualTo(new Peer("127.0.0.1", "127.0.0.1", false, true));
        server.close();
        start("trusted_proxies: [127.0.0.1, 10.0.0.0/8]\n");
        get("/peer", "X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.1.2.3", "X-Forwarded-Proto", "https");
        assertThat(peer.get()).isEqualTo(new Peer("1.2.3.4", "127.0.0.1", true, true));
    }

    @Test
    void answersBelowThePrefixToo() throws Exception {
        start("prefix: /fanout\n");
        assertThat(get("/fanout/health/live").body()).isEqualTo("ok\n");
        assertThat(get("/health/live").body()).isEqualTo("ok\n");
        assertThat(get("/fanout/assets/a.css").statusCode()).isEqualTo(200);
        assertThat(get("/fanout/nothing").body()).contains("\"instance\":\"/fanout/nothing\"");
        for (String path : List.of("/fanout/health/live", "/health/live")) {
            HttpResponse<String> other = send(path, request -> request.method("PUT", none()));
            assertThat(other.statusCode()).as(path).isEqualTo(405);
            assertThat(other.headers().firstValue("Allow")).hasValue("GET");
        }
        assertThat(send("/fanout/nothing", request -> request.method("PUT", none())).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aWrongStepOfOwnRoutesIsNamedWithFileAndLine() throws IOException {
        Files.createDirectories(folder.resolve("own"));
        Path own =
                Files.writeString(
                        folder.resolve("own/wrong.camel.yaml"),
                        """
                        - route:
                            id: wrong
                            from:
                              uri: platform-http:/wrong
                              steps:
                                - process:
                                    ref: test.ehco
                        """);
        assertThatThrownBy(() -> start(""))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(own + ":7: ")
                .hasMessageContaining("test.ehco");
    }

    @Test
    void assetsAreKeptByTheirVersion() throws Exception {
        start("");
        Assets assets = new Assets(Map.of("a.css", "org/jetfanout/demo/site.yml"));
        HttpResponse<String> versioned = get("/" + assets.link("a.css"));
        assertThat(versioned.headers().firstValue("Cache-Control").orElse(""))
                .contains("immutable");
        assertThat(get("/assets/a.css?v=old").headers().firstValue("Cache-Control"))
                .contains("no-cache");
        String tag = versioned.headers().firstValue("ETag").orElseThrow();
        assertThat(get("/assets/a.css", "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(get("/assets/../a.css").statusCode()).isEqualTo(404);
        assertThat(get("/assets/b.css").statusCode()).isEqualTo(404);
    }

    @Test
    void metricsAreForThisMachineOnly() throws Exception {
        start("");
        metrics.show("runs", "Runs", () -> 7);
        get("/nothing");
        String text = get("/metrics").body();
        assertThat(text)
                .contains("jetfanout_service_runs 7.0")
                .contains("jetfanout_service_answers_total{status=\"4xx\"} 1.0");
    }

    @Test
    void metricsCanBeOff() throws Exception {
        start("metrics: off\n");
        assertThat(get("/metrics").statusCode()).isEqualTo(404);
    }

    @Test
    void speaksHttpsAndHttp2WithTheFilesThatAreNamed() throws Exception {
        Certificates own = Certificates.of(folder.resolve("tls"), "localhost");
        start("tls: {certificate: tls/server.pem, key: tls/server.key}\n");
        HttpClient secure =
                HttpClient.newBuilder()
                        .sslContext(PemFiles.context(PemFiles.certificates(own.ca())))
                        .connectTimeout(Duration.ofSeconds(20))
                        .build();
        HttpResponse<String> answer =
                secure.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "https://localhost:"
                                                        + server.port()
                                                        + "/health/live"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).isEqualTo("ok\n");
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isPresent();
        assertThatThrownBy(() -> get("/health/live")).isInstanceOf(IOException.class);
    }

    @Test
    void aTakenAddressIsOneLine() throws Exception {
        start("");
        Path file = folder.resolve("second.yml");
        Files.writeString(file, "listen: 127.0.0.1:" + server.port() + "\n");
        assertThatThrownBy(() -> HttpServer.start(ServiceConfig.read(file), List.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("cannot listen on 127.0.0.1:" + server.port());
    }

    @Test
    void aBrokenRouteOfTheUserIsOneLine() throws Exception {
        Files.createDirectories(folder.resolve("broken"));
        Files.writeString(
                folder.resolve("broken/x.camel.yaml"),
                """
                - route:
                    id: x
                    from:
                      uri: platform-http:/x
                      steps:
                        - process:
                            ref: no.such.bean
                """);
        Path file = folder.resolve("service.yml");
        Files.writeString(file, "listen: 127.0.0.1:0\nroutes: broken\n");
        assertThatThrownBy(
                        () ->
                                HttpServer.start(
                                        ServiceConfig.read(file),
                                        List.of(new HealthPart(List::of))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("no.such.bean");
    }
}
