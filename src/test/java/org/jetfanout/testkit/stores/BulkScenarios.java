package org.jetfanout.testkit.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Exchange;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.FaultProxy.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises of a sink that uses the bulk API, tested with a real server. A proxy before the
 * server breaks answers.
 */
public abstract class BulkScenarios {
    private static final AtomicInteger TESTS = new AtomicInteger();

    private final String index = "logs-jetfanout.t" + TESTS.incrementAndGet() + "-default";
    private final SearchServer server;
    private final String name;

    private FaultProxy proxy;

    @TempDir private Path folder;

    /**
     * @param name of the sink: elasticsearch or opensearch
     */
    public BulkScenarios(SearchServer server, String name) {
        this.server = server;
        this.name = name;
    }

    @BeforeEach
    public void before() throws IOException {
        proxy = FaultProxy.before(server.url());
    }

    @AfterEach
    public void after() throws IOException {
        proxy.close();
    }

    @Test
    public void storesEachRecordOnceHoweverOftenItComes() throws Exception {
        List<LogDocument> records = SampleRecords.lines(0, 1000);
        try (SinkBed sink = sink(Map.of())) {
            sink.deliver(records);
            sink.deliver(records.subList(500, 1000));
            sink.deliver(SampleRecords.lines(900, 200));
            assertThat(sink.refused).isEmpty();
        }
        List<JsonNode> documents = server.documents(index);
        assertThat(documents)
                .extracting(document -> document.path("_id").asText())
                .containsExactlyElementsOf(SampleRecords.ids(SampleRecords.lines(0, 1100)));
        assertThat(documents.get(7).path("_source"))
                .isEqualTo(new ObjectMapper().readTree(records.get(7).json()));
        assertThat(proxy.requests("_bulk")).isEqualTo(3);
    }

    @Test
    public void compressesUnlessToldNotTo() throws Exception {
        List<byte[]> bodies = new ArrayList<>();
        proxy.rule(
                request -> {
                    bodies.add(request.body());
                    return Fault.NONE;
                });
        try (SinkBed sink = sink(Map.of())) {
            sink.deliver(SampleRecords.lines(0, 100));
        }
        try (SinkBed sink = sink(Map.of("gzip", "false"))) {
            sink.deliver(SampleRecords.lines(100, 100));
        }
        assertThat(proxy.seen())
                .extracting(request -> request.header("Content-Encoding"))
                .containsExactly("gzip", "");
        String unpacked =
                new String(
                        new GZIPInputStream(new ByteArrayInputStream(bodies.get(0))).readAllBytes(),
                        StandardCharsets.UTF_8);
        assertThat(unpacked).startsWith("{\"create\":{\"_id\":\"the-guid:b1:output:0\"}}\n{");
        assertThat(bodies.get(0).length * 5).isLessThan(bodies.get(1).length);
        assertThat(server.count(index)).isEqualTo(200);
    }

    @Test
    public void putsTheTemplateOnceBeforeTheFirstFrame() throws Exception {
        server.ask("DELETE", "/_index_template/logs-jetfanout", "");
        for (int i = 0; i < 2; i++) {
            try (SinkBed sink = sink(Map.of("install-template", "true"))) {
                sink.deliver(SampleRecords.lines(i, 1));
                sink.deliver(SampleRecords.lines(i + 10, 1));
            }
        }
        assertThat(proxy.seen())
                .extracting(
                        request -> request.method() + " " + request.path().replaceAll("\\?.*", ""))
                .containsExactly(
                        "GET /_index_template/logs-jetfanout",
                        "PUT /_index_template/logs-jetfanout",
                        "POST /" + index + "/_bulk",
                        "POST /" + index + "/_bulk",
                        "GET /_index_template/logs-jetfanout",
                        "POST /" + index + "/_bulk",
                        "POST /" + index + "/_bulk");
        JsonNode mappings =
                server.ask("GET", "/" + index + "/_mapping", "").elements().next().path("mappings");
        JsonNode properties = mappings.path("properties");
        assertThat(properties.path("message").path("type").asText()).isEqualTo("text");
        assertThat(properties.path("event").path("properties").path("id").path("type").asText())
                .isEqualTo("keyword");
        assertThat(server.documents(index).get(0).path("_index").asText())
                .startsWith(".ds-" + index);
    }

