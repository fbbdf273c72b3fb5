package org.jetfanout.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.runner.Stream;
import org.jetfanout.status.RunState;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.Runs;
import org.jetfanout.testkit.Fixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecordTest {
    @TempDir Path runs;

    @Test
    void foldersAndFilesAreForTheOwnerAlone() throws IOException {
        Path deep = runs.resolve("state/jet-fanout/runs");
        try (RunRecord record = RunRecord.create(deep, GUID)) {
            fill(record);
            record.storeTallies(Map.of("0001", Counts.waiting(2)));
            record.storeSignature(new RunEvent.Signed("w1", "SHA256:x", "ops", "", true, START));
            record.storeSummary(RunStatus.of(record)::writeTo);
        }
        List<Path> all;
        try (java.util.stream.Stream<Path> paths = Files.walk(runs.resolve("state"))) {
            all = paths.toList();
        }
        assertThat(all).hasSizeGreaterThan(15);
        for (Path path : all) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .as(path.toString())
                    .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
        }
    }

    @Test
    void countsAndOutcomesOfBatchesThatRunStandByBatch() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            assertThat(record.tallies()).isEmpty();
            assertThat(record.outcomes()).isEmpty();
            Map<String, Counts> tallies =
                    Map.of("0002", new Counts(3, 1, 0, 1, 0, 1), "0001", Counts.waiting(2));
            record.storeTallies(tallies);
            assertThat(record.tallies()).isEqualTo(tallies);
            Map<String, OutcomesSoFar> outcomes =
                    Map.of("0002", new OutcomesSoFar("of."), "0001", new OutcomesSoFar(".."));
            record.storeOutcomes(outcomes);
            assertThat(record.outcomes()).isEqualTo(outcomes);
            assertThat(record.file(RunFile.TALLIES))
                    .hasContent(
                            """
                            {"0001":{"hosts":2,"ok":0,"changed":0,"failed":0,"unreachable":0,\
                            "unfinished":2,"notStarted":0},\
                            "0002":{"hosts":3,"ok":1,"changed":0,"failed":1,"unreachable":0,\
                            "unfinished":1,"notStarted":0}}
                            """);
            assertThat(record.file(RunFile.OUTCOMES))
                    .hasContent("{\"0001\":\"..\",\"0002\":\"of.\"}\n");
        }
    }

    @Test
    void aGuidHasOneRecord() {
        try (RunRecord first = RunRecord.create(runs, GUID)) {
            assertThatThrownBy(() -> RunRecord.create(runs, GUID))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("run " + GUID + " already exists: " + first.folder());
        }
    }

    @Test
    void aGuidCannotLeaveTheFolder() {
        for (String guid : List.of("../x", "a/b", "", ".", "..", "last", "a\nb", "x".repeat(101))) {
            assertThatThrownBy(() -> RunRecord.create(runs, guid))
                    .isInstanceOf(ConfigurationException.class);
        }
    }

    @Test
    void aBatchCannotLeaveTheFolder() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            Frame frame = new Frame(GUID, "../../x", "w", Stream.OUTPUT, 0, new byte[1], START);
            assertThatThrownBy(() -> record.append(frame))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> record.storedBytes("../x", Stream.OUTPUT))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void runsAreFoundByGuidByItsBeginningOrAsTheLast() {
        create("aaaa-1", 10);
        create("aabb-2", 30);
        create("aacc-3", 20);
        assertThat(new Runs(runs).guids()).containsExactly("aabb-2", "aacc-3", "aaaa-1");
        assertThat(new Runs(runs).open("last").guid()).isEqualTo("aabb-2");
        assertThat(new Runs(runs).open("aac").guid()).isEqualTo("aacc-3");
        assertThat(new Runs(runs).open("aaaa-1").guid()).isEqualTo("aaaa-1");
        assertThatThrownBy(() -> new Runs(runs).open("aa"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "'aa' matches 3 runs (aabb-2, aacc-3, aaaa-1): give more characters of"
                                + " the GUID");
        for (String name : List.of("b", "", "../runs", "aaaa-1/output", ".")) {
            assertThatThrownBy(() -> new Runs(runs).open(name))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("no run '" + name + "' in " + runs);
        }
    }

    @Test
    void aGuidThatBeginsAnotherIsItself() {
        create("aa", 10);
        create("aab", 20);
        assertThat(new Runs(runs).open("aa").guid()).isEqualTo("aa");
    }

    @Test
    void withoutRunsThereIsNoLast() {
        assertThatThrownBy(() -> new Runs(runs.resolve("none")).open("last"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("no runs in " + runs.resolve("none"));
    }

    @Test
    void aRunWhoseCreationWasInterruptedIsListed() throws IOException {
        create("aa", 10);
        Files.createDirectory(runs.resolve("bb"));
        Files.createDirectory(runs.resolve("cc"));
        Files.writeString(runs.resolve("cc/run.json"), "{\"gui");
        assertThat(new Runs(runs).guids()).containsExactlyInAnyOrder("aa", "bb", "cc");
        assertThat(RunStatus.of(new Runs(runs).open("bb")).state()).isEqualTo(RunState.INTERRUPTED);
    }

    @Test
    void theFolderIsWhereTheXdgRulesSay() {
        assertThat(Runs.of(Map.of("XDG_STATE_HOME", "/s", "HOME", "/h")).folder())
                .isEqualTo(Path.of("/s/jet-fanout/runs"));
        assertThat(Runs.of(Map.of("XDG_STATE_HOME", "relative", "HOME", "/h")).folder())
                .isEqualTo(Path.of("/h/.local/state/jet-fanout/runs"));
        assertThat(Runs.of(Map.of("HOME", "/h")).folder())
                .isEqualTo(Path.of("/h/.local/state/jet-fanout/runs"));
    }

    @Test
    void requestAndPlanComeBack() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            assertThat(record.request()).isEmpty();
            assertThat(record.plan()).isEmpty();
            record.storeRequest(Map.of("playbook", List.of("pb1.yml"), "threads", 50));
            record.storePlan(plan(2, 3), batch -> List.of("jetp", "ssh"));
        }
        RunRecord read = new Runs(runs).open(GUID);
        assertThat(read.request().orElseThrow().at("/playbook/0").asText()).isEqualTo("pb1.yml");
        assertThat(read.plan()).contains(plan(2, 3));
        RunRecord again = new Runs(runs).open(GUID);
        again.own();
        assertThatThrownBy(() -> again.storeRequest(Map.of()))
                .isInstanceOf(IllegalStateException.class);
        again.storePlan(plan(4));
        assertThat(read.plan()).contains(plan(4));
        again.close();
    }

    @Test
    void thePlanHasThePromisedShape() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2), batch -> List.of("jetp", "ssh"));
            JsonNode json = Json.mapper().readTree(record.folder().resolve("plan.json").toFile());
            assertThat(names(json)).containsExactly("guid", "batches", "unmatched");
            assertThat(names(json.at("/batches/0")))
                    .containsExactly(
                            "batch",
                            "worker",
                            "workerGroup",
                            "address",
                            "port",
                            "user",
                            "hosts",
                            "command");
            assertThat(json.at("/batches/0/hosts").toString()).isEqualTo("[\"h1-1\",\"h1-2\"]");
            assertThat(json.at("/batches/0/command").toString()).isEqualTo("[\"jetp\",\"ssh\"]");
            assertThat(json.at("/unmatched/0").asText()).isEqualTo("stray");
        }
    }

    @Test
    void hostileNamesStayData() throws IOException {
        String hostile = "h\"\n\u001b[31m\u202e\u009b$(id)\u2028\u00e9\ud83d\ude80";
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storeState("0001", hostile, BatchState.RUNNING, hostile);
            record.storeResult(
                    new BatchResult(
                            "0001",
                            hostile,
                            BatchState.ENDED,
                            java.util.OptionalInt.empty(),
                            true,
                            List.of(new HostResult(hostile, Outcome.FAILED, hostile)),
                            START,
                            START,
                            hostile));
            List<JsonNode> states = new ArrayList<>();
            assertThat(record.states(states::add)).isZero();
            assertThat(states.get(0).path("worker").asText()).isEqualTo(hostile);
            assertThat(record.results().hosts("0001").get(0).host()).isEqualTo(hostile);
            for (String file : List.of("states.ndjson", "results.ndjson", "batches.ndjson")) {
                assertThat(Files.readString(record.folder().resolve(file)))
                        .doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u202e\u2028]")
                        .contains("\u00e9");
            }
        }
    }

    @Test
    void outputIsStoredByteForByteWithItsTimes() throws IOException {
        byte[] bytes = {0, 1, '\n', (byte) 0xff, 27, '['};
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.append(frame(1, Stream.OUTPUT, 0, bytes));
            record.append(frame(1, Stream.EVENTS, 0, "{}\n".getBytes(StandardCharsets.UTF_8)));
            record.append(frame(1, Stream.OUTPUT, 6, bytes));
            assertThat(record.storedBytes("0001", Stream.OUTPUT)).isEqualTo(12);
            assertThat(record.storedBytes("0001", Stream.EVENTS)).isEqualTo(3);
            assertThat(record.storedBytes("0002", Stream.OUTPUT)).isZero();
            assertThat(Files.readAllBytes(record.folder().resolve("output/0001.log")))
                    .startsWith(bytes)
                    .endsWith(bytes)
                    .hasSize(12);
            assertThat(record.folder().resolve("output/0001.events.ndjson")).hasContent("{}");
            assertThat(Files.readAllLines(record.timesFile("0001")))
                    .containsExactly(
                            "{\"stream\":\"output\",\"offset\":0,\"time\":\"" + START + "\"}",
                            "{\"stream\":\"events\",\"offset\":0,\"time\":\"" + START + "\"}",
                            "{\"stream\":\"output\",\"offset\":6,\"time\":\"" + START + "\"}");
        }
    }

    @Test
    void bytesThatAreStoredAlreadyAreDropped() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            assertThat(record.append(frame(1, 0, "abcdef")).bytes()).hasSize(6);
            assertThat(record.append(frame(1, 0, "abcdef")).bytes()).isEmpty();
            assertThat(record.append(frame(1, 2, "cd")).bytes()).isEmpty();
            Frame fresh = record.append(frame(1, 4, "efgh"));
            assertThat(new String(fresh.bytes(), StandardCharsets.UTF_8)).isEqualTo("gh");
            assertThat(fresh.offset()).isEqualTo(6);
            assertThat(Files.readString(record.outputFile("0001", Stream.OUTPUT)))
                    .isEqualTo("abcdefgh");
            assertThat(Files.readAllLines(record.timesFile("0001"))).hasSize(2);
        }
    }

    @Test
    void aGapIsAnErrorAndStoresNothing() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.append(frame(1, 0, "abc"));
            assertThatThrownBy(() -> record.append(frame(1, 5, "x")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("batch 0001, output: bytes 3 to 5 are missing");
            assertThat(record.storedBytes("0001", Stream.OUTPUT)).isEqualTo(3);
        }
    }

    @Test
    void aFrameOfAnotherRunIsRefused() {
        try (RunRecord record = RunRecord.create(runs, "other")) {
            assertThatThrownBy(() -> record.append(frame(1, 0, "abc")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void outputGoesOnWhereAnEarlierProcessStopped() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.append(frame(1, 0, "abc"));
        }
        try (RunRecord record = new Runs(runs).open(GUID)) {
            assertThat(record.storedBytes("0001", Stream.OUTPUT)).isEqualTo(3);
            assertThatThrownBy(() -> record.append(frame(1, 3, "d")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("own()");
            record.own();
            record.append(frame(1, 2, "cd"));
            assertThat(Files.readString(record.outputFile("0001", Stream.OUTPUT)))
                    .isEqualTo("abcd");
        }
    }

    @Test
    void fiftyThreadsAppendAtOnceThroughFewOpenFiles() throws Exception {
        Path folder = Files.createDirectory(runs.resolve("output"));
        OutputFiles output = new OutputFiles(folder, () -> 8);
        ExecutorService threads = Executors.newFixedThreadPool(50);
        List<Future<?>> done = new ArrayList<>();
        for (int batch = 1; batch <= 100; batch++) {
            int number = batch;
            done.add(
                    threads.submit(
                            () -> {
                                long at = 0;
                                for (int i = 0; i < 200; i++) {
                                    String line = number + " line " + i + "\n";
                                    output.append(frame(number, at, line));
                                    at += line.length();
                                }
                            }));
        }
        for (Future<?> one : done) {
            one.get();
        }
        threads.shutdown();
        // those that somebody was at work on could not be closed: the next one that opens does it
        output.append(frame(101, 0, "101 line 0\n"));
        assertThat(openFilesIn(folder)).isLessThanOrEqualTo((8 + 1) * 3);
        output.sync();
        assertThat(openFilesIn(folder)).isLessThanOrEqualTo((8 + 1) * 3);
        for (int batch = 1; batch <= 100; batch++) {
            List<String> lines = Files.readAllLines(folder.resolve("%04d.log".formatted(batch)));
            assertThat(lines).hasSize(200);
            assertThat(lines.get(199)).isEqualTo(batch + " line 199");
            assertThat(Files.readAllLines(folder.resolve("%04d.times.ndjson".formatted(batch))))
                    .hasSize(200)
                    .allMatch(line -> line.startsWith("{\"stream\"") && line.endsWith("\"}"));
        }
        output.close();
        assertThat(openFilesIn(folder)).isZero();
    }

    @Test
    void fiftyThreadsWriteStatesAndResultsThatDoNotMix() throws Exception {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            ExecutorService threads = Executors.newFixedThreadPool(50);
            List<Future<?>> done = new ArrayList<>();
            for (int batch = 1; batch <= 50; batch++) {
                int number = batch;
                done.add(
                        threads.submit(
                                () -> {
                                    String id = "%04d".formatted(number);
                                    record.storeState(id, "w" + number, BatchState.RUNNING, "");
                                    record.append(frame(number, 0, "out\n"));
                                    record.storeResult(Fixture.allOk(number, 40));
                                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
            threads.shutdown();
            StoredResults results = record.results();
            assertThat(results.broken()).isZero();
            assertThat(results.batches()).hasSize(50);
            for (String batch : results.batches()) {
                assertThat(results.hosts(batch)).hasSize(40);
                assertThat(record.hasResult(batch)).isTrue();
            }
            assertThat(record.states(line -> {})).isZero();
        }
    }

    @Test
    void anInterruptedThreadStillStores() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            Thread.currentThread().interrupt();
            record.storePlan(plan(1, 2));
            record.append(frame(1, 0, "abc"));
            record.storeResult(Fixture.allOk(2, 2));
            record.storeState("0001", "w1", BatchState.RUNNING, "");
            assertThat(Thread.interrupted()).isTrue();
            record.storeState("0001", "w1", BatchState.RECONNECTING, "");
            record.append(frame(1, 3, "def"));
            assertThat(Files.readAllLines(record.folder().resolve("states.ndjson"))).hasSize(3);
        }
    }

    @Test
    void theLastResultOfABatchCounts() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2));
            record.storeResult(result(1, BatchState.LOST, Outcome.UNFINISHED, Outcome.UNFINISHED));
            record.storeResult(result(1, BatchState.ENDED, Outcome.OK, Outcome.FAILED));
            StoredResults results = record.results();
            assertThat(results.batches()).containsExactly("0001");
            assertThat(results.hosts("0001"))
                    .extracting(HostResult::outcome)
                    .containsExactly(Outcome.OK, Outcome.FAILED);
            assertThat(RunStatus.of(record).totals()).isEqualTo(new Counts(2, 1, 0, 1, 0, 0));
        }
    }

    @Test
    void aRecordTornAtAnyByteIsReadAndGoesOn() throws IOException {
        String guid = GUID;
        try (RunRecord record = RunRecord.create(runs, guid)) {
            fill(record);
        }
        Path folder = runs.resolve(guid);
        for (String name : List.of("states.ndjson", "results.ndjson", "batches.ndjson")) {
            Path file = folder.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            for (int length = 0; length < whole.length; length++) {
                Files.write(file, java.util.Arrays.copyOf(whole, length));
                RunStatus status = RunStatus.of(new Runs(runs).open(guid));
                assertThat(status.totals().hosts()).isEqualTo(5);
            }
            // torn in the middle of the last line
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 5));
            try (RunRecord record = new Runs(runs).open(guid)) {
                record.own();
                record.storeState("0002", "w2", BatchState.RUNNING, "again");
                record.storeResult(
                        result(2, BatchState.ENDED, Outcome.OK, Outcome.OK, Outcome.CHANGED));
                List<JsonNode> states = new ArrayList<>();
                record.states(states::add);
                assertThat(states.get(states.size() - 2).path("detail").asText())
                        .isEqualTo("again");
                assertThat(record.results().hosts("0002"))
                        .extracting(HostResult::outcome)
                        .containsExactly(Outcome.OK, Outcome.OK, Outcome.CHANGED);
            }
            Files.write(file, whole);
        }
    }

    @Test
    void garbageInTheFilesIsCountedAndSkipped() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2));
            Path batches = record.folder().resolve("batches.ndjson");
            Files.writeString(
                    batches,
                    "[]\nnull\n{\"batch\":\"0001\"}\n"
                            + "{\"batch\":\"0001\",\"state\":\"ended\",\"hosts\":2,\"ok\":99}\n"
                            + "{\"batch\":\"0001\",\"state\":\"running\",\"hosts\":0}\n"
                            + "\0\0\0\0\n"
                            + "x".repeat(1 << 25)
                            + "\n");
            record.storeResult(Fixture.allOk(1, 2));
            assertThat(record.results().broken()).isEqualTo(7);
            assertThat(record.results().hosts("0001")).hasSize(2);
        }
    }

    @Test
    void aFullDiskIsOneClearError() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            Path states = record.folder().resolve("states.ndjson");
            Path log = record.outputFile("0001", Stream.OUTPUT);
            Files.createSymbolicLink(states, Path.of("/dev/full"));
            Files.createSymbolicLink(log, Path.of("/dev/full"));
            assertThatThrownBy(() -> record.storeState("0001", "w1", BatchState.RUNNING, ""))
                    .isInstanceOf(RecordException.class)
                    .hasMessage("run record: cannot write " + states + ": No space left on device");
            assertThatThrownBy(() -> record.append(frame(1, 0, "abc")))
                    .isInstanceOf(RecordException.class)
                    .hasMessage("run record: cannot write " + log + ": No space left on device");
            assertThat(record.storedBytes("0001", Stream.OUTPUT)).isZero();
            assertThat(record.storedBytes("0002", Stream.OUTPUT)).isZero();
            // the rest goes on
            record.append(frame(2, 0, "abc"));
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsOneClearError() throws IOException {
        Path file = Files.createFile(runs.resolve("file"));
        assertThatThrownBy(() -> RunRecord.create(file, GUID))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("not a folder");
        // /proc takes no folders, whoever asks
        assertThatThrownBy(() -> RunRecord.create(Path.of("/proc/nothing/runs"), GUID))
                .isInstanceOf(RecordException.class)
                .hasMessageStartingWith("run record: cannot write /proc/nothing/runs/" + GUID);
    }

    @Test
    void aFailedReplacementLeavesTheOldFile() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storePlan(plan(2));
            assertThatThrownBy(
                            () ->
                                    record.storePlan(
                                            plan(3),
                                            batch -> {
                                                throw new IllegalStateException("no command");
                                            }))
                    .hasMessage("no command");
            assertThat(record.plan()).contains(plan(2));
        }
    }

    @Test
    void aRunHasOneOwner() {
        RunRecord first = RunRecord.create(runs, GUID);
        RunRecord second = new Runs(runs).open(GUID);
        assertThat(second.isOwned()).isTrue();
        assertThatThrownBy(second::own)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "run %s is in use by process %d"
                                .formatted(GUID, ProcessHandle.current().pid()));
        first.close();
        assertThat(second.isOwned()).isFalse();
        second.own();
        second.close();
    }

    @Test
    void signaturesAreKept() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storeSignature(
                    new RunEvent.Signed("w1", "SHA256:k", "ops", "SHA256:h", true, START));
            record.storeSignature(new RunEvent.Signed("w1", "SHA256:k", "root", "", false, START));
            List<String> lines = new ArrayList<>();
            assertThat(record.signatures(line -> lines.add(line.toString()))).isZero();
            assertThat(lines.get(0))
                    .isEqualTo(
                            "{\"time\":\"2026-01-02T03:04:05Z\",\"guid\":\""
                                    + GUID
                                    + "\",\"worker\":\"w1\",\"fingerprint\":\"SHA256:k\","
                                    + "\"login\":\"ops\",\"hostKey\":\"SHA256:h\","
                                    + "\"allowed\":true}");
            assertThat(lines.get(1)).contains("\"allowed\":false");
        }
    }

    private static void fill(RunRecord record) {
        record.storeRequest(Map.of("playbook", "pb1.yml"));
        record.storePlan(plan(2, 3));
        record.storeState("0001", "w1", BatchState.CONNECTING, "");
        record.storeState("0001", "w1", BatchState.RUNNING, "");
        record.append(frame(1, 0, "hello\n"));
        record.append(frame(1, Stream.EVENTS, 0, "{}\n".getBytes(StandardCharsets.UTF_8)));
        record.storeResult(result(1, BatchState.ENDED, Outcome.OK, Outcome.FAILED));
        record.storeState("0002", "w2", BatchState.RUNNING, "");
        record.storeResult(
                result(
                        2,
                        BatchState.LOST,
                        Outcome.CHANGED,
                        Outcome.UNREACHABLE,
                        Outcome.UNFINISHED));
        record.sync();
    }

    private void create(String guid, int second) {
        Instant time = START.plusSeconds(second);
        RunRecord.create(runs, guid, Clock.fixed(time, ZoneOffset.UTC)).close();
    }

    private static List<String> names(JsonNode node) {
        return node.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static long openFilesIn(Path folder) throws IOException {
        long open = 0;
        try (java.util.stream.Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    open += Files.readSymbolicLink(descriptor).startsWith(folder) ? 1 : 0;
                } catch (IOException e) {
                    // closed since
                }
            }
        }
        return open;
    }
}
