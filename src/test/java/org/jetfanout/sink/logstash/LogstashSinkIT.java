package org.jetfanout.sink.logstash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.Certificates;
import org.jetfanout.testkit.stores.JsonLinesReceiver;
import org.jetfanout.testkit.stores.SampleRecords;
import org.jetfanout.testkit.stores.SinkBed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Logstash sink against rsyslogd, which is stopped, killed, and made to read nothing. */
final class LogstashSinkIT {
    private static final int FRAME = 2000;

    @TempDir private Path folder;

    @Test
    void eachRecordArrivesOnceAndInOrder() throws Exception {
        try (JsonLinesReceiver receiver = JsonLinesReceiver.plain(folder);
                SinkBed bed = bed(receiver, Map.of())) {
            List<LogDocument> sent = new ArrayList<>();
            for (int frame = 0; frame < 10; frame++) {
                List<LogDocument> records = SampleRecords.lines((long) frame * FRAME, FRAME);
                bed.deliver(records);
                sent.addAll(records);
            }
            awaitAll(receiver, sent);
            assertThat(receiver.ids()).isEqualTo(SampleRecords.ids(sent));
        }
    }

    @Test
    void aRestartedReceiverLosesNothing() throws Exception {
        try (JsonLinesReceiver receiver = JsonLinesReceiver.plain(folder);
                SinkBed bed = bed(receiver, Map.of())) {
            List<LogDocument> sent = new ArrayList<>();
            for (int frame = 0; frame < 20; frame++) {
                CompletableFuture<Void> delivery = deliver(bed, frame, sent);
                if (frame % 5 == 2) {
                    receiver.stop();
                    receiver.start();
                }
                delivery.join();
            }
            awaitAll(receiver, sent);
        }
    }

    @Test
    void aKilledReceiverLosesNothing() throws Exception {
        try (JsonLinesReceiver receiver = JsonLinesReceiver.plain(folder);
                SinkBed bed = bed(receiver, Map.of())) {
            List<LogDocument> sent = new ArrayList<>();
            for (int frame = 0; frame < 30; frame++) {
                CompletableFuture<Void> delivery = deliver(bed, frame, sent);
                if (frame % 7 == 3) {
                    receiver.kill();
                    receiver.start();
                }
                delivery.join();
            }
            awaitAll(receiver, sent);
        }
    }

    @Test
    void killedBetweenTwoFramesItLosesNothing() throws Exception {
        try (JsonLinesReceiver receiver = JsonLinesReceiver.plain(folder);
                SinkBed bed = bed(receiver, Map.of())) {
            List<LogDocument> sent = new ArrayList<>();
            deliver(bed, 0, sent).join();
            // nothing of that frame is left, whether it had written some of it or had no time to
            receiver.kill();
            Files.deleteIfExists(folder.resolve("received.ndjson"));
            receiver.start();
            deliver(bed, 1, sent).join();
            awaitAll(receiver, sent);
        }
    }

    @Test
    void aReceiverThatReadsNothingIsWaitedForAndThenGivenUp() throws Exception {
        try (JsonLinesReceiver receiver = JsonLinesReceiver.plain(folder);
                SinkBed bed =
                        bed(receiver, Map.of("write-timeout", "1s", "confirm-timeout", "5s"))) {
            List<LogDocument> sent = new ArrayList<>();
            deliver(bed, 0, sent).join();
            receiver.signal("STOP");
            // fits into the buffers of the kernel
            assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(FRAME, 10)))
                    .hasMessageContaining(
                            "did not read all data and close the connection within 5s");
            // does not fit
            List<LogDocument> large = large();
            assertThatThrownBy(() -> bed.deliver(large))
                    .hasMessageContaining("accepted no data for 1s");
            receiver.signal("CONT");
            bed.deliverAtLast(SampleRecords.lines(FRAME, 10));
            sent.addAll(SampleRecords.lines(FRAME, 10));
            bed.deliverAtLast(large);
            sent.addAll(large);
            awaitAll(receiver, sent);
        }
    }

    @Test
    void byTlsToo() throws Exception {
        Certificates certificates = Certificates.of(folder.resolve("pki"), "localhost");
        try (JsonLinesReceiver receiver = JsonLinesReceiver.tls(folder, certificates)) {
            Map<String, String> settings =
                    Map.of(
                            "url",
                            "tls://localhost:" + receiver.port(),
                            "ca",
                            certificates.ca().toString());
            try (SinkBed bed = new SinkBed("logstash", settings)) {
                List<LogDocument> sent = new ArrayList<>();
                for (int frame = 0; frame < 6; frame++) {
                    CompletableFuture<Void> delivery = deliver(bed, frame, sent);
                    if (frame == 3) {
                        receiver.kill();
                        receiver.start();
                    }
                    delivery.join();
                }
                awaitAll(receiver, sent);
            }
            Map<String, String> otherName = new HashMap<>(settings);
            otherName.put("url", "tls://127.0.0.1:" + receiver.port());
            try (SinkBed bed = new SinkBed("logstash", otherName)) {
                assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 1)))
                        .isInstanceOf(SinkStoppedException.class)
                        .hasMessageContaining("not trusted")
                        .hasMessageContaining("127.0.0.1");
            }
            Map<String, String> noCa = Map.of("url", "tls://localhost:" + receiver.port());
            try (SinkBed bed = new SinkBed("logstash", noCa)) {
                assertThatThrownBy(() -> bed.deliver(SampleRecords.lines(0, 1)))
                        .isInstanceOf(SinkStoppedException.class)
                        .hasMessageContaining("logstash.ca");
            }
        }
    }

    private static SinkBed bed(JsonLinesReceiver receiver, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("url", "tcp://127.0.0.1:" + receiver.port());
        return new SinkBed("logstash", settings);
    }

    private static CompletableFuture<Void> deliver(SinkBed bed, int frame, List<LogDocument> sent) {
        List<LogDocument> records = SampleRecords.lines((long) frame * FRAME, FRAME);
        sent.addAll(records);
        return bed.beginDelivery(records);
    }

    /** More than two kernels buffer for a connection. */
    private static List<LogDocument> large() {
        return SampleRecords.lines(1_000_000, 200).stream()
                .map(line -> SampleRecords.line(line.offset(), "x".repeat(100_000)))
                .toList();
    }

    /** Every record is there, and the first ones of each are in order. */
    private static void awaitAll(JsonLinesReceiver receiver, List<LogDocument> sent) {
        List<String> wanted = SampleRecords.ids(sent);
        Waiting.until(
                "all have arrived",
                () -> {
                    try {
                        return new LinkedHashSet<>(receiver.ids()).containsAll(wanted);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }
}