    @Test
    public void waitsWhereTheServerIsBusy() throws Exception {
        List<LogDocument> records = SampleRecords.lines(0, 10);
        try (SinkBed sink = sink(Map.of())) {
            for (int status : new int[] {429, 502, 503, 504, 408}) {
                proxy.next(1, Fault.status(status, Map.of("Retry-After", "7"), "<html>busy"));
                UndeliveredException later =
                        catchThrowableOfType(
                                UndeliveredException.class, () -> sink.deliver(records));
                assertThat(later.rest()).isEqualTo(records);
                assertThat(later.after()).contains(Duration.ofSeconds(7));
                assertThat(later).hasMessageContaining(status + "");
            }
            proxy.next(1, Fault.status(503));
            assertThat(
                            catchThrowableOfType(
                                            UndeliveredException.class, () -> sink.deliver(records))
                                    .after())
                    .isEmpty();
            // the sink does not retry by itself in between
            assertThat(proxy.requests("_bulk")).isEqualTo(6);
            sink.deliver(records);
        }
        assertThat(server.count(index)).isEqualTo(10);
    }

    @Test
    public void halvesWhatIsTooLarge() throws Exception {
        proxy.rule(request -> request.body().length > 2000 ? Fault.status(413) : Fault.NONE);
        List<LogDocument> records = new ArrayList<>(SampleRecords.lines(0, 100));
        LogDocument huge = SampleRecords.line(1000, "x".repeat(3000));
        records.add(50, huge);
        try (SinkBed sink = sink(Map.of("gzip", "false"))) {
            sink.deliver(records);
            assertThat(sink.refused.keySet()).containsExactly(huge);
            assertThat(sink.refused.get(huge)).startsWith("413: too large for the server, with 3");
        }
        assertThat(server.count(index)).isEqualTo(100);
    }

    @Test
    public void whatIsLeftOfAHalvedFrameComesAgain() throws Exception {
        List<LogDocument> records = SampleRecords.lines(0, 8);
        AtomicInteger requests = new AtomicInteger();
        proxy.rule(
                request ->
                        switch (requests.incrementAndGet()) {
                            case 1 -> Fault.status(413);
                            case 3 -> Fault.status(429);
                            default -> Fault.NONE;
                        });
        try (SinkBed sink = sink(Map.of())) {
            UndeliveredException later =
                    catchThrowableOfType(UndeliveredException.class, () -> sink.deliver(records));
            assertThat(later.rest()).isEqualTo(records.subList(4, 8));
        }
        assertThat(server.count(index)).isEqualTo(4);
    }

    @Test
    public void setsAsideWhatTheMappingDoesNotTake() throws Exception {
        try (SinkBed sink = sink(Map.of("install-template", "true"))) {
            List<LogDocument> records = new ArrayList<>(SampleRecords.lines(0, 10));
            LogDocument bad = withJson(records.get(3), "\"sequence\":3", "\"sequence\":\"three\"");
            records.set(3, bad);
            sink.deliver(records);
            assertThat(sink.refused.keySet()).containsExactly(bad);
            assertThat(sink.refused.get(bad))
                    .startsWith("400 ")
                    .contains("failed to parse field [event.sequence] of type [long]");
        }
        assertThat(server.count(index)).isEqualTo(9);
    }

    @Test
    public void stopsWhereTryingAgainCannotHelp() throws Exception {
        Map<Integer, String> hints =
                Map.of(
                        401, "set " + name + ".api-key",
                        403, "privileges create_doc and auto_configure",
                        404, "check " + name + ".url and " + name + ".index",
                        400, "no such luck",
                        302, "answers 302",
                        405, "answers 405");
        try (SinkBed sink = sink(Map.of("api-key", "the-id:the-secret"))) {
            for (int status : hints.keySet()) {
                proxy.next(
                        1,
                        Fault.status(
                                status,
                                Map.of("Location", "http://127.0.0.1:1/"),
                                "{\"error\":{\"type\":\"some\",\"reason\":\"no such luck\"}}"));
                assertThatThrownBy(() -> sink.deliver(SampleRecords.lines(0, 1)))
                        .isInstanceOf(SinkStoppedException.class)
                        .hasMessageContaining(hints.get(status))
                        .hasMessageContaining(proxy.url() + " answers " + status)
                        .hasMessageNotContaining("secret");
            }
        }
        assertThat(proxy.requests("")).isEqualTo(hints.size());
    }

