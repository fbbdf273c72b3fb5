package org.jetfanout.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.testkit.Fixture.GUID;
import static org.jetfanout.testkit.Fixture.frame;
import static org.jetfanout.testkit.Fixture.plan;
import static org.jetfanout.testkit.Fixture.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Frame;
import org.jetfanout.record.Json;
import org.jetfanout.record.People;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.jetfanout.testkit.RecordSchema;
import org.jetfanout.text.Redaction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/records.md, its schema and the records themselves say the same. */
class RecordsPageTest {
    private static final Path DOCS = Path.of("docs/records.md");
    private static final Path ANSIBLE = Path.of("src/test/resources/ansible/recordings");
    private static final Path RECORDINGS = Path.of("src/test/resources/jetp/recordings");
    private static final Map<String, String> JSON_TYPES =
            Map.of(
                    "text", "string",
                    "keyword", "string",
                    "long", "integer",
                    "date", "date",
                    "boolean", "boolean");

    @TempDir Path runs;

    private List<LogDocument> records;

    /** All that real runs of jetp said, and what they did not say. */
    @BeforeEach
    void makeRecords() throws IOException {
        try (RunRecord record = RunRecord.create(runs, GUID);
                java.util.stream.Stream<Path> files = Files.list(RECORDINGS)) {
            record.storeRequest(Map.of("runner", "jetp", "startedBy", "ann"));
            record.storePlan(withHostsOfRecordings(plan(2, 3)));
            record.storeState("0001", "w1", BatchState.RECONNECTING, "connection reset");
            People.note(record.folder(), "ann", "cancelled");
            byte[] text = {};
            String unusual =
                    """
                    {"event":"SUMMARY","summary":{"removed_ct":1,"removed_hosts":1,"x":{}},"y":1}
                    no JSON
                    """;
            byte[] events = unusual.getBytes(UTF_8);
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".stdout")) {
                    text = joined(text, Files.readAllBytes(file));
                } else if (name.endsWith(".jetlog")) {
                    events = joined(events, Files.readAllBytes(file));
                }
            }
            record.append(frame(1, Stream.OUTPUT, 0, text));
            record.append(frame(1, Stream.EVENTS, 0, events));
            record.append(frame(2, 0, "x".repeat((1 << 20) + 1)));
            Outcome[] each = Outcome.values();
            record.storeResult(result(1, BatchState.ENDED, each));
            record.storeResult(result(2, BatchState.LOST, Outcome.UNFINISHED));
            Files.writeString(
                    record.folder().resolve("jet-fanout.log"),
                    "2026-01-02T03:04:05.678Z WARN  "
                            + GUID
                            + " [w1 0001] o.j.ssh.Login - refused\n"
                            + "java.io.IOException: refused\n");
            records = new ArrayList<>();
            read(record);
        }
        addEvents(
                "exec",
                2,
                """
                {"event":"task","name":"uptime"}
                {"event":"failed","host":"h","rc":2,"reason":"no such file"}
                {"event":"ok","host":"h","rc":0,"more":[1]}
                """);
        StringBuilder events =
                new StringBuilder(
                        """
                        {"event":"jet_error","of":"runner_on_ok","error":"KeyError","new":[1]}
                        {"event":"runner_on_ok","host":"h","role":"web","delegate_to":"d","attempts":2,"stdout":"x"}
                        """);
        try (java.util.stream.Stream<Path> files = Files.walk(ANSIBLE)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".events")).toList()) {
                events.append(Files.readString(file));
            }
        }
        addEvents("ansible-playbook", 3, events.toString());
    }

    /** Adds the records of a run of another runner. */
    private void addEvents(String runner, int number, String events) throws IOException {
        String guid = GUID.substring(0, GUID.length() - 1) + number;
        try (RunRecord record = RunRecord.create(runs, guid)) {
            record.storeRequest(Map.of("runner", runner));
            Plan plan = plan(2, 3);
            record.storePlan(new Plan(guid, plan.batches(), plan.unmatched()));
            byte[] bytes = events.getBytes(UTF_8);
            record.append(new Frame(guid, "0001", "w1", Stream.EVENTS, 0, bytes, Instant.EPOCH));
            read(record);
        }
    }

    private void read(RunRecord record) throws IOException {
        try (LogDocumentReader reader =
                new LogDocumentReader(record, Redaction.defaults(), Map.of())) {
            reader.end();
            LogDocuments some = reader.next(100, 1 << 20);
            while (!some.documents().isEmpty()) {
                records.addAll(some.documents());
                some = reader.next(100, 1 << 20);
            }
        }
    }

    private static Plan withHostsOfRecordings(Plan plan) {
        Batch first = plan.batches().get(0);
        List<String> hosts = new ArrayList<>(first.hosts());
        IntStream.range(1, 255).forEach(n -> hosts.add("127.0.0." + n));
        List<Batch> batches = new ArrayList<>(plan.batches());
        batches.set(0, new Batch(first.id(), first.worker(), hosts));
        return new Plan(plan.guid(), batches, plan.unmatched());
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    /** Type by field. */
    private static Map<String, String> table() throws IOException {
        Map<String, String> table = new TreeMap<>();
        for (List<String> row : rows("| field |")) {
            assertThat(row).as("%s", row).hasSize(4);
            assertThat(row.get(2)).as("the example of %s", row.get(0)).isNotEmpty();
            assertThat(table.put(row.get(0), row.get(1))).as(row.get(0)).isNull();
        }
        return table;
    }

    private static List<List<String>> rows(String head) throws IOException {
        List<String> lines = Files.readAllLines(DOCS);
        int begin = lines.indexOf(lines.stream().filter(l -> l.startsWith(head)).findFirst().get());
        return lines.stream()
                .skip(begin + 2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> List.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1)))
                .map(cells -> cells.stream().map(String::strip).toList())
                .toList();
    }

    @Test
    void tableAndSchemaHaveTheSameFieldsAndTypes() throws IOException {
        Map<String, String> table = table();
        table.replaceAll((field, type) -> JSON_TYPES.get(type));
        assertThat(table).isEqualTo(RecordSchema.fields());
    }

    @Test
    void everyRecordIsAsTheSchemaSays() {
        assertThat(records).hasSizeGreaterThan(1000).allSatisfy(RecordSchema::check);
        assertThat(records).extracting(LogDocument::id).doesNotHaveDuplicates();
    }

    @Test
    void everyFieldOfTheTableIsWrittenAndNoOther() throws IOException {
        Map<String, String> written = new TreeMap<>();
        for (LogDocument document : records) {
            RecordSchema.paths("", Json.mapper().readTree(document.json()), written);
        }
        assertThat(written.keySet()).isEqualTo(table().keySet());
    }

    @Test
    void everyStreamIsInTheTable() throws IOException {
        Set<String> written = new HashSet<>();
        records.forEach(document -> written.add("jetfanout." + document.stream()));
        assertThat(rows("| event.dataset |"))
                .extracting(row -> row.get(0))
                .containsExactlyInAnyOrderElementsOf(written);
    }

    @Test
    void theExampleIsARecord() throws IOException {
        String example =
                String.join(
                                "\n",
                                Files.readAllLines(DOCS).stream()
                                        .filter(line -> line.startsWith("    "))
                                        .toList())
                        .replace("3f2a0c1e-…", GUID);
        JsonNode json = Json.mapper().readTree(example);
        Map<String, String> paths = new TreeMap<>();
        RecordSchema.paths("", json, paths);
        assertThat(table().keySet()).containsAll(paths.keySet());
        LogDocument failed =
                records.stream()
                        .filter(one -> one.message().endsWith(" => failed"))
                        .findFirst()
                        .orElseThrow();
        Map<String, String> real = new TreeMap<>();
        RecordSchema.paths("", Json.mapper().readTree(failed.json()), real);
        assertThat(paths.keySet()).isEqualTo(real.keySet());
    }
}
