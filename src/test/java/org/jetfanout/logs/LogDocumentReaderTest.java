package org.jetfanout.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Frame;
import org.jetfanout.record.People;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.testkit.RecordSchema;
import org.jetfanout.text.Redaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogDocumentReaderTest {
    @TempDir Path runs;

    private RunRecord record;
    private final Map<RecordStream, Long> positions = new HashMap<>();

    @BeforeEach
    void create() {
        record = RunRecord.create(runs, GUID);
        record.storePlan(plan(2, 2));
    }

    @AfterEach
    void close() {
        record.close();
    }

    private LogDocumentReader reader() {
        return new LogDocumentReader(record, Redaction.defaults(), positions);
    }

    private List<LogDocument> all(LogDocumentReader reader, int mostRecords, int mostBytes) {
        List<LogDocument> all = new ArrayList<>();
        LogDocuments some = reader.next(mostRecords, mostBytes);
        while (!some.documents().isEmpty()) {
            all.addAll(some.documents());
            positions.putAll(some.positions());
            some = reader.next(mostRecords, mostBytes);
        }
        return all;
    }

    private List<LogDocument> all(LogDocumentReader reader) {
        return all(reader, 1000, 1 << 20);
    }

    private static JsonNode json(LogDocument document) {
        return RecordSchema.check(document);
    }

    private static String text(LogDocument document) {
        return new String(document.json(), UTF_8);
    }

    private void events(int batch, String... lines) {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(UTF_8);
        String id = "%04d".formatted(batch);
        record.append(frame(batch, Stream.EVENTS, record.storedBytes(id, Stream.EVENTS), bytes));
    }

    private void output(int batch, Instant time, String text) {
        String id = "%04d".formatted(batch);
        record.append(
                new Frame(
                        GUID,
                        id,
                        "?",
                        Stream.OUTPUT,
                        record.storedBytes(id, Stream.OUTPUT),
                        text.getBytes(UTF_8),
                        time));
    }

    private LogDocument only(String stream) {
        List<LogDocument> found =
                all(reader()).stream().filter(one -> one.stream().equals(stream)).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void everyStreamGivesRecords() {
        record.storeState("0001", "w1", BatchState.RUNNING, "");
        record.append(frame(1, 0, "… h1-1 => running\nplain\n"));
        record.append(
                frame(
                        1,
                        Stream.EVENTS,
                        0,
                        "{\"event\":\"TASK_FAILED\",\"host\":\"h1-2\",\"task\":\"t\",\"cmd_rc\":2}\n"
                                .getBytes(UTF_8)));
        record.storeResult(result(1, BatchState.ENDED, Outcome.OK, Outcome.FAILED));
        List<LogDocument> all = all(reader());
        assertThat(all)
                .extracting(LogDocument::id)
                .contains(
                        GUID + ":0001:output:0",
                        GUID + ":0001:output:20",
                        GUID + ":0001:events:0",
                        GUID + ":-:states:0",
                        GUID + ":-:results:0",
                        GUID + ":-:batches:0")
                .hasSize(8)
                .doesNotHaveDuplicates();
        assertThat(all)
                .allSatisfy(
                        one -> {
                            JsonNode json = json(one);
                            assertThat(json.at("/event/id").asText()).isEqualTo(one.id());
                            assertThat(json.at("/labels/guid").asText()).isEqualTo(GUID);
                            assertThat(json.at("/labels/batch").asText()).isEqualTo("0001");
                            assertThat(json.at("/labels/worker_group").asText())
                                    .isEqualTo("workers");
                            assertThat(json.at("/observer/hostname").asText()).isEqualTo("w1");
                            assertThat(json.at("/message").asText()).isEqualTo(one.message());
                        });
        assertThat(all(reader())).isEmpty();
    }

    @Test
    void aLine() {
        output(1, START.plusMillis(1234), "\u001b[31m! h1-2 => failed\u001b[39m\n");
        LogDocument line = only("output");
        assertThat(text(line))
                .isEqualTo(
                        ("{'@timestamp':'2026-01-02T03:04:06.234Z','message':'! h1-2 => failed',"
                                        + "'event':{'id':'GUID:0001:output:0','sequence':0,"
                                        + "'dataset':'jetfanout.output','kind':'event'},"
                                        + "'host':{'name':'h1-2'},'observer':{'hostname':'w1'},"
                                        + "'log':{'level':'error','iostream':'stdout'},"
                                        + "'labels':{'guid':'GUID','batch':'0001',"
                                        + "'worker_group':'workers'},'ecs':{'version':'8.17.0'},"
                                        + "'data_stream':{'type':'logs','dataset':'jetfanout.run',"
                                        + "'namespace':'default'}}")
                                .replace("GUID", GUID)
                                .replace('\'', '"'));
        assertThat(line.isFailure()).isTrue();
    }

    @Test
    void theBlockOfAFailedCommandIsItsHosts() {
        output(
                1,
                START,
                """
                ! h1-2 => failed
                    cmd: ls
                    out: … h9 => running
                    rc: 2
                ! h1-1 => retrying (1 retries left) in 1 seconds
                plain
                  ..... h1-1 : hello
                thread 'main' panicked at src/x.rs
                """);
        assertThat(all(reader()))
                .extracting(one -> one.host() + " " + one.level())
                .containsExactly(
                        "h1-2 error",
                        "h1-2 error",
                        "h1-2 error",
                        "h1-2 error",
                        "h1-1 warning",
                        " info",
                        "h1-1 info",
                        " error");
    }

    @Test
    void bytesThatAreNoTextAndAnEmptyLine() {
        byte[] bytes = {'a', (byte) 0xff, 0, 0x1b, '[', '2', 'J', 'b', '\n', '\n'};
        record.append(frame(1, Stream.OUTPUT, 0, bytes));
        assertThat(all(reader()))
                .allSatisfy(RecordSchema::check)
                .extracting(LogDocument::message)
                .containsExactly("a\\xff\\x00b", "");
    }

    @Test
    void aFailedTask() {
        events(1, "{'event':'TASK_START','task':'t'}".replace('\'', '"'));
        record.append(
                new Frame(
                        GUID,
                        "0001",
                        "w1",
                        Stream.EVENTS,
                        record.storedBytes("0001", Stream.EVENTS),
                        ("{'event':'TASK_FAILED','host':'h1-2','task':'t','cmd':'ls','cmd_rc':2,"
                                        + "'cmd_out':'\\u001b[31mno\\nfile','elapsed':3,"
                                        + "'now':'Sun, 22 Nov 2026 13:37:35 +0000'}\n")
                                .replace('\'', '"')
                                .getBytes(UTF_8),
                        START.plusMillis(1500)));
        LogDocument failed =
                all(reader()).stream().filter(LogDocument::isFailure).findFirst().orElseThrow();
        JsonNode json = json(failed);
        assertThat(failed.message()).isEqualTo("h1-2 failed: t: exit code 2: no");
        assertThat(failed.host()).isEqualTo("h1-2");
        assertThat(failed.isFailure()).isTrue();
        assertThat(json.at("/event/action").asText()).isEqualTo("task-failed");
        assertThat(json.at("/event/duration").asLong()).isEqualTo(1_500_000_000);
        assertThat(json.at("/process/exit_code").asInt()).isEqualTo(2);
        assertThat(json.at("/jet/cmd_out").asText()).isEqualTo("no\nfile");
        assertThat(json.at("/jet/now").asText()).isEqualTo("2026-11-22T13:37:35.000Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "1",
                "null",
                "{'event':1}",
                "{'event':'X Y','host':{'a':1},'task':['x'],'cmd_rc':'2','elapsed':1e400}",
                "{'event':'TASK_FAILED','cmd_rc':99999999999999999999,'task_ct':1.5}",
                "{'event':'TASK_FAILED','host':'','cmd_rc':9999999999}",
                "{'event':'SUMMARY','summary':5}",
                "{'event':'SUMMARY','summary':{'failed_ct':'x','evil':1,'a.b':{'c':1}}}",
                "{'event':'TASK_STATUS','host':'a','host':'b','now':'yesterday','x.y':null}",
                "{'event':'TASK_STATUS','host':'\\ud800\\u0000\\u001b]0;x\\u0007\\u2028'}",
                "{'event':'TASK_START','task':'\\u0085\\r\\n\\n'} {'x':1}",
                "{'event'",
                "\u0000\u001b[2J"
            })
    void anEventCannotSpoilTheFields(String event) {
        events(1, event.replace('\'', '"'));
        assertThat(json(only("events")).at("/log/iostream").asText()).isEqualTo("events");
    }

    /** What a worker says of hosts that it was not given. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'event':'TASK_FAILED','task':'t','host':'h2-1','cmd_rc':1,'cmd_out':'x'}",
                "{'event':'HOST_CONNECT_FAILED','host':'h2-2'}",
                "{'event':'TASK_STATUS','task':'t','task_status':'IsExecuted','host':'no-such-host'}",
                "{'event':'TASK_CHECK_STATUS','task':'t','task_status':'NeedsCreation','host':'H1-1'}",
                "{'event':'WHATEVER','host':'h1-1 '}",
            })
    void anEventOfAnotherWorkersHostIsMarked(String event) {
        events(1, event.replace('\'', '"'));
        LogDocument document = only("events");
        assertThat(document.host()).isEmpty();
        assertThat(document.outcome()).isNotEqualTo("failure").isNotEqualTo("success");
        JsonNode json = json(document);
        assertThat(json.has("host")).isFalse();
        assertThat(json.at("/labels/foreign_host").asText())
                .isEqualTo(json.at("/jet/host").asText())
                .isNotEmpty();
        assertThat(json.at("/log/level").asText()).isEqualTo("warning");
        assertThat(document.message()).startsWith("about a host that is not in this batch: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "! h2-1 => failed",
                "✓ h2-2 => complete",
                "! connection failed to host: h2-1"
            })
    void aLineOfAnotherWorkersHostIsMarked(String line) {
        output(1, START, line + "\n    cmd: x\n    rc: 1\n");
        assertThat(all(reader()))
                .hasSize(3)
                .allSatisfy(
                        document -> {
                            assertThat(document.host()).isEmpty();
                            assertThat(json(document).at("/log/level").asText())
                                    .isNotEqualTo("error");
                        });
    }

    @Test
    void aNestedEventOfAnyDepthIsText() {
        events(1, "{\"a\":".repeat(100_000));
        assertThat(json(only("events")).has("jet")).isFalse();
    }

    @Test
    void whatIsNotKnownIsOneText() {
        events(1, "{\"event\":\"NEW\",\"stuff\":{\"password\":\"hunter2\",\"n\":[1]}}");
        JsonNode json = json(only("events"));
        assertThat(json.at("/jet/other").asText())
                .isEqualTo("{\"stuff\":{\"password\":\"[redacted]\",\"n\":[1]}}");
        assertThat(json.at("/event/action").asText()).isEqualTo("new");
    }

    @Test
    void statesResultsAndBatches() {
        record.storeState("0001", "w1", BatchState.RUNNING, "");
        record.storeResult(result(1, BatchState.LOST, Outcome.CHANGED, Outcome.UNREACHABLE));
        List<LogDocument> all = all(reader());
        assertThat(all)
                .allSatisfy(RecordSchema::check)
                .extracting(one -> one.stream() + " " + one.outcome() + ": " + one.message())
                .containsExactlyInAnyOrder(
                        "states : batch 0001 on w1: running",
                        "states failure: batch 0001 on w1: lost, why lost",
                        "results success: h1-1: changed",
                        "results failure: h1-2: unreachable, SSH failed for h1-2:22",
                        "batches failure: batch 0001 on w1 lost, 2 hosts: 1 changed, 1 unreachable,"
                                + " why lost");
        LogDocument batch = all.stream().filter(o -> o.stream().equals("batches")).findAny().get();
        assertThat(batch.time()).isEqualTo(START.plusSeconds(72));
        assertThat(json(batch).at("/event/duration").asLong()).isEqualTo(72_000_000_000L);
        assertThat(json(batch).at("/process/exit_code").asInt(-1)).isZero();
        LogDocument host = all.stream().filter(o -> o.host().equals("h1-2")).findAny().get();
        assertThat(host.time()).isEqualTo(START.plusSeconds(72));
        assertThat(json(host).at("/labels/host_outcome").asText()).isEqualTo("unreachable");
    }

    @Test
    void aHostThatNobodyBegan() {
        record.storeResult(result(1, BatchState.ENDED, Outcome.OK, Outcome.NOT_STARTED));
        List<LogDocument> all = all(reader());
        assertThat(all).allSatisfy(RecordSchema::check);
        LogDocument host = all.stream().filter(o -> o.host().equals("h1-2")).findAny().get();
        assertThat(host.message()).isEqualTo("h1-2: not started, no result");
        assertThat(json(host).at("/labels/host_outcome").asText()).isEqualTo("not_started");
        LogDocument batch = all.stream().filter(o -> o.stream().equals("batches")).findAny().get();
        assertThat(json(batch).at("/jetfanout/hosts/not_started").asInt()).isEqualTo(1);
    }

    @Test
    void theOwnLogWithItsStackTraces() throws IOException {
        Files.writeString(
                record.folder().resolve("jet-fanout.log"),
                """
                2026-01-02T03:04:05.678+01:00 ERROR GUID [w2 0002] o.j.ssh.Login - token=abc refused
                java.io.IOException: refused
                \tat org.jetfanout.X.y(X.java:1)
                2026-01-02T03:04:06.000Z INFO  GUID [- -] o.a.camel.Main - started
                """
                        .replace("GUID", GUID));
        assertThat(all(reader()))
                .allSatisfy(RecordSchema::check)
                .extracting(o -> o.time() + " " + o.level() + " " + o.batch() + " " + o.message())
                .containsExactly(
                        "2026-01-02T02:04:05.678Z error 0002 token=[redacted] refused",
                        "2026-01-02T02:04:05.678Z error 0002 java.io.IOException: refused",
                        "2026-01-02T02:04:05.678Z error 0002 \tat org.jetfanout.X.y(X.java:1)",
                        "2026-01-02T03:04:06Z info - started");
    }

    @Test
    void aTornLineOfOursIsPassedOver() throws IOException {
        record.storeState("0001", "w1", BatchState.RUNNING, "");
        Path states = record.folder().resolve("states.ndjson");
        String line = Files.readString(states);
        Files.writeString(states, "{\"time\":\n" + line + line.substring(0, 20));
        LogDocumentReader reader = reader();
        assertThat(all(reader)).hasSize(1);
        Files.writeString(states, line.substring(20), StandardOpenOption.APPEND);
        assertThat(all(reader)).hasSize(1);
        assertThat(positions).containsEntry(new RecordStream("-", "states"), Files.size(states));
        assertThat(reader.backlog().bytes()).isZero();
    }

    @Test
    void aBatchThatMoved() {
        record.storeState("0001", "w1", BatchState.RUNNING, "");
        LogDocumentReader reader = reader();
        output(1, Instant.now(), "first\n");
        List<LogDocument> all = new ArrayList<>(all(reader));
        record.storeState("0001", "w2", BatchState.RUNNING, "");
        output(1, Instant.now().plusSeconds(1), "second\n");
        all.addAll(all(reader));
        assertThat(all)
                .filteredOn(one -> one.stream().equals("output"))
                .extracting(one -> one.worker() + " " + one.workerGroup() + " " + one.message())
                .containsExactly("w1 workers first", "w2 workers second");
    }

    @Test
    void aLineHasTheTimeAtWhichItsEndCame() {
        LogDocumentReader reader = reader();
        output(1, START, "one\ntw");
        List<LogDocument> all = new ArrayList<>(all(reader));
        for (int second = 1; second < 4; second++) {
            output(1, START.plusSeconds(second), "o\nnext\n");
            all.addAll(all(reader));
        }
        assertThat(all)
                .extracting(one -> one.time().getEpochSecond() - START.getEpochSecond())
                .containsExactly(0L, 1L, 1L, 2L, 2L, 3L, 3L);
        assertThat(all(reader())).isEmpty();
        positions.clear();
        positions.put(new RecordStream("0001", "output"), 6L + 7 + 2);
        assertThat(all(reader()))
                .extracting(one -> one.time().getEpochSecond() - START.getEpochSecond())
                .containsExactly(2L, 3L, 3L);
    }

    @Test
    void whatStandsAfterTheLastLineBreakComesAtTheEnd() {
        output(1, START, "one\ntwo");
        LogDocumentReader reader = reader();
        assertThat(all(reader)).hasSize(1);
        assertThat(reader.backlog().bytes()).isEqualTo(3);
        reader.end();
        assertThat(all(reader)).extracting(LogDocument::message).containsExactly("two");
        assertThat(reader.backlog().bytes()).isZero();
        assertThat(positions).containsEntry(new RecordStream("0001", "output"), 7L);
    }

    /** Each record alone, each by a reader that begins there: the same as all at once. */
    @Test
    void theSameRecordsWhereverReadingBegins() throws IOException {
        record.storeState("0001", "w1", BatchState.RUNNING, "");
        output(
                1,
                START,
                """
                ! h1-2 => failed
                    cmd: ls
                    out: a
                    rc: 2
                -----BEGIN RSA PRIVATE KEY-----
                MIIEowIBAAKCAQEA
                ✓ h1-1 => complete
                MIIEowIBAAKCAQEB
                -----END RSA PRIVATE KEY-----
                MIIEowIBAAKCAQEC
                """);
        events(1, "{\"event\":\"TASK_START\",\"task\":\"t\"}");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            many.append("{\"event\":\"TASK_STATUS\",\"host\":\"h")
                    .append(i)
                    .append(
                            "\",\"task\":\"a task with a name that has its length, as has"
                                    + " this\"}\n");
        }
        record.append(
                new Frame(
                        GUID,
                        "0001",
                        "w1",
                        Stream.EVENTS,
                        record.storedBytes("0001", Stream.EVENTS),
                        many.toString().getBytes(UTF_8),
                        START.plusSeconds(5)));
        Files.writeString(
                record.folder().resolve("jet-fanout.log"),
                "2026-01-02T03:04:05.678Z WARN  x [w1 0001] l - m\n\tat x\n");
        record.storeResult(result(1, BatchState.ENDED, Outcome.OK, Outcome.FAILED));
        List<LogDocument> atOnce = all(reader());
        assertThat(atOnce).hasSizeGreaterThan(1515);
        assertThat(atOnce)
                .extracting(LogDocument::message)
                .contains("MIIEowIBAAKCAQEC")
                .doesNotContain("MIIEowIBAAKCAQEA", "MIIEowIBAAKCAQEB");
        positions.clear();
        List<LogDocument> each = new ArrayList<>();
        LogDocuments some = reader().next(1, 1);
        while (!some.documents().isEmpty()) {
            each.addAll(some.documents());
            positions.putAll(some.positions());
            // by a few in the middle of the many, by one elsewhere
            some = reader().next(each.size() > 30 && each.size() < 1480 ? 97 : 1, 1 << 20);
        }
        assertThat(each)
                .extracting(LogDocumentReaderTest::text)
                .containsExactlyInAnyOrderElementsOf(
                        atOnce.stream().map(LogDocumentReaderTest::text).toList());
        assertThat(each).extracting(LogDocument::id).doesNotHaveDuplicates();
    }

    @Test
    void framesKeepTheirBounds() {
        output(1, START, "a line\n".repeat(5000) + "x".repeat(20_000) + "\n" + "b\n");
        LogDocumentReader reader = reader();
        List<LogDocument> all = new ArrayList<>();
        for (LogDocuments some = reader.next(300, 10_000);
                !some.documents().isEmpty();
                some = reader.next(300, 10_000)) {
            int bytes = some.documents().stream().mapToInt(one -> one.json().length).sum();
            assertThat(some.documents().size()).isLessThanOrEqualTo(300);
            assertThat(bytes <= 10_000 || some.documents().size() == 1).isTrue();
            all.addAll(some.documents());
            LogDocument last = all.get(all.size() - 1);
            assertThat(some.positions())
                    .containsExactly(
                            Map.entry(
                                    new RecordStream("0001", "output"),
                                    last.offset() + last.message().length() + 1));
        }
        assertThat(all).hasSize(5002);
        assertThat(all).extracting(LogDocument::offset).isSorted();
    }

    @Test
    void thousandsOfBatchesWithoutOpenFilesAndEachInItsTurn() throws IOException {
        int batches = 2000;
        Path output = record.folder().resolve("output");
        for (int batch = 0; batch < batches; batch++) {
            Files.writeString(output.resolve("b" + batch + ".log"), "line\n".repeat(20));
        }
        // one that says much more than all others
        Files.writeString(output.resolve("big.log"), "line\n".repeat(1_000_000));
        LogDocumentReader reader = reader();
        Set<String> first = new HashSet<>();
        long count = 0;
        while (count < 400_000) {
            LogDocuments some = reader.next(5000, 5 << 20);
            some.documents().forEach(one -> first.add(one.batch()));
            count += some.documents().size();
            assertThat(open(output)).isZero();
        }
        assertThat(first).hasSize(batches + 1);
    }

    /** Files of a folder that this process has open. */
    private static long open(Path folder) throws IOException {
        long open = 0;
        try (java.util.stream.Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            for (Path file : files.toList()) {
                try {
                    open += Files.readSymbolicLink(file).startsWith(folder) ? 1 : 0;
                } catch (IOException e) {
                    // closed by now
                }
            }
        }
        return open;
    }

    @Test
    void filesOfOthersInTheFolderAreLeftAlone() throws IOException {
        Path output = record.folder().resolve("output");
        Files.writeString(output.resolve(".hidden.log"), "x\n");
        Files.writeString(output.resolve("a b.log"), "x\n");
        Files.writeString(output.resolve("x.txt"), "x\n");
        assertThat(all(reader())).isEmpty();
    }

    @Test
    void theBacklogAndTheOldest() {
        LogDocumentReader reader = reader();
        assertThat(reader.backlog().bytes()).isZero();
        assertThat(reader.backlog().oldest()).isEmpty();
        output(1, START.plusSeconds(7), "one\ntwo\n");
        output(2, START.plusSeconds(5), "three\n");
        assertThat(reader.backlog().bytes()).isEqualTo(14);
        assertThat(reader.backlog().oldest()).contains(START.plusSeconds(5));
        LogDocuments some = reader.next(2, 1 << 20);
        assertThat(some.documents()).hasSize(2);
        assertThat(reader.backlog().bytes()).isBetween(4L, 8L);
        all(reader);
        assertThat(reader.backlog().bytes()).isZero();
        assertThat(reader.backlog().oldest()).isEmpty();
    }

    @Test
    void aFileThatIsShorterThanWhatWasDeliveredGivesNothing() {
        output(1, START, "one\n");
        positions.put(new RecordStream("0001", "output"), 400L);
        LogDocumentReader reader = reader();
        assertThat(all(reader)).isEmpty();
        assertThat(reader.backlog().bytes()).isZero();
    }

    @Test
    void whatSomebodyDidHasTheNameOfWhoDidIt() throws IOException {
        record.storeRequest(Map.of("startedBy", "ann"));
        record.storeState("0001", "w1", BatchState.RUNNING, "");
        People.note(record.folder(), "bob\u001b[31m", "approved wave 2");
        Files.writeString(
                record.folder().resolve("people.ndjson"),
                "\n{\"who\": \"\", \"what\": \"x\"}\n[]\n{\"time",
                StandardOpenOption.APPEND);
        List<JsonNode> documents = new ArrayList<>();
        all(reader()).forEach(document -> documents.add(json(document)));
        assertThat(documents)
                .extracting(
                        document ->
                                document.at("/event/dataset").asText()
                                        + " "
                                        + document.at("/event/action").asText()
                                        + " "
                                        + document.at("/user/name").asText()
                                        + " "
                                        + document.path("message").asText())
                .containsExactlyInAnyOrder(
                        "jetfanout.states batch-running ann batch 0001 on w1: running",
                        "jetfanout.people run-approved bob bob: approved wave 2");
    }
}
