package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.stores.OpenSearchServer;
import org.jetfanout.testkit.stores.SearchServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Kibana dashboard: its saved objects hang together, and its searches, made of them as Kibana
 * makes them, say of a real run's records in a real OpenSearch what came of it.
 */
final class KibanaDashboardIT {
    private static final Path OBJECTS = Path.of("dashboards/kibana/jet-fanout.ndjson");
    private static final String INDEX = "logs-jetfanout.run-dashboard";
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension static final Fleet fleet = Fleet.start(44, 2);

    @TempDir private static Path folder;

    private static SearchServer server;
    private static Program.Ended run;
    private static final Map<String, JsonNode> objects = new LinkedHashMap<>();

    @BeforeAll
    static void aRunWithHostsOfAllSorts() throws IOException {
        for (String line : Files.readAllLines(OBJECTS)) {
            JsonNode object = JSON.readTree(line);
            assertThat(objects.put(object.path("id").asText(), object)).isNull();
        }
        server = OpenSearchServer.shared();
        Site site = new Site(fleet, folder);
        site.behave("h02", "unreachable").behave("h03", "fail").behave("h04", "error");
        site.behave("h05", "slow:10");
        run =
                site.environment("JET_FANOUT_ELASTICSEARCH_URL", server.url().toString())
                        .environment("JET_FANOUT_ELASTICSEARCH_INDEX", INDEX)
                        .environment("JET_FANOUT_ELASTICSEARCH_INSTALL_TEMPLATE", "true")
                        .run("--sink", "elasticsearch", "--sink-wait", "100s");
        assertThat(run.exit()).as("%s", run).isEqualTo(6);
        server.ask("POST", "/" + INDEX + "/_refresh", "");
    }

    @Test
    void everyObjectIsWholeAndRefersToOneThatIsThere() throws IOException {
        Map<String, String> versions =
                Map.of(
                        "index-pattern", "7.6.0",
                        "search", "7.9.3",
                        "visualization", "7.10.0",
                        "dashboard", "7.9.3");
        for (JsonNode object : objects.values()) {
            String type = object.path("type").asText();
            assertThat(object.path("migrationVersion").path(type).asText())
                    .isEqualTo(versions.get(type));
            Set<String> names = new TreeSet<>();
            for (JsonNode reference : object.path("references")) {
                names.add(reference.path("name").asText());
                JsonNode target = objects.get(reference.path("id").asText());
                assertThat(target).as("%s", reference).isNotNull();
                assertThat(target.path("type")).isEqualTo(reference.path("type"));
            }
            assertThat(names).isEqualTo(referredTo(object));
        }
        JsonNode pattern = objects.get("jetfanout-records").path("attributes");
        assertThat(pattern.path("title").asText()).isEqualTo("logs-jetfanout.*");
        assertThat(pattern.path("timeFieldName").asText()).isEqualTo("@timestamp");
    }

    /** Names of references in the texts of an object. */
    private static Set<String> referredTo(JsonNode object) throws IOException {
        JsonNode attributes = object.path("attributes");
        Set<String> names = new TreeSet<>();
        if (attributes.has("kibanaSavedObjectMeta")) {
            JsonNode source = source(object);
            if (source.has("indexRefName")) {
                names.add(source.path("indexRefName").asText());
            }
        }
        if (attributes.has("panelsJSON")) {
            for (JsonNode panel : JSON.readTree(attributes.path("panelsJSON").asText())) {
                names.add(panel.path("panelRefName").asText());
                assertThat(panel.path("gridData").path("i")).isEqualTo(panel.path("panelIndex"));
                assertThat(
                                panel.path("gridData").path("x").asInt()
                                        + panel.path("gridData").path("w").asInt())
                        .isLessThanOrEqualTo(48);
            }
        }
        return names;
    }

