package org.jetfanout.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.run.camel.RouteBed;
import org.jetfanout.run.camel.SinkSteps;
import org.jetfanout.sink.shipping.Sinks;
import org.jetfanout.sink.stdout.StdoutSink;
import org.jetfanout.testkit.stores.SampleRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packaged route of each sink, step by step: what would go to a server over HTTP is answered
 * here in its place; a socket, a file and standard output are real.
 */
final class PackagedSinkRoutesTest {
    private static final List<LogDocument> FRAME = SampleRecords.lines(0, 5);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;

    /** What the route sent, request by request. */
    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

    private record Frame(String sink, List<LogDocument> documents) implements SinkDelivery {
        @Override
        public String guid() {
            return "the-guid";
        }

        @Override
        public void refuse(LogDocument document, String reason) {
            throw new AssertionError(document.id() + ": " + reason);
        }
    }

    private static RouteBed bed(Sink sink, String name, Map<String, String> properties)
            throws Exception {
        Map<String, Object> beans = new HashMap<>(SinkSteps.beans());
        beans.putAll(sink.beans());
        Map<String, String> all = new HashMap<>(properties);
        all.putAll(sink.properties());
        return new RouteBed(beans, all, List.of("sinks/" + name));
    }

    private static Sink sink(String name, Map<String, String> properties) {
        return Sinks.open(
                        name,
                        SinkSettings.of(
                                name, SinkProperties.of("sinks.properties", properties), Map.of()))
                .orElseThrow();
    }

    private static void deliver(RouteBed routes, String name) throws Exception {
        routes.send(
                "direct:sink-" + name,
                FRAME,
                exchange -> {
                    exchange.setProperty(SinkDelivery.PROPERTY, new Frame(name, FRAME));
                    exchange.getMessage().setHeader("JetGuid", "the-guid");
                    exchange.getMessage().setHeader("JetSink", name);
                });
    }

    private static List<String> documents() {
        return FRAME.stream().map(document -> new String(document.json(), UTF_8)).toList();
    }

    private Processor server(Processor answer) {
        return exchange -> {
            byte[] body = exchange.getMessage().getBody(byte[].class);
            boolean packed = "gzip".equals(exchange.getMessage().getHeader("Content-Encoding"));
            sent.add(new String(packed ? unzipped(body) : body, UTF_8));
            answer.process(exchange);
        };
    }

    private static byte[] unzipped(byte[] body) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }

    private static void answer(Exchange exchange, int status, Object json) throws IOException {
        Message message = exchange.getMessage();
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setBody(JSON.writeValueAsBytes(json));
    }

    @Test
    void eachSinkIsTestedHere() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes/sinks"))) {
            assertThat(files.map(file -> file.getFileName().toString().replaceFirst("\\..*", "")))
                    .containsExactlyInAnyOrder(
                            "elasticsearch",
                            "opensearch",
                            "splunk",
                            "logstash",
                            "syslog",
                            "file",
                            "stdout");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"elasticsearch", "opensearch"})
    void bulkRequests(String name) throws Exception {
        try (Sink sink = sink(name, Map.of(name + ".url", "https://store.invalid"));
                RouteBed routes = bed(sink, name, Map.of())) {
            Map<String, Object> created = Map.of("create", Map.of("status", 201));
            Map<String, Object> all =
                    Map.of("errors", false, "items", Collections.nCopies(5, created));
            routes.replace("sink-" + name, "*", server(exchange -> answer(exchange, 200, all)))
                    .start();
            deliver(routes, name);
        }
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).lines()).hasSize(10).containsAll(documents());
    }

    @ParameterizedTest
    @ValueSource(strings = {"elasticsearch", "opensearch"})
    void aStoreThatIsBusyGetsTheRecordsAgain(String name) throws Exception {
        try (Sink sink = sink(name, Map.of(name + ".url", "https://store.invalid"));
                RouteBed routes = bed(sink, name, Map.of())) {
            routes.replace("sink-" + name, "*", exchange -> answer(exchange, 429, Map.of()))
                    .start();
            assertThatThrownBy(() -> deliver(routes, name))
                    .isInstanceOfSatisfying(
                            UndeliveredException.class, e -> assertThat(e.rest()).isEqualTo(FRAME));
        }
    }

    @Test
    void splunkEventsAndTheirAcknowledgement() throws Exception {
        Map<String, String> settings =
                Map.of("splunk.url", "https://hec.invalid", "splunk.token", "a-token");
        try (Sink sink = sink("splunk", settings);
                RouteBed routes = bed(sink, "splunk", settings)) {
            routes.replace(
                            "sink-splunk",
                            ".*/services/collector/event.*",
                            server(
                                    exchange ->
                                            answer(
                                                    exchange,
                                                    200,
                                                    Map.of("text", "ok", "code", 0, "ackId", 7))))
                    .replace(
                            "sink-splunk",
                            ".*/services/collector/ack.*",
                            server(
                                    exchange ->
                                            answer(
                                                    exchange,
                                                    200,
                                                    Map.of("acks", Map.of("7", sent.size() > 2)))))
                    .start();
            deliver(routes, "splunk");
        }
        assertThat(sent).hasSize(3);
        for (int n = 0; n < FRAME.size(); n++) {
            assertThat(sent.get(0)).contains("the-guid:b1:output:" + n);
        }
        assertThat(sent.subList(1, 3)).allMatch(question -> question.equals("{\"acks\":[7]}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"logstash", "syslog"})
    void readToTheEndByTheReceiver(String name) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> read(server));
            String url = "tcp://127.0.0.1:" + server.getLocalPort();
            try (Sink sink = sink(name, Map.of(name + ".url", url));
                    RouteBed routes = bed(sink, name, Map.of())) {
                routes.start();
                deliver(routes, name);
            }
            assertThat(read.get())
                    .contains(FRAME.stream().map(LogDocument::id).collect(Collectors.toList()));
        }
    }

    private static String read(ServerSocket server) {
        try (Socket socket = server.accept()) {
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFile() throws Exception {
        Path file = folder.resolve("records.ndjson");
        try (Sink sink = sink("file", Map.of("file.path", file.toString()));
                RouteBed routes = bed(sink, "file", Map.of())) {
            routes.start();
            deliver(routes, "file");
            deliver(routes, "file"); // comes again after a crash, and is there once
        }
        assertThat(Files.readAllLines(file)).isEqualTo(documents());
    }

    @Test
    void standardOutput() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Sink sink = new StdoutSink(out);
                RouteBed routes = bed(sink, "stdout", Map.of())) {
            routes.start();
            deliver(routes, "stdout");
        }
        assertThat(out.toString(UTF_8).lines().toList()).isEqualTo(documents());
    }
}
