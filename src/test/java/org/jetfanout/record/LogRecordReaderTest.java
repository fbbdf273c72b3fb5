package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.record.Fixture.GUID;
import static org.jetfanout.record.Fixture.frame;
import static org.jetfanout.record.Fixture.plan;
import static org.jetfanout.record.Fixture.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.log.LogRecord;
import org.jetfanout.log.Redaction;
import org.jetfanout.log.Stream;
import org.jetfanout.runner.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogRecordReaderTest {
    @TempDir Path runs;

    private RunRecord record;
    private final Map<Place, Long> ends = new HashMap<>();

    @BeforeEach
    void create() {
        record = RunRecord.create(runs, GUID);
        record.plan(plan(2, 2));
    }

    @AfterEach
    void close() {
        record.close();
    }

    private LogRecordReader reader() {
        return new LogRecordReader(record, Redaction.defaults(), ends);
    }

    private List<LogRecord> all(LogRecordReader reader, int mostRecords, int mostBytes) {
        List<LogRecord> all = new ArrayList<>();
        Records records = reader.next(mostRecords, mostBytes);
        while (!records.records().isEmpty()) {
            all.addAll(records.records());
            ends.putAll(records.ends());
            records = reader.next(mostRecords, mostBytes);
        }
        return all;
    }

    private List<LogRecord> all(LogRecordReader reader) {
        return all(reader, 1000, 1 << 20);
    }

    static JsonNode json(LogRecord record) {
        try {
            return Json.MAPPER.readTree(record.json());
        } catch (IOException e) {
            throw new AssertionError(new String(record.json(), UTF_8), e);
        }
    }

    @Test
    void everyStreamGivesRecords() {
        record.state("0001", "w1", BatchState.RUNNING, "");
        record.append(frame(1, 0, "… h1-1 => running\nplain\n"));
        record.append(
                frame(
                        1,
                        Stream.EVENTS,
                        0,
                        "{\"event\":\"TASK_FAILED\",\"host\":\"h1-2\",\"task\":\"t\",\"cmd_rc\":2}\n"
                                .getBytes(UTF_8)));
        record.result(result(1, BatchState.ENDED, Outcome.OK, Outcome.FAILED));
        List<LogRecord> all = all(reader());
        assertThat(all)
                .extracting(LogRecord::id)
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
}