    @Test
    void runs() throws IOException {
        List<Map<String, String>> rows = rows("jetfanout-runs");
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0))
                .containsEntry("Run", run.guid())
                .containsEntry("Hosts", "12.0")
                .containsEntry("Changed", "9.0")
                .containsEntry("Failed", "2.0")
                .containsEntry("Unreachable", "1.0")
                .containsEntry("Ok", "0.0");
    }

    @Test
    void hostsByOutcomeOverTime() throws IOException {
        Map<String, Integer> hosts = new TreeMap<>();
        rows("jetfanout-hosts-by-outcome")
                .forEach(
                        row ->
                                hosts.merge(
                                        row.get("Outcome"),
                                        Integer.parseInt(row.get("Hosts")),
                                        Integer::sum));
        assertThat(hosts).isEqualTo(Map.of("changed", 9, "failed", 2, "unreachable", 1));
    }

    @Test
    void slowestHosts() throws IOException {
        List<Map<String, String>> rows = rows("jetfanout-slowest-hosts");
        assertThat(rows.get(0)).containsEntry("Host", "h05");
        assertThat(Double.parseDouble(rows.get(0).get("Longest task")))
                // its task takes 10 s from line to line, those of others less than 1 s; a busy
                // machine may read the first line late
                .isGreaterThan(3e9);
        assertThat(rows.get(0).get("Worker")).isIn("w1", "w2");
    }

    @Test
    void failuresByTaskAndWorker() throws IOException {
        List<Map<String, String>> rows = rows("jetfanout-failures");
        assertThat(rows)
                .allSatisfy(row -> assertThat(row).containsEntry("Task", "first task"))
                .allSatisfy(row -> assertThat(row.get("Worker")).isIn("w1", "w2"));
        assertThat(rows.stream().mapToInt(row -> Integer.parseInt(row.get("Hosts"))).sum())
                .isEqualTo(2);
    }

    @Test
    void whyHostsFailed() throws IOException {
        List<Map<String, String>> rows = rows("jetfanout-reasons");
        assertThat(rows).extracting(row -> row.get("Outcome")).contains("failed");
        assertThat(rows).allSatisfy(row -> assertThat(row.get("Reason")).isNotBlank());
    }

    @Test
    void linesOfOneRun() throws IOException {
        JsonNode search = objects.get("jetfanout-lines");
        ObjectNode body = query(search, "labels.guid:\"" + run.guid() + "\"");
        for (JsonNode sort : search.path("attributes").path("sort")) {
            body.withArray("sort").addObject().put(sort.get(0).asText(), sort.get(1).asText());
        }
        body.put("size", 10_000);
        List<String> messages = new ArrayList<>();
        Set<String> fields = new TreeSet<>();
        for (JsonNode hit : ask(body).path("hits").path("hits")) {
            messages.add(hit.path("_source").path("message").asText());
            flatten("", hit.path("_source"), fields);
        }
        long lines = 0;
        for (String batch : List.of("0001", "0002")) {
            lines += Files.readAllLines(run.record("output/" + batch + ".log")).size();
        }
        assertThat(messages).hasSize((int) lines).anyMatch(line -> line.contains("h03 => failed"));
        assertThat(fields).containsAll(strings(search.path("attributes").path("columns")));
        body.remove("query");
        body.setAll(query(search, "labels.guid:\"another\""));
        assertThat(ask(body).path("hits").path("hits")).isEmpty();
    }

    private static List<String> strings(JsonNode array) {
        List<String> all = new ArrayList<>();
        array.forEach(one -> all.add(one.asText()));
        return all;
    }

    private static void flatten(String prefix, JsonNode of, Set<String> fields) {
        of.properties()
                .forEach(
                        entry -> {
                            fields.add(prefix + entry.getKey());
                            flatten(prefix + entry.getKey() + ".", entry.getValue(), fields);
                        });
    }

    /** What a classic visualization shows: a row for each innermost bucket, values by label. */
    private static List<Map<String, String>> rows(String id) throws IOException {
        JsonNode object = objects.get(id);
        JsonNode state = JSON.readTree(object.path("attributes").path("visState").asText());
        assertThat(state.path("title")).isEqualTo(object.path("attributes").path("title"));
        List<JsonNode> metrics = new ArrayList<>();
        List<JsonNode> buckets = new ArrayList<>();
        for (JsonNode agg : state.path("aggs")) {
            (agg.path("schema").asText().equals("metric") ? metrics : buckets).add(agg);
        }
        ObjectNode body = query(object, "*");
        body.put("size", 0);
        ObjectNode at = body;
        for (JsonNode bucket : buckets) {
            at = add(at, bucket, metrics);
        }
        List<Map<String, String>> rows = new ArrayList<>();
        collect(ask(body).path("aggregations"), buckets, 0, metrics, new HashMap<>(), rows);
        assertThat(rows).as(id).isNotEmpty();
        return rows;
    }

    /** Adds a level of buckets, each with all metrics. */
    private static ObjectNode add(ObjectNode at, JsonNode bucket, List<JsonNode> metrics) {
        JsonNode params = bucket.path("params");
        ObjectNode level = at.withObject("/aggs").putObject(bucket.path("id").asText());
        String type = bucket.path("type").asText();
        ObjectNode of = level.putObject(type).put("field", params.path("field").asText());
        if (type.equals("terms")) {
            of.put("size", params.path("size").asInt());
            of.putObject("order")
                    .put(
                            order(params.path("orderBy").asText(), metrics),
                            params.path("order").asText());
        } else {
            of.put("min_doc_count", 1).put("fixed_interval", "1s"); // auto: as the range is
        }
        for (JsonNode metric : metrics) {
            if (!metric.path("type").asText().equals("count")) {
                level.withObject("/aggs")
                        .putObject(metric.path("id").asText())
                        .putObject(metric.path("type").asText())
                        .put("field", metric.path("params").path("field").asText());
            }
        }
        return level;
    }

    private static String order(String by, List<JsonNode> metrics) {
        for (JsonNode metric : metrics) {
            if (metric.path("id").asText().equals(by)) {
                return metric.path("type").asText().equals("count") ? "_count" : by;
            }
        }
        assertThat(by).isEqualTo("_key");
        return by;
    }

    private static void collect(
            JsonNode aggregations,
            List<JsonNode> buckets,
            int depth,
            List<JsonNode> metrics,
            Map<String, String> row,
            List<Map<String, String>> rows) {
        JsonNode level = buckets.get(depth);
        for (JsonNode bucket : aggregations.path(level.path("id").asText()).path("buckets")) {
            Map<String, String> deeper = new HashMap<>(row);
            deeper.put(label(level), bucket.path("key").asText());
            if (depth + 1 < buckets.size()) {
                collect(bucket, buckets, depth + 1, metrics, deeper, rows);
                continue;
            }
            for (JsonNode metric : metrics) {
                deeper.put(
                        label(metric),
                        metric.path("type").asText().equals("count")
                                ? bucket.path("doc_count").asText()
                                : bucket.path(metric.path("id").asText()).path("value").asText());
            }
            rows.add(deeper);
        }
    }

    private static String label(JsonNode agg) {
        return agg.path("params").path("customLabel").asText(agg.path("type").asText());
    }

    private static JsonNode source(JsonNode object) throws IOException {
        return JSON.readTree(
                object.path("attributes")
                        .path("kibanaSavedObjectMeta")
                        .path("searchSourceJSON")
                        .asText());
    }

    /** An object's own query, and one that the people who look at it typed. */
    private static ObjectNode query(JsonNode object, String typed) throws IOException {
        JsonNode query = source(object).path("query");
        assertThat(query.path("language").asText()).isEqualTo("lucene");
        ObjectNode body = JSON.createObjectNode();
        var must = body.putObject("query").putObject("bool").putArray("must");
        for (String text : List.of(query.path("query").asText(), typed)) {
            must.addObject().putObject("query_string").put("query", text);
        }
        return body;
    }

    private static JsonNode ask(ObjectNode body) {
        return server.ask("POST", "/" + INDEX + "/_search", body.toString());
    }
}
