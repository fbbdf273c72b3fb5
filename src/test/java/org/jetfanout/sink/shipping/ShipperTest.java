package org.jetfanout.sink.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.testkit.stores.RunBed.QUICK;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.logs.Undelivered;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkSender;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.RunBed;
import org.jetfanout.testkit.stores.RunBed.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ShipperTest {
    @TempDir Path runs;

    private RunBed run;
    private final Store store = new Store();

    @BeforeEach
    void createRun() {
        run = new RunBed(runs);
    }

    @AfterEach
    void closeRun() {
        run.close();
    }

    private static List<String> lines(String batch, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(n -> batch + " line " + n).toList();
    }

    private SinkStatus stored(String sink) {
        return run.record().sinks().statuses().stream()
                .filter(status -> status.sink().equals(sink))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void deliversWhatComesInOrder() {
        run.lines("0001", 250);
        try (Shipper shipper = run.shipper("s", store, QUICK)) {
            shipper.start();
            Waiting.until("the first ones are there", () -> store.size() == 250);
            run.lines("0002", 30).lines("0001", 20);
            shipper.finish(true);
            Waiting.until("it has ended", shipper::hasEnded);
            assertThat(shipper.status().state()).isEqualTo(SinkState.DONE);
            assertThat(shipper.status().backlog()).isZero();
        }
        assertThat(store.messages("0001")).isEqualTo(lines("0001", 1, 270));
        assertThat(store.messages("0002")).isEqualTo(lines("0002", 1, 30));
        assertThat(store.frames()).allMatch(size -> size <= 100);
        assertThat(new HashSet<>(store.ids())).hasSize(300);
        assertThat(stored("s"))
                .isEqualTo(
                        new SinkStatus(
                                "s", SinkState.DONE, "", 300, 300, 0, 0, 0, 0, Optional.empty()));
    }

    @Test
    void goesOnWhereItWas() {
        run.lines("0001", 150);
        run.shipAll("s", store, QUICK);
        run.lines("0001", 5);
        run.shipAll("s", store, QUICK);
        assertThat(store.messages("0001")).isEqualTo(lines("0001", 1, 155));
        assertThat(stored("s").delivered()).isEqualTo(155);
        run.shipAll("other", store, QUICK);
        assertThat(store.size()).isEqualTo(310);
    }

    @Test
    void aLineWithoutItsEndIsDeliveredWhenTheRunHasEnded() {
        run.text("0001", "whole\nhal");
        try (Shipper shipper = run.shipper("s", store, QUICK)) {
            shipper.start();
            shipper.finish(false);
            Waiting.until("it has ended", shipper::hasEnded);
        }
        assertThat(store.messages("0001")).containsExactly("whole");
        run.text("0001", "f");
        run.shipAll("s", store, QUICK);
        assertThat(store.messages("0001")).containsExactly("whole", "half");
    }

    /** Whatever ends its thread, everybody can see that nothing is shipped any more. */
    @ParameterizedTest
    @MethodSource("errors")
    void aThreadThatDiesIsAStoppedSink(Error error) {
        run.lines("0001", 5);
        SinkSender dying =
                delivery -> {
                    throw error;
                };
        try (Shipper shipper = run.shipper("s", dying, QUICK)) {
            shipper.start();
            Waiting.until("it has ended", shipper::hasEnded);
            assertThat(shipper.status().state()).isEqualTo(SinkState.STOPPED);
            assertThat(shipper.status().reason()).contains(error.getClass().getSimpleName());
            assertThat(shipper.status().isBehind()).isTrue();
        }
        assertThat(stored("s").state()).isEqualTo(SinkState.STOPPED);
    }

    static List<Error> errors() {
        return List.of(
                new NoClassDefFoundError("org/example/Missing"),
                new StackOverflowError(),
                new AssertionError("ours"));
    }

    @Test
    void aSinkThatIsAwayGetsTheSameFrameAgain() {
        run.lines("0001", 150);
        AtomicInteger tries = new AtomicInteger();
        AtomicBoolean away = new AtomicBoolean(true);
        SinkSender route =
                delivery -> {
                    if (away.get()) {
                        tries.incrementAndGet();
                        throw new ConnectException("Connection refused");
                    }
                    store.send(delivery);
                };
        try (Shipper shipper = run.shipper("s", route, QUICK)) {
            shipper.start();
            Waiting.until("it has tried", () -> tries.get() >= 5);
            SinkStatus waiting = shipper.status();
            assertThat(waiting.state()).isEqualTo(SinkState.WAITING);
            assertThat(waiting.reason()).contains("Connection refused");
            assertThat(waiting.delivered()).isZero();
            assertThat(waiting.oldest()).isPresent();
            Waiting.until(
                    "all of it waits",
                    () -> shipper.status().backlog() == run.record().storedBytes("0001", OUTPUT));
            // the one on its way and the one ahead
            assertThat(waiting.read()).isBetween(100L, 150L);
            away.set(false);
            shipper.finish(true);
            Waiting.until("it has ended", shipper::hasEnded);
            assertThat(shipper.status().reason()).isEmpty();
            assertThat(shipper.status().retried()).isGreaterThanOrEqualTo(400);
        }
        assertThat(store.messages("0001")).isEqualTo(lines("0001", 1, 150));
    }

    private static final org.jetfanout.runner.Stream OUTPUT = org.jetfanout.runner.Stream.OUTPUT;

    @Test
    void onlyTheRestComesAgain() {
        run.lines("0001", 10);
        AtomicInteger tries = new AtomicInteger();
        SinkSender route =
                delivery -> {
                    List<LogDocument> some = delivery.documents();
                    if (tries.getAndIncrement() < 3) {
                        List<LogDocument> rest = some.subList(2, some.size());
                        store.send(frame(some.subList(0, 2)));
                        throw new UndeliveredException(rest, Optional.empty(), "429");
                    }
                    store.send(delivery);
                };
        run.shipAll("s", route, QUICK);
        assertThat(store.frames()).containsExactly(2, 2, 2, 4);
        assertThat(store.messages("0001")).isEqualTo(lines("0001", 1, 10));
        SinkStatus status = stored("s");
        assertThat(status.delivered()).isEqualTo(10);
        assertThat(status.retried()).isEqualTo(8 + 6 + 4);
    }

    /** A step of a user's own between the record and the sink may make other records of them. */
    @ParameterizedTest
    @CsvSource({"'', 6", "other-, 8"})
    void whatARouteMadeOfRecordsComesAgainToo(String prefix, int retried) {
        run.lines("0001", 10);
        AtomicInteger tries = new AtomicInteger();
        SinkSender route =
                delivery -> {
                    List<LogDocument> some =
                            delivery.documents().stream().map(one -> copy(one, prefix)).toList();
                    if (tries.getAndIncrement() == 0) {
                        delivery.refuse(delivery.documents().get(0), "bad");
                        delivery.refuse(
                                (prefix.isEmpty() ? some : delivery.documents()).get(1), "bad");
                        throw new UndeliveredException(
                                some.subList(4, 10), Optional.empty(), "429");
                    }
                    store.send(frame(some));
                };
        run.shipAll("s", route, QUICK);
        assertThat(store.messages("0001")).isEqualTo(lines("0001", 11 - retried, 10));
        SinkStatus status = stored("s");
        assertThat(status.refused()).isEqualTo(2);
        assertThat(status.delivered()).isEqualTo(8);
        assertThat(status.retried()).isEqualTo(retried);
    }

    private static LogDocument copy(LogDocument record, String prefix) {
        return new LogDocument(
                prefix + record.id(),
                record.time(),
                record.guid(),
                record.batch(),
                record.worker(),
                record.workerGroup(),
                record.host(),
                record.stream(),
                record.offset(),
                record.message(),
                record.outcome(),
                record.level(),
                record.json());
    }

    private static SinkDelivery frame(List<LogDocument> records) {
        return new DeliveryAttempt("s", RunBed.GUID, records, (record, reason) -> {});
    }

    @Test
    void refusedRecordsAreSetAside() throws IOException {
        run.lines("0001", 150);
        AtomicInteger tries = new AtomicInteger();
        SinkSender route =
                delivery -> {
                    for (LogDocument record : delivery.documents()) {
                        if (record.message().endsWith("7")) {
                            delivery.refuse(record, "mapper_parsing_exception\n\u001b[31m");
                            delivery.refuse(record, "twice");
                        }
                    }
                    // those that were refused do not come again, whatever else is wrong
                    if (tries.getAndIncrement() == 0) {
                        throw new IOException("cut");
                    }
                    store.send(
                            frame(
                                    delivery.documents().stream()
                                            .filter(record -> !record.message().endsWith("7"))
                                            .toList()));
                };
        run.shipAll("s", route, QUICK);
        assertThat(store.messages("0001")).hasSize(150 - 15);
        SinkStatus status = stored("s");
        assertThat(status.refused()).isEqualTo(15);
        assertThat(status.delivered()).isEqualTo(135);
        assertThat(status.backlog()).isZero();
        Path letters = run.folder("s").resolve("dead-letters.ndjson");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(letters)))
                .isEqualTo("rw-------");
        assertThat(Files.readAllLines(letters))
                .hasSize(15)
                .allMatch(line -> line.contains("\"reason\":\"mapper_parsing_exception"))
                .noneMatch(line -> line.contains("\u001b") || line.contains("twice"))
                .first()
                .asString()
                .contains("\"record\":{", "0001 line 7");
    }

    @Test
    void aSinkThatStopsLeavesItsRecordsInTheRecord() {
        run.lines("0001", 150);
        SinkSender route =
                delivery -> {
                    throw new SinkStoppedException(
                            "401 from https://es: check elasticsearch.api-key");
                };
        try (Shipper shipper = run.shipper("s", route, QUICK)) {
            shipper.start();
            Waiting.until("it has ended", shipper::hasEnded);
            assertThat(shipper.status().state()).isEqualTo(SinkState.STOPPED);
        }
        assertThat(run.said)
                .singleElement()
                .asString()
                .contains("sink s is stopped", "401 from https://es", "logs " + RunBed.GUID);
        assertThat(stored("s").backlog()).isEqualTo(run.record().storedBytes("0001", OUTPUT));
        assertThat(Undelivered.count(run.record(), "s")).isEqualTo(150);
        run.shipAll("s", store, QUICK);
        assertThat(store.messages("0001")).isEqualTo(lines("0001", 1, 150));
        assertThat(Undelivered.count(run.record(), "s")).isZero();
    }

    @Test
    void aRouteThatIsBrokenIsTriedAgainLikeOneThatIsAway() {
        run.lines("0001", 10);
        AtomicInteger tries = new AtomicInteger();
        run.shipAll(
                "s",
                delivery -> {
                    if (tries.getAndIncrement() < 2) {
                        throw new IllegalStateException("a bug\nin two lines");
                    }
                    store.send(delivery);
                },
                QUICK);
        assertThat(store.size()).isEqualTo(10);
    }

    @Test
    void theOldestArePassedOverWhereTheBacklogIsLimited() {
        ShippingLimits limited =
                new ShippingLimits(
                        10,
                        1 << 20,
                        OptionalLong.of(1000),
                        QUICK.linger(),
                        QUICK.firstPause(),
                        QUICK.longestPause());
        run.lines("0001", 500);
        AtomicBoolean away = new AtomicBoolean(true);
        SinkSender route =
                delivery -> {
                    if (away.get()) {
                        throw new IOException("away");
                    }
                    store.send(delivery);
                };
        try (Shipper shipper = run.shipper("s", route, limited)) {
            shipper.start();
            Waiting.until(
                    "the oldest are dropped",
                    () -> shipper.status().dropped() > 0 && shipper.status().backlog() <= 1000);
            away.set(false);
            shipper.finish(true);
            Waiting.until("it has ended", shipper::hasEnded);
            SinkStatus status = shipper.status();
            assertThat(status.dropped()).isBetween(400L, 480L);
            assertThat(status.delivered() + status.dropped()).isEqualTo(500);
        }
        assertThat(store.messages("0001")).isEqualTo(lines("0001", 501 - store.size(), 500));
        assertThat(run.said)
                .singleElement()
                .asString()
                .contains("s.backlog-limit", "1000 bytes", "dropping its oldest records");
    }

    @Test
    void aWaitForTheEndCutsThePause() {
        run.lines("0001", 10);
        AtomicInteger tries = new AtomicInteger();
        ShippingLimits slow =
                new ShippingLimits(
                        10,
                        1 << 20,
                        OptionalLong.empty(),
                        QUICK.linger(),
                        Duration.ofHours(1),
                        Duration.ofHours(1));
        try (Shipper shipper =
                run.shipper(
                        "s",
                        delivery -> {
                            if (tries.getAndIncrement() == 0) {
                                throw new IOException("away");
                            }
                            store.send(delivery);
                        },
                        slow)) {
            shipper.start();
            Waiting.until("it waits", () -> shipper.status().state() == SinkState.WAITING);
            shipper.finish(true);
            Waiting.until("it has ended", shipper::hasEnded);
        }
        assertThat(store.size()).isEqualTo(10);
    }

    @Test
    void oneFrameIsReadAheadAndNoMore() {
        run.lines("0001", 1000);
        CountDownLatch go = new CountDownLatch(1);
        SinkSender route =
                delivery -> {
                    go.await();
                    store.send(delivery);
                };
        try (Shipper shipper = run.shipper("s", route, QUICK)) {
            shipper.start();
            Waiting.until("two frames are read", () -> shipper.status().read() == 200);
            // each line is counted once, wherever it is
            Waiting.until(
                    "all of it waits",
                    () -> shipper.status().backlog() == run.record().storedBytes("0001", OUTPUT));
            assertThat(shipper.status().read()).isEqualTo(200);
            go.countDown();
            shipper.finish(true);
            Waiting.until("it has ended", shipper::hasEnded);
        }
        assertThat(store.size()).isEqualTo(1000);
    }

    @Test
    void aRouteThatHangsDoesNotHoldTheEnd() {
        run.lines("0001", 10);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        SinkSender route =
                delivery -> {
                    entered.countDown();
                    boolean gone = false;
                    while (!gone) {
                        try {
                            never.await();
                            gone = true;
                        } catch (InterruptedException e) {
                            // goes on, as a read from a socket does
                        }
                    }
                    delivery.refuse(delivery.documents().get(0), "too late");
                    left.countDown();
                };
        Shipper shipper = run.shipper("s", route, QUICK);
        shipper.start();
        Waiting.until("the route is under way", () -> entered.getCount() == 0);
        long begun = System.nanoTime();
        shipper.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMinutes(1));
        never.countDown();
        Waiting.until("the route has ended", () -> left.getCount() == 0);
        // what it says after that counts no more
        assertThat(run.folder("s").resolve("dead-letters.ndjson")).doesNotExist();
        run.shipAll("s", store, QUICK);
        assertThat(store.size()).isEqualTo(10);
    }

    @Test
    void goesOnFromATornPosition() throws IOException {
        run.lines("0001", 100).lines("0002", 100);
        run.shipAll("s", store, QUICK);
        Path positions = run.folder("s").resolve("positions.ndjson");
        String text = Files.readString(positions);
        String last = text.lines().reduce((one, other) -> other).orElseThrow();
        Files.writeString(positions, text.substring(0, text.length() - last.length() / 2));
        run.lines("0001", 3).lines("0002", 3);
        run.shipAll("s", store, QUICK);
        // the torn one's frame came again, with the same ids
        assertThat(new HashSet<>(store.ids())).hasSize(206);
        assertThat(new HashSet<>(store.messages("0001"))).hasSize(103);
        assertThat(Files.readAllLines(positions)).allMatch(line -> line.endsWith("}"));
        int size = store.size();
        run.shipAll("s", store, QUICK);
        assertThat(store.size()).isEqualTo(size);
    }

    @Test
    void positionsThatAreNoneArePassedOver() throws IOException {
        run.lines("0001", 10);
        run.shipAll("s", store, QUICK);
        Files.writeString(
                run.folder("s").resolve("positions.ndjson"),
                "{\"batch\":\"0001\",\"stream\":\"output\",\"end\":\"x\"}\n\u0000\u0000\n[1]\n",
                StandardOpenOption.APPEND);
        run.shipAll("s", store, QUICK);
        assertThat(store.size()).isEqualTo(10);
    }

    @Test
    void aThousandBatches() throws IOException {
        ShippingLimits pace =
                new ShippingLimits(
                        700,
                        1 << 20,
                        OptionalLong.empty(),
                        QUICK.linger(),
                        QUICK.firstPause(),
                        QUICK.longestPause());
        for (int batch = 1; batch <= 1000; batch++) {
            run.lines("%04d".formatted(batch), 3);
        }
        run.shipAll("s", store, pace);
        assertThat(store.size()).isEqualTo(3000);
        for (int batch = 1; batch <= 1000; batch++) {
            run.lines("%04d".formatted(batch), 1);
        }
        run.shipAll("s", store, pace);
        assertThat(store.size()).isEqualTo(4000);
        assertThat(store.messages("0777")).isEqualTo(lines("0777", 1, 4));
        run.shipAll("s", store, pace);
        assertThat(store.size()).isEqualTo(4000);
        // opened once more, each place has one line
        assertThat(Files.readAllLines(run.folder("s").resolve("positions.ndjson"))).hasSize(1000);
    }
}
