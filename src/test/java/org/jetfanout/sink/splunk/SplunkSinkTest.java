package org.jetfanout.sink.splunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.Certificates;
import org.jetfanout.testkit.stores.FaultProxy;
import org.jetfanout.testkit.stores.FaultProxy.Fault;
import org.jetfanout.testkit.stores.SampleRecords;
import org.jetfanout.testkit.stores.SinkBed;
import org.jetfanout.testkit.stores.SplunkStandIn;
import org.jetfanout.testkit.stores.SplunkStandIn.Code;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Splunk sink against a stand-in for Splunk. */
final class SplunkSinkTest {
    private static final String CHANNEL = "0f3a6f0e-6b1c-4c5e-9a43-3f1a4d5a9b11";

    private SplunkStandIn splunk;

    @BeforeEach
    void start() throws IOException {
        splunk = SplunkStandIn.start();
    }

    @AfterEach
    void stop() {
        splunk.close();
    }

    @Test
    void aLineIsAnEventOfItsText() throws Exception {
        try (SinkBed bed = bed(Map.of("index", "main"))) {
            bed.deliver(List.of(SampleRecords.line(70, "changed: web0 \"ä\"")));
        }
        assertThat(splunk.events())
                .containsExactly(
                        new ObjectMapper()
                                .readTree(
                                        """
                                        {"time": 1772360430.456, "host": "web0",
                                         "source": "the-guid/b1/output", "sourcetype": "jetfanout:line",
                                         "index": "main", "event": "changed: web0 \\"ä\\"",
                                         "fields": {"id": "the-guid:b1:output:70", "guid": "the-guid",
                                           "batch": "b1", "worker": "worker1", "worker_group": "group1",
                                           "managed_host": "web0", "stream": "output", "sequence": 70,
                                           "level": "info"}}
                                        """));
    }

    @Test
    void allElseIsAnEventOfItsJson() throws Exception {
        LogDocument event = SampleRecords.record("events", 5, "nginx failed", "", "failure");
        try (SinkBed bed = bed(Map.of())) {
            bed.deliver(List.of(event));
        }
        JsonNode stored = splunk.events().get(0);
        assertThat(stored.path("sourcetype").asText()).isEqualTo("jetfanout:event");
        assertThat(stored.path("host").asText()).isEqualTo("worker1");
        assertThat(stored.path("event")).isEqualTo(new ObjectMapper().readTree(event.json()));
        assertThat(stored.at("/fields/outcome").asText()).isEqualTo("failure");
        assertThat(stored.at("/fields").has("managed_host")).isFalse();
        assertThat(stored.has("index")).isFalse();
    }

    @Test
    void anEmptyLineIsNotRefused() throws Exception {
        try (SinkBed bed = bed(Map.of())) {
            bed.deliver(List.of(SampleRecords.line(1, ""), SampleRecords.line(2, "  ")));
            assertThat(bed.refused).isEmpty();
        }
        assertThat(splunk.events())
                .extracting(event -> event.path("event").asText())
                .containsExactly("(empty line)", "(empty line)");
    }

    @Test
    void eachFieldIsOneThatTheDocsAndTheDashboardKnow() {
        assertThat(HecEvents.FIELDS)
                .containsAll(fields(SampleRecords.event(1, "m", "failure")))
                .containsAll(fields(SampleRecords.line(1, "m")));
        assertThat(fields(SampleRecords.event(1, "m", "failure"))).containsAll(HecEvents.FIELDS);
    }

    @Test
    void aFrameBecomesRequestsThatTheCollectorTakes() throws Exception {
        List<LogDocument> frame = SampleRecords.lines(0, 5000);
        try (SinkBed bed = bed(Map.of())) {
            bed.deliver(frame);
        }
        assertThat(splunk.ids()).isEqualTo(SampleRecords.ids(frame));
        assertThat(splunk.requests()).isBetween(2, 10);
        assertThat(splunk.channels()).hasSize(1).allMatch(channel -> channel.length() == 36);
    }

