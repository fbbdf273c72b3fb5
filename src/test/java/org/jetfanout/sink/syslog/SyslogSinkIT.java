package org.jetfanout.sink.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jetfanout.ConfigurationException;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.Certificates;
import org.jetfanout.testkit.stores.SampleRecords;
import org.jetfanout.testkit.stores.SinkBed;
import org.jetfanout.testkit.stores.SyslogReceiver;
import org.jetfanout.text.Text;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The syslog sink against rsyslogd and syslog-ng. */
@Order(1) // takes long: begins first
final class SyslogSinkIT {
    private static final int FRAME = 500;

    /** What people and their tools write where they should not. */
    private static final List<String> HOSTILE =
            List.of(
                    "plain",
                    "a\"b",
                    "a\\b\\\\",
                    "a]b][c",
                    "\"] <0>1 - - - - - - forged",
                    "h\u00e4\u20ac\ud83d\ude00",
                    "two words",
                    "a=b,c;d%e",
                    "\\\"",
                    "tab\there",
                    "\u001b[31mred\u001b[0m",
                    "line\nbreak");

    @TempDir private Path folder;
    private Certificates certificates;

    @BeforeEach
    void certificates() throws Exception {
        certificates = Certificates.of(folder.resolve("pki"), "localhost");
    }

