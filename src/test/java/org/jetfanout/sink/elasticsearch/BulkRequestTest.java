package org.jetfanout.sink.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.sink.HttpAnswer;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;
import org.jetfanout.testkit.stores.SampleRecords;
import org.junit.jupiter.api.Test;

/** Answers in which some records fare well and others do not. */
final class BulkRequestTest {
    private final List<LogDocument> records = SampleRecords.lines(0, 6);
    private final Map<LogDocument, String> refused = new LinkedHashMap<>();
    private final ElasticsearchDelivery delivery =
            new ElasticsearchDelivery(new Kept(), "elasticsearch", "http://es:9200");

    @Test
    void eachRecordByItsOwnStatus() {
        UndeliveredException later =
                catchThrowableOfType(
                        UndeliveredException.class,
                        () ->
                                answer(
                                        Map.of("retry-after", "3"),
                                        item(201, ""),
                                        item(429, "es_rejected_execution_exception"),
                                        item(400, "mapper_parsing_exception"),
                                        item(409, "version_conflict_engine_exception"),
                                        item(503, "unavailable_shards_exception"),
                                        item(403, "cluster_block_exception")));
        assertThat(later.rest()).containsExactly(records.get(1), records.get(4), records.get(5));
        assertThat(later.after()).contains(Duration.ofSeconds(3));
        assertThat(refused)
                .containsExactly(
                        Map.entry(records.get(2), "400 mapper_parsing_exception: because: so"));
    }

    @Test
    void stopsWhereNoRecordMayBeWritten() {
        for (int status : new int[] {401, 403, 404}) {
            assertThatThrownBy(
                            () ->
                                    answer(
                                            Map.of(),
                                            item(status, "security_exception"),
                                            item(201, ""),
                                            item(201, ""),
                                            item(201, ""),
                                            item(201, ""),
                                            item(201, "")))
                    .isInstanceOf(SinkStoppedException.class)
                    .hasMessageContaining("http://es:9200 answers " + status)
                    .hasMessageContaining("security_exception: because: so");
        }
        assertThat(refused).isEmpty();
    }

    @Test
    void whatIsNoAnswerLosesNothing() {
        String other = "{\"index\":{\"status\":201}}";
        UndeliveredException later =
                catchThrowableOfType(
                        UndeliveredException.class,
                        () ->
                                answer(
                                        Map.of(),
                                        "{}",
                                        "7",
                                        "null",
                                        item(0, ""),
                                        other,
                                        item(302, "")));
        assertThat(later.rest()).isEqualTo(records);
        assertThat(refused).isEmpty();
    }

    @Test
    void allThatIsDueComesAgainWithTheFirstThatFails() throws Exception {
        delivery.addLast(new BulkRequest("i", records));
        delivery.answered(new HttpAnswer(413, Map.of(), new byte[0]));
        assertThat(delivery.next().documents()).isEqualTo(records.subList(0, 3));
        assertThatThrownBy(() -> delivery.answered(new HttpAnswer(500, Map.of(), new byte[0])))
                .isInstanceOfSatisfying(
                        UndeliveredException.class,
                        later -> assertThat(later.rest()).isEqualTo(records));
    }

    @Test
    void anIdIsQuoted() {
        LogDocument odd = SampleRecords.line(7, "x");
        BulkRequest request = new BulkRequest("i", List.of(odd));
        assertThat(new String(request.body(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"create\":{\"_id\":\""
                                + odd.id()
                                + "\"}}\n"
                                + new String(odd.json(), StandardCharsets.UTF_8)
                                + "\n");
    }

    private void answer(Map<String, String> headers, String... items) throws Exception {
        delivery.addLast(new BulkRequest("i", records));
        String body = "{\"errors\":true,\"items\":[" + String.join(",", items) + "]}";
        delivery.answered(new HttpAnswer(200, headers, body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String item(int status, String error) {
        String said =
                error.isEmpty()
                        ? ""
                        : ",\"error\":{\"type\":\""
                                + error
                                + "\",\"reason\":\"because\",\"caused_by\":{\"reason\":\"so\"}}";
        return "{\"create\":{\"status\":" + status + said + "}}";
    }

    private final class Kept implements SinkDelivery {
        @Override
        public String sink() {
            return "elasticsearch";
        }

        @Override
        public String guid() {
            return "the-guid";
        }

        @Override
        public List<LogDocument> documents() {
            return new ArrayList<>(records);
        }

        @Override
        public void refuse(LogDocument document, String reason) {
            refused.put(document, reason);
        }
    }
}
