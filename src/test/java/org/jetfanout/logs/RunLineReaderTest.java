package org.jetfanout.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Frame;
import org.jetfanout.record.Line;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RunLineReaderTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    @TempDir Path runs;

    private RunRecord record;

    @BeforeEach
    void create() {
        record = RunRecord.create(runs, GUID, Clock.fixed(START, ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        record.close();
    }

    private void say(int batch, int second, String text) {
        String id = "%04d".formatted(batch);
        record.append(
                new Frame(
                        GUID,
                        id,
                        "w" + batch,
                        Stream.OUTPUT,
                        record.storedBytes(id, Stream.OUTPUT),
                        text.getBytes(StandardCharsets.UTF_8),
                        START.plusSeconds(second)));
    }

    private void run(int batch) {
        record.storeState("%04d".formatted(batch), "w" + batch, BatchState.RUNNING, "");
    }

    private RunLineReader reader() {
        return new RunLineReader(record, batch -> true, Optional.empty());
    }

    private static List<Line> all(RunLineReader reader) {
        List<Line> lines = new ArrayList<>();
        for (Optional<Line> line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(line.get());
        }
        return lines;
    }

    private static List<String> texts(RunLineReader reader) {
        return all(reader).stream().map(line -> line.worker() + " " + line.text()).toList();
    }

    private static List<String> whole(RunLineReader reader) {
        reader.end();
        return texts(reader);
    }

    @Test
    void linesOfAllBatchesComeByTime() {
        run(1);
        run(2);
        say(1, 1, "a\nb\n");
        say(2, 2, "c\n");
        say(1, 3, "d\n");
        say(2, 3, "e\n");
        say(1, 4, "f\n");
        assertThat(whole(reader())).containsExactly("w1 a", "w1 b", "w2 c", "w1 d", "w2 e", "w1 f");
    }

    /** As on a record of ten million lines: what comes first does not wait for the rest. */
    @Test
    @Timeout(300)
    void theFirstLineComesWithoutReadingTheRest() throws IOException {
        run(1);
        run(2);
        say(1, 1, "a\nb\n");
        say(2, 2, "c\n");
        try (RandomAccessFile holes =
                new RandomAccessFile(record.outputFile("0001", Stream.OUTPUT).toFile(), "rw")) {
            holes.setLength(1L << 40); // a day to read
        }
        RunLineReader reader = reader();
        assertThat(reader.next()).map(Line::text).contains("a");
        assertThat(reader.next()).map(Line::text).contains("b");
    }

    @Test
    void aLineHasTheTimeOfItsEnd() {
        run(1);
        say(1, 1, "one\ntw");
        say(1, 5, "o\n");
        RunLineReader reader = reader();
        reader.end();
        List<Line> lines = all(reader);
        assertThat(lines).extracting(Line::text).containsExactly("one", "two");
        assertThat(lines)
                .extracting(Line::time)
                .containsExactly(START.plusSeconds(1), START.plusSeconds(5));
        assertThat(lines.get(1).offset()).isEqualTo(4);
    }

    @Test
    void whatIsWrittenLaterComesLater() {
        run(1);
        RunLineReader reader = reader();
        assertThat(texts(reader)).isEmpty();
        say(1, 1, "a\nhal");
        assertThat(texts(reader)).containsExactly("w1 a");
        assertThat(texts(reader)).isEmpty();
        run(2);
        say(2, 2, "b\n");
        say(1, 3, "f\nc\n");
        assertThat(texts(reader)).containsExactly("w2 b", "w1 half", "w1 c");
        say(1, 4, "no line break");
        assertThat(texts(reader)).isEmpty();
        reader.end();
        assertThat(texts(reader)).containsExactly("w1 no line break");
        assertThat(texts(reader)).isEmpty();
    }

    @Test
    void afterTheEndBatchesThatWereNotSeenYetStillCome() {
        RunLineReader reader = reader();
        assertThat(texts(reader)).isEmpty();
        run(1);
        say(1, 1, "late\n");
        assertThat(whole(reader)).containsExactly("w1 late");
    }

    @Test
    void aBatchThatGoesToAnotherWorkerTellsWhoSaidWhat() throws IOException {
        record.close();
        Files.writeString(
                record.folder().resolve("states.ndjson"),
                """
                {"time":"2026-01-02T03:04:05Z","batch":"0001","worker":"w1","state":"running"}
                {"time":"2026-01-02T03:04:08Z","batch":"0001","worker":"w9","state":"queued"}
                torn {"ti
                """);
        record.own();
        say(1, 1, "first\n");
        say(1, 4, "second\n");
        assertThat(whole(reader())).containsExactly("w1 first", "w9 second");
        assertThat(whole(new RunLineReader(record, batch -> true, Optional.of("w9"))))
                .containsExactly("w9 second");
        assertThat(whole(new RunLineReader(record, batch -> true, Optional.of("w2")))).isEmpty();
    }

    @Test
    void onlyTheBatchesThatAreWanted() {
        run(1);
        run(2);
        say(1, 1, "a\n");
        say(2, 1, "b\n");
        assertThat(
                        whole(
                                new RunLineReader(
                                        record, batch -> batch.equals("0002"), Optional.empty())))
                .containsExactly("w2 b");
    }

    @Test
    void timesThatAreMissingOrTornHideNoLine() throws IOException {
        run(1);
        say(1, 1, "a\n");
        Path times = record.timesFile("0001");
        record.sync();
        record.close();
        Files.writeString(times, "{\"stream\":\"outp");
        record.own();
        say(1, 2, "b\n");
        Files.writeString(times, "rubbish\n".repeat(3000), StandardOpenOption.APPEND);
        say(1, 3, "c\n");
        RunLineReader reader = reader();
        reader.end();
        List<Line> lines = all(reader);
        assertThat(lines).extracting(Line::text).containsExactly("a", "b", "c");
        assertThat(lines.get(0).time()).isEqualTo(START);
        assertThat(lines.get(2).time()).isEqualTo(START.plusSeconds(3));
    }

    @Test
    void anEndlessLineComesInPieces() throws IOException {
        run(1);
        say(1, 1, "x".repeat(1 << 20));
        say(1, 2, "end\nnext\n");
        RunLineReader reader = reader();
        reader.end();
        List<Line> lines = all(reader);
        assertThat(lines).hasSize(18);
        assertThat(lines.get(0).cut()).isTrue();
        assertThat(lines.get(17).text()).isEqualTo("next");
    }

    @Test
    void everyByteOfManyBatchesComesOnceAndInOrder() {
        Random random = new Random(4);
        List<String> expected = new ArrayList<>();
        for (int batch = 1; batch <= 20; batch++) {
            run(batch);
        }
        for (int second = 0; second < 500; second++) {
            int batch = 1 + random.nextInt(20);
            StringBuilder text = new StringBuilder();
            int lines = random.nextInt(5);
            for (int line = 0; line < lines; line++) {
                String word = second + "." + line + "x".repeat(random.nextInt(600));
                text.append(word).append('\n');
                expected.add("w" + batch + " " + word);
            }
            say(batch, second, text.toString());
        }
        assertThat(whole(reader())).containsExactlyElementsOf(expected);
    }

    @Test
    void theFirstLineOfALongRecordIsThereAtOnce() throws IOException {
        // a million here; what matters is that the length does not: ten million were tried by hand
        int batches = 10;
        String line = "✓ web-0001.example.com => complete, and some more text to fill it\n";
        byte[] piece = line.repeat(1000).getBytes(StandardCharsets.UTF_8);
        for (int batch = 1; batch <= batches; batch++) {
            run(batch);
            String id = "%04d".formatted(batch);
            for (int at = 0; at < 100; at++) {
                record.append(
                        new Frame(
                                GUID,
                                id,
                                "w" + batch,
                                Stream.OUTPUT,
                                (long) at * piece.length,
                                piece,
                                START.plusSeconds(at)));
            }
        }
        RunLineReader reader = reader();
        reader.end();
        // of CPU: others may use the machine too
        long begun = THREADS.getCurrentThreadCpuTime();
        assertThat(reader.next()).isPresent();
        assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - begun))
                .isLessThan(Duration.ofMillis(500));
        int count = 1;
        while (reader.next().isPresent()) {
            count++;
        }
        assertThat(count).isEqualTo(batches * 100 * 1000);
    }
}