    @ParameterizedTest
    @CsvSource({
        "rsyslog, counted", "rsyslog, lines", "rsyslog, tls", "rsyslog, udp",
        "syslog-ng, counted", "syslog-ng, lines", "syslog-ng, tls", "syslog-ng, udp"
    })
    void theServerReadsWhatWasSent(String server, String way) throws Exception {
        try (SyslogReceiver receiver = receiver(server);
                SinkBed bed = bed(receiver, way, Map.of())) {
            List<LogDocument> sent = new ArrayList<>();
            for (String hostile : HOSTILE) {
                sent.add(
                        SampleRecords.record(
                                hostile, hostile, "events", sent.size(), hostile, hostile, ""));
            }
            sent.add(SampleRecords.record("g", "-", "log", 1, "its own", "", "failure"));
            bed.deliver(sent);
            awaitAll(receiver, sent);

            List<SyslogReceiver.Received> received = receiver.received();
            assertThat(received).hasSize(sent.size());
            for (int n = 0; n < sent.size(); n++) {
                assertThat(received.get(n)).isEqualTo(expected(sent.get(n), server));
            }
            assertThat(bed.refused).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsyslog", "syslog-ng"})
    void aMessageAsLongAsAServerTakesArrivesWhole(String server) throws Exception {
        try (SyslogReceiver receiver = receiver(server);
                SinkBed bed = bed(receiver, "counted", Map.of())) {
            List<LogDocument> sent =
                    List.of(
                            SampleRecords.line(1, "x".repeat(7900)),
                            SampleRecords.line(2, "y".repeat(20_000)),
                            SampleRecords.line(3, "z"));
            bed.deliver(sent);
            awaitAll(receiver, sent);

            List<SyslogReceiver.Received> received = receiver.received();
            assertThat(received).hasSize(3);
            assertThat(received.get(0).message()).isEqualTo("x".repeat(7900));
            assertThat(received.get(1).message()).matches("y{7900,}");
            assertThat(received.get(1).data()).containsEntry("cut", "true");
            assertThat(received.get(2).message()).isEqualTo("z");
            assertThat(received.get(2).data()).doesNotContainKey("cut");
        }
    }

    @Test
    void aDatagramIsNoLongerThanItsLimit() throws Exception {
        try (SyslogReceiver receiver = receiver("rsyslog");
                SinkBed bed = bed(receiver, "udp", Map.of("size", "480"))) {
            LogDocument unfit =
                    SampleRecords.record("g", "b", "output", 2, "x", "h".repeat(600), "");
            List<LogDocument> sent =
                    List.of(
                            SampleRecords.line(1, "x".repeat(5000)),
                            unfit,
                            SampleRecords.line(3, ""));
            bed.deliver(sent);
            awaitAll(receiver, List.of(sent.get(0), sent.get(2)));

            assertThat(receiver.received().get(0).message()).matches("x{100,480}");
            assertThat(receiver.received().get(0).data()).containsEntry("cut", "true");
            assertThat(bed.refused)
                    .containsExactly(
                            Map.entry(
                                    unfit,
                                    "the names in the message are longer than" + " 480 bytes"));
        }
    }

    @Test
    void datagramsComeAtARateThatTheServerCanTake() throws Exception {
        try (SyslogReceiver receiver = receiver("rsyslog");
                SinkBed bed = bed(receiver, "udp", Map.of())) {
            List<LogDocument> sent = SampleRecords.lines(0, 5000);
            long start = System.nanoTime();
            bed.deliver(sent);
            assertThat(System.nanoTime() - start).isGreaterThan(900_000_000L);
            awaitAll(receiver, sent);
            assertThat(receiver.ids()).isEqualTo(SampleRecords.ids(sent));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stop", "kill"})
    void aServerThatGoesAwayInTheMiddleLosesNothing(String end) throws Exception {
        try (SyslogReceiver receiver = receiver("rsyslog");
                SinkBed bed = bed(receiver, "counted", Map.of())) {
            List<LogDocument> sent = new ArrayList<>();
            for (int frame = 0; frame < 20; frame++) {
                CompletableFuture<Void> delivery = deliver(bed, frame, sent);
                if (frame % 6 == 2) {
                    if (end.equals("kill")) {
                        receiver.kill();
                    } else {
                        receiver.stop();
                    }
                    receiver.start();
                }
                delivery.join();
            }
            awaitAll(receiver, sent);
        }
    }

    @Test
    void aServerKilledBetweenTwoFramesLosesNothing() throws Exception {
        try (SyslogReceiver receiver = receiver("syslog-ng");
                SinkBed bed = bed(receiver, "tls", Map.of())) {
            List<LogDocument> sent = new ArrayList<>();
            deliver(bed, 0, sent).join();
            receiver.kill();
            // whatever of that frame it had not written yet
            receiver.forget();
            receiver.start();
            deliver(bed, 1, sent).join();
            awaitAll(receiver, sent);
        }
    }

    @Test
    void aServerThatStopsReadingIsGivenUpAndComesBack() throws Exception {
        try (SyslogReceiver receiver = receiver("rsyslog");
                SinkBed bed =
                        bed(
                                receiver,
                                "counted",
                                Map.of("write-timeout", "1s", "confirm-timeout", "5s"))) {
            List<LogDocument> sent = new ArrayList<>();
            deliver(bed, 0, sent).join();
            receiver.signal("STOP");
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(FRAME, 10)))
                    .hasMessageContaining(
                            "did not read all data and close the connection within 5s");
            receiver.signal("CONT");
            deliver(bed, 1, sent).join();
            awaitAll(receiver, sent);
        }
    }

    @Test
    void aCertificateOfSomebodyElseStopsTheSink() throws Exception {
        try (SyslogReceiver receiver = receiver("rsyslog")) {
            Map<String, String> settings = receiver.settings("tls", certificates);
            settings.remove("ca");
            try (SinkBed bed = new SinkBed("syslog", settings)) {
                assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 1)))
                        .isInstanceOf(SinkStoppedException.class)
                        .hasMessageContaining("syslog.ca");
            }
        }
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        Map<String, String> wrong =
                Map.of(
                        "url", "http://127.0.0.1",
                        "framing", "words",
                        "facility", "locl0",
                        "enterprise", "0",
                        "size", "100",
                        "mark", "maybe",
                        "colour", "red");
        wrong.forEach(
                (key, value) -> {
                    Map<String, String> settings = new HashMap<>(Map.of("url", "tcp://127.0.0.1"));
                    settings.put(key, value);
                    assertThatThrownBy(() -> new SinkBed("syslog", settings))
                            .isInstanceOf(ConfigurationException.class)
                            .hasMessageStartingWith("sinks.properties: syslog." + key + ": ");
                });
    }

    private SyslogReceiver receiver(String server) throws Exception {
        return server.equals("rsyslog")
                ? SyslogReceiver.rsyslog(folder, certificates)
                : SyslogReceiver.syslogNg(folder, certificates);
    }

    private SinkBed bed(SyslogReceiver receiver, String way, Map<String, String> more) {
        Map<String, String> settings = receiver.settings(way, certificates);
        settings.putAll(more);
        return new SinkBed("syslog", settings);
    }

    private static CompletableFuture<Void> deliver(SinkBed bed, int frame, List<LogDocument> sent) {
        List<LogDocument> records = SampleRecords.lines((long) frame * FRAME, FRAME);
        sent.addAll(records);
        return bed.beginDelivery(records);
    }

    /** What a server should make of a record. */
    private static SyslogReceiver.Received expected(LogDocument record, String server)
            throws Exception {
        Map<String, String> data = new TreeMap<>();
        data.put("guid", clean(record.guid()));
        data.put("worker", record.worker());
        data.put("group", record.workerGroup());
        data.put("id", clean(record.id()));
        if (!record.batch().equals("-")) {
            data.put("batch", clean(record.batch()));
        }
        if (!record.host().isEmpty()) {
            data.put("host", clean(record.host()));
        }
        if (!record.outcome().isEmpty()) {
            data.put("outcome", record.outcome());
        }
        String message = clean(record.message());
        boolean ascii = message.chars().allMatch(c -> c < 0x7f);
        // syslog-ng takes the mark for what it is
        String marked = ascii || server.equals("syslog-ng") ? message : "\ufeff" + message;
        String procid =
                record.batch().equals("-") && server.equals("syslog-ng")
                        ? ""
                        : record.batch().replaceAll("[^!-~]", "?");
        return new SyslogReceiver.Received(
                record.isFailure() ? 11 : 14,
                record.time().toString(),
                record.worker(),
                "jet-fanout",
                procid,
                record.stream(),
                "jetfanout@32473",
                data,
                marked);
    }

    private static String clean(String text) {
        return Text.plain(text).replace('\t', ' ');
    }

    private static void awaitAll(SyslogReceiver receiver, List<LogDocument> sent) {
        Set<String> wanted = new HashSet<>();
        sent.forEach(record -> wanted.add(clean(record.id())));
        Waiting.until("all have arrived", () -> new HashSet<>(receiver.ids()).containsAll(wanted));
    }
}
