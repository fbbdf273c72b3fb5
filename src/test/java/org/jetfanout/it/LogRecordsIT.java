package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.logs.LogDocumentReader;
import org.jetfanout.logs.LogDocuments;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.Runs;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.RecordSchema;
import org.jetfanout.testkit.Site;
import org.jetfanout.text.Redaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The log records of a whole run, hosts of all sorts. */
class LogRecordsIT {
    private static final int CHATTER = 5000;

    @RegisterExtension static final Fleet fleet = Fleet.start(82, 2);

    @TempDir private Path folder;

    @Test
    void everyRecordOfAWholeRunIsAsTheSchemaSaysAndNoneIsMissing() throws IOException {
        Site site = new Site(fleet, folder);
        site.behave("h02", "unreachable").behave("h03", "fail").behave("h04", "error");
        site.behave("h05", "ignored").behave("h06", "chatty:" + CHATTER).behave("h07", "binary");
        site.behave("h08", "long:1500000");
        site.hostVars("h09", "stand_in: ok\ndb_password: hunter2-of-the-variables\n");
        Program.Ended run = site.run("-e", "{\"api_token\": \"hunter2-of-the-command-line\"}");
        assertThat(run.exit()).as("%s", run).isEqualTo(6);

        List<LogDocument> records = new ArrayList<>();
        try (RunRecord record = new Runs(run.runs()).open(run.guid());
                LogDocumentReader reader =
                        new LogDocumentReader(record, Redaction.defaults(), Map.of())) {
            reader.end();
            LogDocuments some = reader.next(500, 1 << 20);
            while (!some.documents().isEmpty()) {
                records.addAll(some.documents());
                some = reader.next(500, 1 << 20);
            }
            assertThat(reader.backlog().bytes()).isZero();
        }

        assertThat(records).allSatisfy(RecordSchema::check);
        assertThat(records).extracting(LogDocument::id).doesNotHaveDuplicates();
        assertThat(records).extracting(LogDocument::guid).containsOnly(run.guid());
        assertThat(records)
                .allSatisfy(
                        one -> {
                            String json = new String(one.json(), StandardCharsets.UTF_8);
                            assertThat(json).doesNotContain("hunter2", "\\u001b");
                        });
        Map<String, Long> last = new HashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (LogDocument document : records) {
            String place = document.id().substring(0, document.id().lastIndexOf(':'));
            assertThat(document.offset()).isGreaterThan(last.getOrDefault(place, -1L));
            last.put(place, document.offset());
            counts.merge(place.substring(run.guid().length() + 1), 1, Integer::sum);
        }
        // as many as on the workers; the line of 1.5 MB is two
        for (int worker = 1; worker <= 2; worker++) {
            String batch = "000" + worker;
            Path job = fleet.job(worker, run.guid(), batch);
            assertThat(counts.get(batch + ":events")).isEqualTo(lines(job.resolve("events.log")));
            long pieces =
                    records.stream()
                            .filter(one -> one.batch().equals(batch))
                            .filter(one -> RecordSchema.check(one).at("/labels").has("cut"))
                            .count();
            assertThat(counts.get(batch + ":output") - pieces)
                    .isEqualTo(lines(job.resolve("output.log")));
        }
        assertThat(records)
                .filteredOn(one -> one.message().contains(" h06 : line "))
                .hasSize(CHATTER)
                .extracting(LogDocument::host)
                .containsOnly("h06");
        assertThat(counts).containsEntry("-:results", 12).containsEntry("-:batches", 2);
        assertThat(counts.get("-:states")).isEqualTo(run.records("states.ndjson").size());
        assertThat(counts.get("-:log")).isEqualTo(lines(run.record("jet-fanout.log")));
        assertThat(records)
                .filteredOn(one -> one.stream().equals("results") && one.isFailure())
                .extracting(LogDocument::host)
                .containsExactlyInAnyOrder("h02", "h03", "h04");
        // the own log's pattern is the one that its records are taken from
        assertThat(records)
                .filteredOn(one -> one.stream().equals("log"))
                .first()
                .satisfies(
                        one -> {
                            String logger = RecordSchema.check(one).at("/log/logger").asText();
                            assertThat(logger).isNotEmpty();
                            assertThat(one.message()).doesNotContain(run.guid() + " [");
                        });
    }

    private static int lines(Path file) throws IOException {
        int lines = 0;
        for (byte b : Files.readAllBytes(file)) {
            lines += b == '\n' ? 1 : 0;
        }
        return lines;
    }
}
