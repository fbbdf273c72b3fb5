package org.jetfanout.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.START;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.status.RunStatus;
import org.jetfanout.testkit.Fixture;
import org.jetfanout.testkit.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/record.md, run on a record. */
class RecordDocsTest {
    private static final Path DOCS = Path.of("docs/record.md");

    @TempDir Path runs;

    private Path folder;

    @BeforeEach
    void fill() {
        try (RunRecord record = RunRecord.create(runs, GUID)) {
            record.storeRequest(Map.of("playbooks", List.of("pb1.yml")));
            record.storePlan(plan(2, 1), batch -> List.of("jetp", "ssh"));
            for (int batch = 1; batch <= 2; batch++) {
                String id = "000" + batch;
                record.storeState(id, "w" + batch, BatchState.RUNNING, "");
                record.append(frame(batch, 0, "… h" + batch + "-2 => running\n"));
                record.append(
                        frame(
                                batch,
                                Stream.EVENTS,
                                0,
                                ("{\"event\":\"TASK_FAILED\",\"host\":\"h" + batch + "-2\"}\n")
                                        .getBytes(StandardCharsets.UTF_8)));
            }
            record.storeSignature(new RunEvent.Signed("w1", "SHA256:x", "ops", "", true, START));
            record.storeResult(result(1, BatchState.ENDED, Outcome.OK, Outcome.FAILED));
            record.storeResult(Fixture.allOk(2, 1));
            record.storeTallies(Map.of());
            record.storeOutcomes(Map.of());
            record.storeSummary(RunStatus.of(record)::writeTo);
            folder = record.folder();
        }
    }

    private static List<String> commands() throws IOException {
        return Files.readAllLines(DOCS).stream()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .toList();
    }

    private String run(String command) {
        Programs.Result result =
                Programs.run(Map.of(), "sh", "-c", "cd '" + folder + "' && " + command);
        assertThat(result.exit()).as("%s: %s", command, result.output()).isZero();
        return result.output();
    }

    @Test
    void eachCommandSaysSomething() throws IOException {
        assertThat(commands()).hasSizeGreaterThan(9);
        for (String command : commands()) {
            assertThat(run(command)).as(command).isNotBlank().doesNotContain("null");
        }
    }

    @Test
    void theySayWhatTheDocsPromise() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String command : commands()) {
            all.append(run(command));
        }
        assertThat(all.toString())
                .startsWith("2\n")
                .contains("w1 ended 1 failed\n")
                .contains("h1-2 failed: rc 2: no such file\n1\nw1\n")
                .contains("0001 ended " + START)
                .contains("… h1-2 => running\n")
                .contains("\"TASK_FAILED\"\n" + START + "\n")
                .contains("1 w1 ops true\n");
    }

    @Test
    void aTornLineIsPassedOver() throws IOException {
        Path states = folder.resolve("states.ndjson");
        Files.writeString(states, "{\"time\":\n" + Files.readString(states));
        String last = commands().get(commands().size() - 1);
        assertThat(run(last)).startsWith("\"running\"");
    }

    @Test
    void everyFileIsInTheTable() throws IOException {
        String docs = Files.readString(DOCS);
        try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile).toList())
                    .isNotEmpty()
                    .allSatisfy(
                            file ->
                                    assertThat(docs)
                                            .contains(
                                                    "| "
                                                            + folder.relativize(file)
                                                                    .toString()
                                                                    .replaceFirst(
                                                                            "output/000\\d",
                                                                            "output/BATCH")
                                                            + " |"));
        }
    }
}