    @Test
    public void aPageThatIsNoJsonDeliversNothing() throws Exception {
        List<LogDocument> records = SampleRecords.lines(0, 3);
        try (SinkBed sink = sink(Map.of())) {
            for (String page :
                    List.of("", "<html>Please log in</html>", "{\"errors\":fal", "[]", "17")) {
                proxy.next(1, Fault.status(200, Map.of(), page));
                UndeliveredException later =
                        catchThrowableOfType(
                                UndeliveredException.class, () -> sink.deliver(records));
                assertThat(later.rest()).isEqualTo(records);
            }
            // an answer for fewer documents than were sent
            proxy.next(1, Fault.status(200, Map.of(), "{\"errors\":false,\"items\":[]}"));
            assertThatThrownBy(() -> sink.deliver(records))
                    .isInstanceOf(UndeliveredException.class);
            sink.deliver(records);
        }
        assertThat(server.count(index)).isEqualTo(3);
    }

    @Test
    public void aCutOrHalfAnswerMakesNoDuplicates() throws Exception {
        List<LogDocument> records = SampleRecords.lines(0, 2000);
        try (SinkBed sink = sink(Map.of())) {
            for (Fault fault : List.of(Fault.CUT_BEFORE, Fault.HALF, Fault.CUT_AFTER)) {
                proxy.next(1, fault);
                assertThatThrownBy(() -> sink.deliver(records)).isInstanceOf(Exception.class);
            }
            sink.deliver(records);
            assertThat(sink.refused).isEmpty();
        }
        assertThat(proxy.requests("_bulk")).isEqualTo(4);
        assertThat(server.count(index)).isEqualTo(2000);
    }

    @Test
    public void doesNotWaitForEver() throws Exception {
        List<LogDocument> records = SampleRecords.lines(0, 1);
        try (SinkBed sink = sink(Map.of("response-timeout", "1s"))) {
            proxy.next(1, Fault.BLACK_HOLE);
            assertThatThrownBy(() -> sink.deliver(records)).isInstanceOf(IOException.class);
            proxy.heal();
        }
        try (SinkBed sink = sink(Map.of("url", "http://127.0.0.1:1"))) {
            assertThatThrownBy(() -> sink.deliver(records)).isInstanceOf(IOException.class);
        }
    }

    @Test
    public void retriesWhileTheDiskIsFull() throws Exception {
        List<LogDocument> records = SampleRecords.lines(0, 5);
        try (SinkBed sink = sink(Map.of())) {
            sink.deliver(records);
            // what the flood-stage watermark does to an index
            block(true);
            List<LogDocument> more = SampleRecords.lines(3, 5);
            UndeliveredException later =
                    catchThrowableOfType(UndeliveredException.class, () -> sink.deliver(more));
            assertThat(later.rest()).isNotEmpty().isSubsetOf(more);
            assertThat(later).hasMessageContaining("block");
            block(false);
            sink.deliver(later.rest());
            assertThat(sink.refused).isEmpty();
        }
        assertThat(server.count(index)).isEqualTo(8);
    }