    @Test
    void aRequestThatIsTooLargeIsSplitAndALargeEventRefused() throws Exception {
        splunk.maxContentLength(20_000);
        List<LogDocument> frame = new ArrayList<>(SampleRecords.lines(0, 300));
        LogDocument large = SampleRecords.line(1000, "x".repeat(30_000));
        frame.add(150, large);
        try (SinkBed bed = bed(Map.of())) {
            bed.deliver(frame);
            assertThat(bed.refused.keySet()).containsExactly(large);
            assertThat(bed.refused.get(large)).contains("413");
            frame.remove(large);
            assertThat(splunk.ids()).isEqualTo(SampleRecords.ids(frame));
            int before = splunk.requests();
            bed.deliver(SampleRecords.lines(5000, 10));
            // what it has learnt of the size holds
            assertThat(splunk.requests()).isEqualTo(before + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"TOKEN_DISABLED", "TOKEN_REQUIRED", "INVALID_AUTHORIZATION", "INVALID_TOKEN"})
    void aRefusedTokenStopsTheSink(Code code) throws Exception {
        splunk.answers(code, 0);
        try (SinkBed bed = bed(Map.of())) {
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessage(
                            "Splunk answers "
                                    + code.status
                                    + ": "
                                    + code.text
                                    + " (code "
                                    + code.number
                                    + "); check splunk.token (JET_FANOUT_SPLUNK_TOKEN), and"
                                    + " whether the token is enabled in Splunk");
        }
    }

    @Test
    void aWrongTokenIsNotShown() throws Exception {
        try (SinkBed bed = bed(Map.of("token", "my-secret"))) {
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessageContaining("403: Invalid token (code 4)")
                    .hasMessageNotContaining("my-secret");
        }
        splunk.disableToken();
        try (SinkBed bed = bed(Map.of())) {
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                    .hasMessageContaining("Token disabled (code 1)");
        }
    }

    @Test
    void anIndexThatTheTokenMayNotWriteToStopsTheSink() throws Exception {
        splunk.indexes(Set.of("fanout"));
        try (SinkBed bed = bed(Map.of("index", "main"))) {
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessageContaining("Incorrect index (code 7); splunk.index must be");
        }
        try (SinkBed bed = bed(Map.of("index", "fanout"))) {
            bed.deliver(SampleRecords.lines(0, 3));
        }
        assertThat(splunk.ids()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"CHANNEL_MISSING", "INVALID_CHANNEL"})
    void aRefusedChannelStopsTheSink(Code code) throws Exception {
        splunk.answers(code, 0);
        try (SinkBed bed = bed(Map.of())) {
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessageContaining("splunk.channel");
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "NO_DATA",
                "INVALID_FORMAT",
                "EVENT_REQUIRED",
                "EVENT_BLANK",
                "INDEXED_FIELDS"
            })
    void aBadEventIsRefusedAlone(Code code) throws Exception {
        List<LogDocument> frame = new ArrayList<>(SampleRecords.lines(0, 10));
        LogDocument bad = frame.get(4);
        try (FaultProxy proxy = FaultProxy.before(splunk.uri());
                SinkBed bed = bed(Map.of("url", proxy.url()))) {
            // the fifth event, and the request as if it had been indexed up to there
            splunk.answers(code, 4);
            CompletableFuture<Void> healed =
                    CompletableFuture.runAsync(
                            () -> {
                                Waiting.until("first answer", () -> splunk.requests() > 0);
                                splunk.answersAsItShould();
                            });
            proxy.rule(request -> proxy.seen().size() > 1 ? awaited(healed) : Fault.NONE);
            bed.deliver(frame);
            assertThat(bed.refused.keySet()).containsExactly(bad);
            assertThat(bed.refused.get(bad)).contains(code.text + " (code " + code.number + ")");
        }
        frame.remove(bad);
        assertThat(splunk.ids()).isEqualTo(SampleRecords.ids(frame));
    }

    @Test
    void aBadEventThatIsNotNumberedIsSearchedFor() throws Exception {
        splunk.numbersNothing();
        splunk.indexes(Set.of("main"));
        List<LogDocument> frame = new ArrayList<>(SampleRecords.lines(0, 40));
        LogDocument bad = broken(17);
        frame.set(17, bad);
        try (SinkBed bed = bed(Map.of("index", "main"))) {
            bed.deliver(frame);
            assertThat(bed.refused.keySet()).containsExactly(bad);
        }
        frame.remove(bad);
        assertThat(Set.copyOf(splunk.ids())).isEqualTo(Set.copyOf(SampleRecords.ids(frame)));
    }

    @Test
    void aBusyCollectorGetsTheRestLater() throws Exception {
        List<LogDocument> frame = SampleRecords.lines(0, 10);
        try (SinkBed bed = bed(Map.of())) {
            splunk.answers(Code.BUSY, 6);
            UndeliveredException busy =
                    catchThrowableOfType(UndeliveredException.class, () -> bed.deliver(frame));
            assertThat(busy).hasMessage("Splunk answers 503: Server is busy (code 9)");
            assertThat(busy.rest()).isEqualTo(frame.subList(6, 10));
            splunk.answersAsItShould();
            bed.deliver(busy.rest());
        }
        assertThat(splunk.ids()).isEqualTo(SampleRecords.ids(frame));
    }

    @Test
    void anInternalErrorAndAProxyInTroubleAreTriedAgain() throws Exception {
        List<LogDocument> frame = SampleRecords.lines(0, 3);
        try (FaultProxy proxy = FaultProxy.before(splunk.uri());
                SinkBed bed = bed(Map.of("url", proxy.url()))) {
            splunk.answers(Code.INTERNAL_ERROR, 0);
            assertThat(undelivered(bed, frame).rest()).isEqualTo(frame);
            splunk.answersAsItShould();
            for (int status : List.of(408, 429, 500, 502, 503, 504)) {
                int before = proxy.seen().size();
                proxy.next(1, Fault.status(status, Map.of("Retry-After", "7"), "<html>"));
                UndeliveredException later = undelivered(bed, frame);
                assertThat(later.rest()).isEqualTo(frame);
                assertThat(later.after()).contains(Duration.ofSeconds(7));
                assertThat(later).hasMessage("Splunk answers " + status + ": <html>");
                // not repeated by the client on its own
                assertThat(proxy.seen()).hasSize(before + 1);
            }
            // a page where a collector should be
            proxy.next(1, Fault.status(200, Map.of(), "<html>Welcome"));
            assertThat(undelivered(bed, frame).rest()).isEqualTo(frame);
            bed.deliver(frame);
        }
        assertThat(splunk.ids()).isEqualTo(SampleRecords.ids(frame));
    }

    @Test
    void oneThatNeverAnswersCanBeBrokenOff() throws Exception {
        try (FaultProxy proxy = FaultProxy.before(splunk.uri());
                SinkBed bed = bed(Map.of("url", proxy.url(), "response-timeout", "10m"))) {
            proxy.rule(request -> Fault.BLACK_HOLE);
            CompletableFuture<UndeliveredException> cut =
                    CompletableFuture.supplyAsync(
                            () -> undelivered(bed, SampleRecords.lines(0, 3)));
            Waiting.until("the request", () -> !proxy.seen().isEmpty());
            bed.abort();
            Waiting.until("broken off", cut::isDone);
            assertThat(cut.join().rest()).hasSize(3);
        }
    }

    @Test
    void aWrongAddressStopsTheSink() throws Exception {
        try (FaultProxy proxy = FaultProxy.before(splunk.uri());
                SinkBed bed = bed(Map.of("url", proxy.url()))) {
            for (int status : List.of(301, 400, 404, 405)) {
                proxy.next(1, Fault.status(status, Map.of("Location", "http://x/"), ""));
                assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                        .isInstanceOf(SinkStoppedException.class)
                        .hasMessageStartingWith(
                                "Splunk answers " + status + "; splunk.url must be");
            }
            assertThat(proxy.seen()).hasSize(4);
        }
    }

    @Test
    void aBrokenConnectionMakesTheRequestComeAgainAndThoseBeforeItNot() throws Exception {
        List<LogDocument> frame = SampleRecords.lines(0, 30);
        try (FaultProxy proxy = FaultProxy.before(splunk.uri());
                SinkBed bed = bed(Map.of("url", proxy.url(), "request-bytes", "4000"))) {
            for (Fault fault : List.of(Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.HALF)) {
                int before = proxy.seen().size();
                proxy.rule(r -> proxy.seen().size() == before + 2 ? fault : Fault.NONE);
                UndeliveredException cut = undelivered(bed, frame);
                assertThat(cut.rest().size()).isBetween(1, 25);
                assertThat(cut.rest())
                        .isEqualTo(frame.subList(30 - cut.rest().size(), frame.size()));
                proxy.heal();
                bed.deliver(cut.rest());
            }
        }
        assertThat(Set.copyOf(splunk.ids())).isEqualTo(Set.copyOf(SampleRecords.ids(frame)));
    }

    @Test
    void acknowledgedFramesAreDelivered() throws Exception {
        splunk.acknowledging();
        splunk.indexesLater();
        List<LogDocument> frame = SampleRecords.lines(0, 3000);
        try (SinkBed bed = bed(Map.of("channel", CHANNEL))) {
            CompletableFuture<Void> delivery =
                    CompletableFuture.runAsync(() -> deliver(bed, frame));
            Waiting.until("asked twice", () -> splunk.polls() > 1);
            assertThat(delivery).isNotDone();
            assertThat(splunk.ids()).isEmpty();
            splunk.index();
            delivery.join();
        }
        assertThat(splunk.ids()).isEqualTo(SampleRecords.ids(frame));
        assertThat(splunk.channels()).containsExactly(CHANNEL);
    }

    @Test
    void whatIsNotAcknowledgedComesAgain() throws Exception {
        splunk.acknowledging();
        splunk.indexesLater();
        List<LogDocument> frame = SampleRecords.lines(0, 30);
        try (SinkBed bed = bed(Map.of("acknowledge-timeout", "1s", "request-bytes", "4000"))) {
            UndeliveredException late = undelivered(bed, frame);
            assertThat(late).hasMessage("Splunk has not acknowledged within 1s");
            assertThat(late.rest()).isEqualTo(frame);
            // indexed after all: that is what makes doubles
            splunk.index();
            splunk.restart();
            bed.deliver(late.rest());
        }
        assertThat(splunk.ids()).hasSize(60);
        assertThat(Set.copyOf(splunk.ids())).isEqualTo(Set.copyOf(SampleRecords.ids(frame)));
    }

    @Test
    void aRestartThatForgetsTheIdsLosesNothing() throws Exception {
        splunk.acknowledging();
        splunk.indexesLater();
        List<LogDocument> frame = SampleRecords.lines(0, 30);
        try (SinkBed bed = bed(Map.of("acknowledge-timeout", "1s"))) {
            CompletableFuture<Void> delivery =
                    CompletableFuture.runAsync(() -> deliver(bed, frame));
            Waiting.until("asked", () -> splunk.polls() > 0);
            splunk.restart();
            delivery.join();
        }
        assertThat(splunk.ids()).isEqualTo(SampleRecords.ids(frame));
    }

    @Test
    void afterABrokenRequestThoseBeforeItAreStillAskedFor() throws Exception {
        splunk.acknowledging();
        splunk.indexesLater();
        List<LogDocument> frame = SampleRecords.lines(0, 30);
        try (FaultProxy proxy = FaultProxy.before(splunk.uri());
                SinkBed bed = bed(Map.of("url", proxy.url(), "request-bytes", "4000"))) {
            // the last request, and the first question: that one is asked again
            proxy.rule(
                    request ->
                            Set.of("event 3", "ack 1").contains(nth(request, proxy))
                                    ? Fault.CUT_BEFORE
                                    : Fault.NONE);
            CompletableFuture<UndeliveredException> cut =
                    CompletableFuture.supplyAsync(() -> undelivered(bed, frame));
            Waiting.until("asked", () -> splunk.polls() > 0);
            splunk.index();
            assertThat(cut.join().rest().size()).isBetween(1, 25);
            splunk.restart();
            bed.deliver(cut.join().rest());
        }
        assertThat(splunk.ids()).isEqualTo(SampleRecords.ids(frame));
    }

    @Test
    void withAcknowledgementTheEventsBeforeABadOneAreSentAgain() throws Exception {
        splunk.acknowledging();
        List<LogDocument> frame = new ArrayList<>(SampleRecords.lines(0, 10));
        LogDocument bad = broken(4);
        frame.set(4, bad);
        try (SinkBed bed = bed(Map.of("acknowledge", "true"))) {
            bed.deliver(frame);
            assertThat(bed.refused.keySet()).containsExactly(bad);
        }
        frame.remove(bad);
        assertThat(splunk.ids()).containsAll(SampleRecords.ids(frame)).hasSize(4 + 9);
    }

    @Test
    void acknowledgementIsTakenWhereItIsAndInsistedOnWhereItIsWanted() throws Exception {
        try (SinkBed bed = bed(Map.of("acknowledge", "true"))) {
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessageContaining("splunk.acknowledge to auto or false");
        }
        splunk.acknowledging();
        splunk.indexesLater();
        try (SinkBed bed = bed(Map.of("acknowledge", "false"))) {
            bed.deliver(SampleRecords.lines(0, 3));
        }
        assertThat(splunk.polls()).isZero();
    }

    @Test
    void byTlsToo(@TempDir Path folder) throws Exception {
        Certificates certificates = Certificates.of(folder, "127.0.0.1");
        Certificates other = Certificates.of(folder.resolve("other"), "other.example");
        try (SplunkStandIn secure = SplunkStandIn.withTls(certificates.identity());
                SplunkStandIn misnamed = SplunkStandIn.withTls(other.identity())) {
            Map<String, String> settings = new HashMap<>();
            settings.put("url", secure.uri().toString());
            settings.put("ca", certificates.ca().toString());
            try (SinkBed bed = bed(settings)) {
                bed.deliver(SampleRecords.lines(0, 3));
            }
            assertThat(secure.ids()).hasSize(3);
            settings.remove("ca");
            try (SinkBed bed = bed(settings)) {
                assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                        .isInstanceOf(SinkStoppedException.class)
                        .hasMessageContaining("not trusted")
                        .hasMessageContaining("splunk.ca");
            }
            settings.put("ca", other.ca().toString());
            settings.put("url", misnamed.uri().toString());
            try (SinkBed bed = bed(settings)) {
                assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 3)))
                        .isInstanceOf(SinkStoppedException.class)
                        .hasMessageContaining("127.0.0.1");
            }
            assertThat(misnamed.requests()).isZero();
        }
    }

    @Test
    void wrongSettingsAreSaidByKey() {
        wrong(Map.of("token", ""), "splunk.token: is missing");
        wrong(Map.of("token", "two words"), "splunk.token: must be one word");
        wrong(Map.of("url", "splunk:8088"), "splunk.url: must be an address such as http");
        wrong(Map.of("channel", "7"), "splunk.channel: must be a GUID");
        wrong(Map.of("acknowledge", "yes"), "splunk.acknowledge: must be auto, true or false");
        wrong(Map.of("request-bytes", "10"), "splunk.request-bytes: must be a size");
        wrong(Map.of("indx", "main"), "splunk.indx: unknown key");
        wrong(Map.of("response-timeout", "0s"), "splunk.response-timeout: must be longer than");
        wrong(Map.of("acknowledge-timeout", "0s"), "splunk.acknowledge-timeout: must be longer");
        wrong(Map.of("ca", "/no/such/file"), "splunk.ca: cannot read /no/such/file");
    }

    private void wrong(Map<String, String> settings, String message) {
        SinkBed.refuses("splunk", settings(settings), message);
    }

    private SinkBed bed(Map<String, String> more) {
        return new SinkBed("splunk", settings(more));
    }

    private Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("url", splunk.uri().toString());
        settings.put("token", SplunkStandIn.TOKEN);
        settings.putAll(more);
        return settings;
    }

    /** An event that is no JSON object. */
    private static LogDocument broken(long offset) {
        LogDocument whole = SampleRecords.event(offset, "m", "");
        return new LogDocument(
                whole.id(),
                whole.time(),
                whole.guid(),
                whole.batch(),
                whole.worker(),
                whole.workerGroup(),
                whole.host(),
                whole.stream(),
                whole.offset(),
                whole.message(),
                whole.outcome(),
                whole.level(),
                new byte[] {'{', ']'});
    }

    /** The endpoint, and how many requests to it there were. */
    private static String nth(FaultProxy.Request request, FaultProxy proxy) {
        String endpoint = request.path().replaceAll(".*/", "");
        return endpoint + " " + proxy.requests("/" + endpoint);
    }

    private static Fault awaited(CompletableFuture<Void> first) {
        first.join();
        return Fault.NONE;
    }

    private static UndeliveredException undelivered(SinkBed bed, List<LogDocument> frame) {
        return catchThrowableOfType(UndeliveredException.class, () -> bed.deliver(frame));
    }

    private static void deliver(SinkBed bed, List<LogDocument> frame) {
        try {
            bed.deliverAtLast(frame);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> fields(LogDocument document) {
        List<String> names = new ArrayList<>();
        try {
            new ObjectMapper()
                    .readTree(new HecEvents(Optional.empty()).event(document))
                    .path("fields")
                    .fieldNames()
                    .forEachRemaining(names::add);
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
