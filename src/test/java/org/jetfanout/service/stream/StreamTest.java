package org.jetfanout.service.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jetfanout.record.BatchState;
import org.jetfanout.service.RecordedRun;
import org.jetfanout.service.ServedRuns;
import org.jetfanout.service.stream.SseReader.Event;
import org.jetfanout.service.views.RunPhase;
import org.jetfanout.service.views.Views;
import org.jetfanout.service.views.WaitingRun;
import org.jetfanout.status.Runs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StreamTest {
    @TempDir static Path folder;

    private static ServedRuns served;

    @BeforeAll
    static void begin() throws IOException {
        served = new ServedRuns(folder, 60, "");
    }

    @AfterAll
    static void end() {
        served.close();
    }

    private static RecordedRun run() {
        RecordedRun run =
                new RecordedRun(served.runs(), UUID.randomUUID().toString())
                        .request(Map.of())
                        .plan(2, 3);
        return run.state(1, BatchState.RUNNING).state(2, BatchState.RUNNING);
    }

    private static SseReader open(RecordedRun run, String query, String... headers) {
        return open("/runs/" + run.record().guid() + "/stream" + query, headers);
    }

    private static SseReader open(String path, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + served.token();
        return SseReader.open(served.client(), served.uri(path), all);
    }

    private static boolean isLine(Event event) {
        return event.name().equals("line");
    }

    @Test
    void sendsTheStatusAtOnceThenLinesAndTheEnd() {
        try (RecordedRun run = run();
                SseReader events = open(run.says(1, "one\n"), "")) {
            assertThat(events.answer().statusCode()).isEqualTo(200);
            assertThat(events.answer().headers().firstValue("Content-Type"))
                    .hasValue("text/event-stream; charset=utf-8");
            assertThat(events.answer().headers().firstValue("X-Accel-Buffering")).hasValue("no");
            assertThat(events.answer().headers().firstValue("Cache-Control")).hasValue("no-cache");
            Event first = events.next().orElseThrow();
            assertThat(first.name()).isEqualTo("status");
            assertThat(first.data().path("run").path("state").asText()).isEqualTo("running");
            assertThat(events.texts("one")).containsExactly("one");
            run.says(2, "two\n");
            List<Event> some = events.until(StreamTest::isLine);
            Event two = some.get(some.size() - 1);
            JsonNode line = two.data().path("lines").path(0);
            assertThat(two.id()).isEqualTo("2.0002.0");
            assertThat(line.path("number").asLong()).isEqualTo(2);
            assertThat(line.path("worker").asText()).isEqualTo("w2");
            run.ends(1, BatchState.ENDED, Map.of()).ends(2, BatchState.ENDED, Map.of()).end();
            List<Event> rest = events.until(event -> event.name().equals("end"));
            assertThat(rest.get(rest.size() - 1).data().path("exitCode").asInt()).isZero();
            assertThat(rest.get(rest.size() - 2).data().path("run").path("state").asText())
                    .isEqualTo("ended");
            assertThat(events.next()).isEmpty();
        }
    }

    @Test
    void goesOnAfterTheLastEventThatTheWatcherHasGot() {
        try (RecordedRun run = run()) {
            run.says(1, "one\ntwo\nthree\n");
            try (SseReader events = open(run, "", "Last-Event-ID", "2.0001.4")) {
                assertThat(events.texts("three")).containsExactly("three");
            }
            // the number is another one since the index was made again: batch and offset count
            try (SseReader events = open(run, "?after=700.0001.0")) {
                assertThat(events.texts("three")).containsExactly("two", "three");
            }
            try (SseReader events = open(run, "?last=1")) {
                assertThat(events.texts("three")).containsExactly("three");
            }
            try (SseReader events = open(run, "?from=2&text=TH")) {
                assertThat(events.texts("three")).containsExactly("three");
            }
            try (SseReader events = open(run, "?lines=false")) {
                run.ends(1, BatchState.ENDED, Map.of()).ends(2, BatchState.ENDED, Map.of()).end();
                assertThat(events.until(event -> event.name().equals("end")))
                        .noneMatch(StreamTest::isLine);
            }
        }
    }

    @Test
    void refusesWhatItCannotSend() {
        try (RecordedRun run = run()) {
            for (String wrong :
                    List.of(
                            "?after=x",
                            "?nosuch=1",
                            "?from=0",
                            "?last=9999",
                            "?pattern=(",
                            "?level=x",
                            "?lines=maybe",
                            "?from=1&from=2")) {
                try (SseReader events = open(run, wrong)) {
                    assertThat(events.answer().statusCode()).as(wrong).isEqualTo(400);
                    assertThat(events.answer().headers().firstValue("Content-Type"))
                            .hasValue("application/problem+json");
                }
            }
            for (String gone : List.of("/runs/none/stream", "/runs/..%2f..%2fetc/stream")) {
                try (SseReader events = open(gone)) {
                    assertThat(events.answer().statusCode()).as(gone).isEqualTo(404);
                }
            }
        }
    }

    @Test
    void hearsOfNewRuns() {
        try (SseReader events = open("/runs/stream")) {
            assertThat(events.next().orElseThrow().name()).isEqualTo("runs");
            try (RecordedRun run = run()) {
                List<Event> some =
                        events.until(
                                event -> event.data().toString().contains(run.record().guid()));
                assertThat(some.get(some.size() - 1).name()).isEqualTo("runs");
            }
        }
    }

    /** It has no record yet. */
    @Test
    void aRunThatWaitsIsShown() {
        String guid = "42008752-0017-43c2-8b84-cd1972b84725";
        Views views =
                new Views(
                        new Runs(folder.resolve("none")),
                        () -> List.of(new WaitingRun(guid, Instant.EPOCH, "demo", "demo", "ann")),
                        folder.resolve("no lines"));
        assertThat(views.run(guid).run().state()).isEqualTo(RunPhase.WAITING);
    }

    /** Else the watcher would hear of the run once, and then no more. */
    @Test
    void aWatcherThatComesWhenTheLastOneHasLeftIsNotForgotten() {
        try (RecordedRun run = run()) {
            Views views =
                    new Views(
                            new Runs(run.record().folder().getParent()),
                            List::of,
                            folder.resolve("lines"));
            RunWatch watch = new RunWatch(run.record().guid(), views, Runnable::run);
            assertThat(watch.endsWithoutWatchers()).isTrue();
            assertThat(watch.add(null, null)).isFalse();
        }
    }

    @Test
    void aWatcherThatDoesNotReadHoldsUpNobody() throws IOException {
        try (RecordedRun run = run();
                Socket slow = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            slow.getOutputStream()
                    .write(
                            ("GET /fanout/api/v1/runs/"
                                            + run.record().guid()
                                            + "/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                            + served.token()
                                            + "\r\n\r\n")
                                    .getBytes(US_ASCII));
            slow.getInputStream().read();
            String padding = "x".repeat(900);
            for (int i = 0; i < 20; i++) {
                run.says(1, ("filler " + padding + "\n").repeat(1_000));
            }
            run.says(1, "last\n");
            try (SseReader events = open(run, "")) {
                assertThat(events.texts("last")).hasSize(20_001);
            }
            // and it gets all of it, once it reads
            byte[] buffer = new byte[1 << 16];
            StringBuilder end = new StringBuilder();
            for (int n = slow.getInputStream().read(buffer);
                    n > 0 && end.indexOf("\"last\"") < 0;
                    n = slow.getInputStream().read(buffer)) {
                end.setLength(Math.min(end.length(), 20));
                end.append(new String(buffer, 0, n, US_ASCII));
            }
            assertThat(end).contains("\"last\"");
        }
    }

    @Test
    void refusesMoreStreamsThanMayBe() {
        List<SseReader> open = new ArrayList<>();
        try (RecordedRun run = run()) {
            int refused = 0;
            for (int i = 0; i < 61 && refused == 0; i++) {
                SseReader events = open(run, "");
                open.add(events);
                if (events.answer().statusCode() == 503) {
                    refused++;
                    assertThat(events.answer().headers().firstValue("Retry-After")).isPresent();
                }
            }
            assertThat(refused).isEqualTo(1);
        } finally {
            open.forEach(SseReader::close);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (served.streams() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(served.streams()).isZero();
    }

    /** How long a line takes from the record to a watcher, and what fifty watchers cost. */
    @Test
    void fiftyWatchersGetLinesSoon() throws InterruptedException {
        ExecutorService readers = Executors.newCachedThreadPool();
        List<Long> delays = Collections.synchronizedList(new ArrayList<>());
        List<SseReader> all = Collections.synchronizedList(new ArrayList<>());
        try (RecordedRun run = run()) {
            for (int i = 0; i < 50; i++) {
                SseReader events = open(run, "");
                all.add(events);
                readers.execute(
                        () ->
                                events.until(
                                        event -> {
                                            for (JsonNode line : event.data().path("lines")) {
                                                long said =
                                                        Long.parseLong(line.path("text").asText());
                                                delays.add(event.nanos() - said);
                                            }
                                            return event.name().equals("end");
                                        }));
            }
            long before = cpuOfServer();
            long began = System.nanoTime();
            int said = 0;
            while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(4)) {
                run.says(said % 2 + 1, System.nanoTime() + "\n");
                said++;
                Thread.sleep(37);
            }
            long cpu = cpuOfServer() - before;
            long wall = System.nanoTime() - began;
            run.ends(1, BatchState.ENDED, Map.of()).ends(2, BatchState.ENDED, Map.of()).end();
            readers.shutdown();
            assertThat(readers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            assertThat(delays).hasSize(50 * said);
            Collections.sort(delays);
            System.out.printf(
                    "%d lines to 50 watchers: median %d ms, 99%% %d ms; CPU of the"
                            + " service %.1f %% of a core%n",
                    said,
                    delays.get(delays.size() / 2) / 1_000_000,
                    delays.get(delays.size() * 99 / 100) / 1_000_000,
                    100.0 * cpu / wall);
            // 3 % when nothing else goes on; some of it is code that runs for the first time
            assertThat(100.0 * cpu / wall).isLessThan(10);
            // a tenth of a second when nothing else goes on
            assertThat(Duration.ofNanos(delays.get(delays.size() / 2)))
                    .isLessThan(Duration.ofSeconds(10));
        } finally {
            all.forEach(SseReader::close);
            readers.shutdownNow();
        }
    }

    /** CPU of the threads that serve watchers; the watchers and the run are in this process too. */
    private static long cpuOfServer() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().matches("(streams|lines|vert\\.x).*"))
                .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getThreadId())))
                .sum();
    }
}