    @Test
    public void goesOnWhenTheServerWasKilled() throws Exception {
        List<LogDocument> records = SampleRecords.lines(0, 100);
        try (SinkBed sink = sink(Map.of())) {
            sink.deliver(records);
            server.kill();
            Thread again =
                    new Thread(
                            () -> {
                                try {
                                    server.start();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            again.start();
            sink.deliverAtLast(SampleRecords.lines(50, 100));
            again.join();
            assertThat(sink.refused).isEmpty();
        }
        assertThat(server.documents(index))
                .extracting(document -> document.path("_id").asText())
                .containsExactlyElementsOf(SampleRecords.ids(SampleRecords.lines(0, 150)));
    }

    @Test
    public void anotherRouteNamesAnotherIndex() throws Exception {
        String other = index.replace("-default", "-errors");
        List<LogDocument> records = SampleRecords.lines(0, 3);
        try (SinkBed sink = sink(Map.of())) {
            sink.deliver(records);
            Exchange exchange = sink.deliver(records, Map.of("JetIndex", other, "Mine", "kept"));
            // the frame reaches the next steps unchanged
            assertThat(exchange.getMessage().getBody()).isEqualTo(records);
            assertThat(exchange.getMessage().getHeaders())
                    .containsOnlyKeys("JetGuid", "JetSink", "JetIndex", "Mine");
            assertThatThrownBy(() -> sink.deliver(records, Map.of("JetIndex", "../_all")))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessageContaining("'../_all'");
        }
        assertThat(server.count(index)).isEqualTo(3);
        assertThat(server.count(other)).isEqualTo(3);
        assertThat(proxy.seen())
                .allSatisfy(
                        request ->
                                assertThat(request.headers())
                                        .doesNotContainKeys("mine", "jetguid"));
    }

    @Test
    public void logsInWithKeyOrPassword() throws Exception {
        Map<Map<String, String>, String> logins =
                Map.of(
                        Map.of("api-key", "id:key"), "ApiKey aWQ6a2V5",
                        Map.of("api-key", "aWQ6a2V5"), "ApiKey aWQ6a2V5",
                        Map.of("user", "me", "password", "pä:ss"), "Basic bWU6cMOkOnNz");
        int n = 0;
        for (Map.Entry<Map<String, String>, String> login : logins.entrySet()) {
            proxy.rule(
                    request ->
                            request.header("Authorization").equals(login.getValue())
                                    ? Fault.NONE
                                    : Fault.status(401));
            try (SinkBed sink = sink(login.getKey())) {
                Exchange exchange = sink.deliver(SampleRecords.lines(n++, 1), Map.of());
                assertThat(exchange.getMessage().getHeaders()).doesNotContainKey("Authorization");
            }
        }
        assertThat(server.count(index)).isEqualTo(3);
    }

    @Test
    public void trustsTheCaOfItsSettingsAndNoOtherName() throws Exception {
        Certificates good = Certificates.of(folder.resolve("good"), "127.0.0.1");
        Certificates other = Certificates.of(folder.resolve("other"), "es.example.com");
        List<LogDocument> records = SampleRecords.lines(0, 5);
        try (FaultProxy tls = FaultProxy.withTls(server.url(), good.identity())) {
            try (SinkBed sink = sink(Map.of("url", tls.url(), "ca", good.ca().toString()))) {
                sink.deliver(records);
            }
            for (Map<String, String> wrong :
                    List.of(
                            Map.of("url", tls.url()),
                            Map.of("url", tls.url(), "ca", other.ca().toString()))) {
                try (SinkBed sink = sink(wrong)) {
                    assertThatThrownBy(() -> sink.deliver(records))
                            .isInstanceOf(SinkStoppedException.class)
                            .hasMessageContaining("certificate that is not trusted")
                            .hasMessageContaining(name + ".ca");
                }
            }
        }
        try (FaultProxy tls = FaultProxy.withTls(server.url(), other.identity());
                SinkBed sink = sink(Map.of("url", tls.url(), "ca", other.ca().toString()))) {
            assertThatThrownBy(() -> sink.deliver(records))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessageContaining("is not trusted or has another name");
            assertThat(tls.seen()).isEmpty();
        }
        assertThat(server.count(index)).isEqualTo(5);
    }

    @Test
    public void oneThatNeverAnswersCanBeBrokenOff() throws Exception {
        try (SinkBed sink = sink(Map.of("response-timeout", "10m"))) {
            proxy.rule(request -> Fault.BLACK_HOLE);
            CompletableFuture<Void> delivery =
                    CompletableFuture.runAsync(
                            () ->
                                    assertThatThrownBy(
                                                    () -> sink.deliver(SampleRecords.lines(0, 3)))
                                            .isInstanceOf(IOException.class));
            Waiting.until("the request", () -> !proxy.seen().isEmpty());
            sink.abort();
            Waiting.until("broken off", delivery::isDone);
            delivery.join();
        }
    }

    private SinkBed sink(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of("url", proxy.url(), "index", index));
        all.putAll(settings);
        return new SinkBed(name, all);
    }

    private void block(boolean on) {
        server.ask(
                "PUT",
                "/" + index + "/_settings",
                "{\"index.blocks.read_only_allow_delete\":" + (on ? "true" : "null") + "}");
    }

    private static LogDocument withJson(LogDocument document, String from, String to) {
        return new LogDocument(
                document.id(),
                document.time(),
                document.guid(),
                document.batch(),
                document.worker(),
                document.workerGroup(),
                document.host(),
                document.stream(),
                document.offset(),
                document.message(),
                document.outcome(),
                document.level(),
                new String(document.json(), StandardCharsets.UTF_8)
                        .replace(from, to)
                        .getBytes(StandardCharsets.UTF_8));
    }
}
