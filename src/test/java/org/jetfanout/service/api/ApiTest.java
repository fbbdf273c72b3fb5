package org.jetfanout.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.service.RecordedRun.START;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.record.BatchState;
import org.jetfanout.runner.Outcome;
import org.jetfanout.service.RecordedRun;
import org.jetfanout.service.ServedRuns;
import org.jetfanout.token.Scope;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiTest {
    private static final String DONE = "aaaaaaaa-0000-4000-8000-000000000001";
    private static final String GOES = "bbbbbbbb-0000-4000-8000-000000000002";
    private static final String TEMPLATES =
            """
            templates:
              deploy:
                description: Deploys a version
                command: [exec, --inventory, /srv/inventory, --, "deploy {version}"]
                variables: {version: {pattern: "[0-9.]+", default: "1.0"}}
                limit: true
                schedule: {cron: "0 3 * * *", zone: Europe/Berlin}
              other:
                command: [exec, --inventory, /srv/inventory, --, uptime]
            """;
    private static final Path API = Path.of("src/service/resources/org/jetfanout/service/api");
    private static final Map<String, String> READS =
            Map.ofEntries(
                    Map.entry("api-runs", "/runs?limit=1&state=ended"),
                    Map.entry("api-run", "/runs/" + DONE),
                    Map.entry("api-plan", "/runs/" + DONE + "/plan"),
                    Map.entry("api-hosts", "/runs/" + DONE + "/hosts?limit=2"),
                    Map.entry("api-host", "/runs/" + DONE + "/hosts/host1-00002"),
                    Map.entry("api-workers", "/runs/" + DONE + "/workers"),
                    Map.entry("api-lines", "/runs/" + DONE + "/lines"),
                    Map.entry("api-signatures", "/runs/" + DONE + "/signatures"),
                    Map.entry("api-timeline", "/runs/" + DONE + "/timeline"),
                    Map.entry("api-records", "/runs/" + DONE + "/records"),
                    Map.entry("api-output", "/runs/" + DONE + "/output"),
                    Map.entry("api-templates", "/templates"),
                    Map.entry("api-template", "/templates/deploy"));
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private ServedRuns served;
    private RecordedRun done;
    private RecordedRun goes;

    @BeforeAll
    void begin() throws IOException {
        served = new ServedRuns(folder, 10, TEMPLATES);
        Path runs = served.runs();
        done =
                new RecordedRun(runs, DONE)
                        .request(Map.of("startedBy", "anna", "startedFrom", "deploy"))
                        .plan(2, 3);
        done.says(1, "first\nsecond\n").later(Duration.ofSeconds(2)).says(2, "third\n");
        done.ends(
                1,
                BatchState.ENDED,
                RecordedRun.result("host1-00002", Outcome.FAILED, "rc 2: <b>no</b> host1-00002"));
        done.ends(2, BatchState.ENDED, Map.of());
        done.end();
        goes = new RecordedRun(runs, GOES, START.plusSeconds(60)).request(Map.of()).plan(1, 2);
        goes.state(1, BatchState.RUNNING).says(1, "it goes on\n");
    }

    @AfterAll
    void end() {
        served.close();
        done.close();
        goes.close();
    }

    private HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    private HttpResponse<String> post(String path, String body) {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private URI uri(String path) {
        return served.uri(path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        return send(served.token(), request);
    }

    private HttpResponse<String> send(String token, HttpRequest.Builder request) {
        try {
            return client.send(
                    request.timeout(Duration.ofSeconds(60))
                            .header("Authorization", "Bearer " + token)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode json(String path) {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        return read(answer.body());
    }

    private static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(body, e);
        }
    }

    private void problem(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
        JsonNode problem = read(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asText()).isNotEmpty();
        assertThat(problem.path("detail").asText()).contains(detail);
        assertThat(answer.body()).doesNotContain("Exception", "at org.", folder.toString());
    }

    @Test
    void listsAndFiltersRuns() {
        JsonNode all = json("/runs");
        assertThat(all.findValuesAsText("guid")).containsExactly(GOES, DONE);
        assertThat(all.path("total").asInt()).isEqualTo(2);
        JsonNode run = all.path("runs").path(1);
        assertThat(run.path("state").asText()).isEqualTo("ended");
        assertThat(run.path("exitCode").asInt()).isEqualTo(2);
        assertThat(run.path("startedBy").asText()).isEqualTo("anna");
        assertThat(run.path("template").asText()).isEqualTo("deploy");
        assertThat(run.path("title").asText()).isEqualTo("uptime");
        assertThat(run.path("totals").path("failed").asInt()).isEqualTo(1);
        assertThat(json("/runs?state=running,planning").findValuesAsText("guid"))
                .containsExactly(GOES);
        assertThat(json("/runs?state=running&state=ended").path("total").asInt()).isEqualTo(2);
        assertThat(json("/runs?result=trouble").findValuesAsText("guid")).containsExactly(DONE);
        assertThat(json("/runs?result=ok").path("total").asInt()).isZero();
        assertThat(json("/runs?who=ANN").findValuesAsText("guid")).containsExactly(DONE);
        assertThat(json("/runs?template=deploy").findValuesAsText("guid")).containsExactly(DONE);
        assertThat(json("/runs?since=2026-01-02T03:04:06Z").findValuesAsText("guid"))
                .containsExactly(GOES);
        assertThat(json("/runs?until=2026-01-02T04:04:06%2B01:00").findValuesAsText("guid"))
                .containsExactly(DONE);
        JsonNode first = json("/runs?limit=1");
        assertThat(first.findValuesAsText("guid")).containsExactly(GOES);
        assertThat(
                        json("/runs?limit=1&after=" + first.path("next").asText())
                                .findValuesAsText("guid"))
                .containsExactly(DONE);
    }

    @Test
    void showsARun() {
        JsonNode view = json("/runs/" + DONE);
        assertThat(view.path("run").path("guid").asText()).isEqualTo(DONE);
        assertThat(view.path("request").path("command").asText()).isEqualTo("uptime");
        assertThat(view.path("can").path("rerunFailed").asInt()).isEqualTo(1);
        assertThat(view.path("can").path("cancel").asInt()).isZero();
        assertThat(json("/runs/" + GOES).path("can").path("cancel").asInt()).isEqualTo(2);
        assertThat(json("/runs/" + GOES).path("states").path("running").asInt()).isEqualTo(1);
        assertThat(json("/runs/" + DONE + "/plan").path("batches").path(1).path("ranges").asText())
                .isEqualTo("host2-[00001-00003]");
        assertThat(json("/runs/" + DONE + "/workers").path("workers").findValuesAsText("worker"))
                .containsExactly("w1", "w2");
        assertThat(json("/runs/" + DONE + "/signatures").path("total").asInt()).isZero();
        assertThat(json("/runs/" + DONE + "/timeline").path("points").size()).isEqualTo(3);
    }

    @Test
    void showsHosts() {
        JsonNode view = json("/runs/" + DONE + "/hosts");
        assertThat(view.path("groups").findValuesAsText("outcome")).containsExactly("failed", "ok");
        assertThat(view.path("groups").path(0).path("reasons").path(0).path("reason").asText())
                .isEqualTo("rc 2: <b>no</b> <host>");
        assertThat(view.path("hosts").path(0).path("host").asText()).isEqualTo("host1-00002");
        JsonNode page = json("/runs/" + DONE + "/hosts?outcome=ok&limit=2");
        assertThat(page.path("matched").asInt()).isEqualTo(5);
        assertThat(
                        json("/runs/"
                                        + DONE
                                        + "/hosts?outcome=ok&limit=9&after="
                                        + page.path("next").asText())
                                .path("hosts")
                                .size())
                .isEqualTo(3);
        assertThat(json("/runs/" + DONE + "/hosts?host=HOST2&worker=w2").path("matched").asInt())
                .isEqualTo(3);
        assertThat(json("/runs/" + DONE + "/hosts/host1-00002").path("outcome").asText())
                .isEqualTo("failed");
        assertThat(json("/runs/" + GOES + "/hosts").path("groups").findValuesAsText("outcome"))
                .containsExactly("running");
        problem(get("/runs/" + DONE + "/hosts/nobody"), 404, "no host nobody");
    }

    @Test
    void showsLinesRecordsAndOutput() {
        JsonNode view = json("/runs/" + DONE + "/lines");
        assertThat(view.path("lines").findValuesAsText("text"))
                .containsExactly("first", "second", "third");
        assertThat(view.path("complete").asBoolean()).isTrue();
        assertThat(
                        json("/runs/" + DONE + "/lines?before=99&limit=1")
                                .path("lines")
                                .findValuesAsText("text"))
                .containsExactly("third");
        assertThat(
                        json("/runs/" + DONE + "/lines?pattern=%5Esec")
                                .path("lines")
                                .findValuesAsText("text"))
                .containsExactly("second");
        assertThat(json("/runs/" + GOES + "/lines?from=5").path("lines").size()).isZero();
        HttpResponse<String> records = get("/runs/" + DONE + "/records");
        assertThat(records.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(records.body().lines().map(line -> read(line).path("message").asText()))
                .contains("first", "third", "host1-00001: ok");
        assertThat(get("/runs/" + DONE + "/output").body())
                .isEqualTo(
                        "2026-01-02T03:04:05.000Z w1: first\n2026-01-02T03:04:05.000Z w1: second\n2026-01-02T03:04:07.000Z w2: third\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/runs/nobody",
                "/runs/..%2f..%2f..%2fetc",
                "/runs/%2e%2e/lines",
                "/runs/last",
                "/runs/x%00y",
                "/runs/aaaaaaaa",
                "/templates/none",
                "/no/such/path"
            })
    void saysWhatIsNotThere(String path) {
        problem(get(path), 404, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/runs?limit=0",
                "/runs?limit=501",
                "/runs?limit=x",
                "/runs?limit=99999999999999999999",
                "/runs?limit=1&limit=2",
                "/runs?state=dead",
                "/runs?since=yesterday",
                "/runs?after=nonsense",
                "/runs?nosuch=1",
                "/runs?text=%00",
                "/runs/" + DONE + "/lines?from=0",
                "/runs/" + DONE + "/lines?from=-1",
                "/runs/" + DONE + "/lines?from=1&before=1",
                "/runs/" + DONE + "/lines?limit=2001",
                "/runs/" + DONE + "/lines?pattern=(",
                "/runs/" + DONE + "/lines?level=bad",
                "/runs/" + DONE + "/plan?after=x",
                "/runs/" + DONE + "/hosts?after=1",
                "/runs/" + DONE + "/workers?limit=1"
            })
    void refusesWrongParameters(String path) {
        problem(get(path), 400, "");
    }

    @Test
    void namesTheParameterThatIsWrong() {
        problem(get("/runs?limitt=1"), 400, "unknown parameter 'limitt'");
        problem(get("/runs?limit=501"), 400, "limit must be a number from 1 to 500, not '501'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{\"args\": 1}",
                "{\"args\": [1]}",
                "{\"template\": 1}",
                "{\"template\": \"x\", \"args\": []}",
                "{\"template\": \"x\", \"template\": \"y\"}",
                "{\"args\": [], \"nosuch\": 1}",
                "{\"args\": [], \"limit\": \"a\"}",
                "{\"template\": \"x\", \"variables\": {\"a\": {}}}",
                "{\"template\": \"none\"}",
                "{} {}"
            })
    void refusesWrongBodies(String body) {
        HttpResponse<String> answer = post("/runs", body);
        assertThat(answer.statusCode()).as(body + answer.body()).isIn(400, 404, 422);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
    }

    @Test
    void refusesOtherMethodsTypesAndLongBodies() {
        assertThat(send(HttpRequest.newBuilder(uri("/runs")).DELETE()).statusCode()).isEqualTo(405);
        problem(
                send(
                        HttpRequest.newBuilder(uri("/runs"))
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))),
                415,
                "application/json");
        assertThat(post("/runs", "{\"args\": [\"" + "x".repeat(2 << 20) + "\"]}").statusCode())
                .isEqualTo(413);
        assertThat(post("/runs/" + DONE + "/rerun", "{\"outcomes\": [\"ok\"]}").statusCode())
                .isEqualTo(422);
        assertThat(post("/runs/" + DONE + "/rerun", "{}").statusCode()).isEqualTo(422);
        problem(post("/runs/" + DONE + "/approve", "{\"wave\": 2}"), 409, "no wave waits");
    }

    @Test
    void showsTemplates() {
        JsonNode all = json("/templates");
        assertThat(all.path("templates").findValuesAsText("concurrency")).hasSize(2);
        JsonNode deploy = json("/templates/deploy");
        assertThat(deploy.path("variables").path(0).path("preset").asText()).isEqualTo("1.0");
        assertThat(deploy.path("schedule").asText()).isEqualTo("0 3 * * * (Europe/Berlin)");
        assertThat(deploy.path("next").asText()).contains("T");
        problem(
                post("/runs", "{\"template\": \"deploy\", \"variables\": {\"versoin\": \"2\"}}"),
                422,
                "versoin");
    }

    @Test
    void showsACallerWithTemplatesOnlyTheirRuns() {
        String some =
                served.token("some", Set.of(Scope.READ, Scope.RUN), Optional.of(Set.of("deploy")));
        assertThat(
                        read(send(some, HttpRequest.newBuilder(uri("/runs"))).body())
                                .findValuesAsText("guid"))
                .containsExactly(DONE);
        assertThat(send(some, HttpRequest.newBuilder(uri("/runs/" + DONE))).statusCode())
                .isEqualTo(200);
        for (String path : List.of("", "/lines", "/hosts", "/records", "/stream")) {
            problem(send(some, HttpRequest.newBuilder(uri("/runs/" + GOES + path))), 404, "no run");
        }
        assertThat(
                        read(send(some, HttpRequest.newBuilder(uri("/templates"))).body())
                                .path("templates")
                                .size())
                .isEqualTo(1);
        HttpRequest.Builder start =
                HttpRequest.newBuilder(uri("/runs"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"args\": [\"exec\"]}"));
        problem(send(some, start), 403, "");
        problem(
                send(
                        some,
                        HttpRequest.newBuilder(uri("/runs/" + DONE + "/cancel"))
                                .POST(HttpRequest.BodyPublishers.noBody())),
                403,
                "cancel");
        problem(send("jft_wrong", HttpRequest.newBuilder(uri("/runs"))), 401, "");
    }

    /** Each operation of the document: without a token, and with one that is not valid. */
    @Test
    void asksForATokenEverywhere() throws Exception {
        JsonNode document = json("/openapi.json");
        int asked = 0;
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (String method : (Iterable<String>) path.getValue()::fieldNames) {
                String known = path.getKey().replace("/api/v1", "").replace("{guid}", DONE);
                HttpResponse<String> answer =
                        client.send(
                                HttpRequest.newBuilder(uri(known.replaceAll("[{}]", "")))
                                        .method(
                                                method.toUpperCase(Locale.ROOT),
                                                HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                problem(answer, 401, "");
                asked++;
            }
        }
        assertThat(asked).isGreaterThan(20);
    }

    /** A filter in a script that takes more than one byte a character fits into the address. */
    @Test
    void saysThatAnAddressIsTooLong() {
        assertThat(get("/runs?text=" + "%F0%9F%98%80".repeat(500)).statusCode()).isEqualTo(200);
        problem(get("/runs?text=" + "%F0%9F%98%80".repeat(3000)), 414, "");
        HttpResponse<String> head =
                send(HttpRequest.newBuilder(uri("/runs")).header("X-Much", "x".repeat(20_000)));
        problem(head, 431, "");
    }

    @Test
    void describesItselfCompletely() {
        JsonNode document = json("/openapi.json");
        assertThat(document.path("openapi").asText()).startsWith("3.");
        assertThat(document.path("servers").path(0).path("url").asText()).isEqualTo("/fanout");
        Set<String> ids = new HashSet<>();
        document.path("paths")
                .forEach(
                        path ->
                                path.forEach(
                                        operation -> {
                                            ids.add(operation.path("operationId").asText());
                                            assertThat(operation.path("summary").asText())
                                                    .isNotEmpty();
                                            assertThat(
                                                            operation
                                                                    .path("responses")
                                                                    .path("400")
                                                                    .isMissingNode())
                                                    .isFalse();
                                        }));
        assertThat(ids).hasSize(21);
        assertThat(document.findValuesAsText("in")).isSubsetOf("query", "path", "header");
        Set<String> refs = new HashSet<>(document.findValuesAsText("$ref"));
        for (String ref : refs) {
            assertThat(document.at(ref.substring(1)).isMissingNode()).as(ref).isFalse();
        }
        for (String name :
                List.of(
                        "RunsView",
                        "RunHead",
                        "RunView",
                        "LinesView",
                        "ShownLine",
                        "Problem",
                        "StartBody",
                        "Accepted",
                        "HostsView")) {
            assertThat(document.at("/components/schemas/" + name).path("properties").size())
                    .as(name)
                    .isPositive();
        }
    }

    /** Nothing in the document is without a sentence that says what it is. */
    @Test
    void describesEverything() {
        JsonNode document = json("/openapi.json");
        List<String> without = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(
                        path ->
                                path.getValue()
                                        .forEach(
                                                operation ->
                                                        undescribed(
                                                                path.getKey(),
                                                                operation,
                                                                without)));
        document.at("/components/schemas")
                .properties()
                .forEach(
                        schema -> {
                            sentence(schema.getKey(), schema.getValue(), without);
                            schema.getValue()
                                    .path("properties")
                                    .properties()
                                    .forEach(
                                            field ->
                                                    sentence(
                                                            schema.getKey() + "." + field.getKey(),
                                                            field.getValue(),
                                                            without));
                        });
        sentence("token", document.at("/components/securitySchemes/token"), without);
        assertThat(without).isEmpty();
    }

    private static void undescribed(String path, JsonNode operation, List<String> without) {
        sentence(path, operation, without);
        for (JsonNode parameter : operation.path("parameters")) {
            String name = path + " " + parameter.path("name").asText();
            sentence(name, parameter, without);
            example(name, parameter, without);
        }
        if (operation.has("requestBody")) {
            sentence(path + " body", operation.path("requestBody"), without);
            example(path + " body", content(operation.path("requestBody")), without);
        }
        operation
                .path("responses")
                .properties()
                .forEach(
                        answer -> {
                            String name = path + " " + answer.getKey();
                            sentence(name, answer.getValue(), without);
                            example(name, content(answer.getValue()), without);
                            answer.getValue()
                                    .path("headers")
                                    .forEach(header -> sentence(name, header, without));
                        });
    }

    private static JsonNode content(JsonNode node) {
        return node.path("content").elements().next();
    }

    private static void sentence(String name, JsonNode node, List<String> without) {
        if (!node.path("description").asText().matches("(?s)[A-Z].{4,}\\.")) {
            without.add(name + ": " + node.path("description"));
        }
    }

    private static void example(String name, JsonNode node, List<String> without) {
        if (!node.hasNonNull("example")) {
            without.add(name + " has no example");
        }
    }

    @Test
    void describesNothingThatIsNotThere() throws IOException {
        Properties texts = new Properties();
        try (Reader file = Files.newBufferedReader(API.resolve("descriptions.properties"))) {
            texts.load(file);
        }
        Set<String> there = new TreeSet<>();
        json("/openapi.json")
                .at("/components/schemas")
                .properties()
                .forEach(
                        schema -> {
                            there.add(schema.getKey());
                            schema.getValue()
                                    .path("properties")
                                    .fieldNames()
                                    .forEachRemaining(
                                            field -> there.add(schema.getKey() + "." + field));
                        });
        assertThat(new TreeSet<>(texts.stringPropertyNames())).isEqualTo(there);
    }

    /** The examples of answers are answers: -Djet.docs.write=true writes them. */
    @Test
    void showsRealAnswersAsExamples() throws IOException {
        Path file = API.resolve("examples.json");
        ObjectNode written = (ObjectNode) JSON.readTree(file.toFile());
        ObjectNode real = written.deepCopy();
        for (Map.Entry<String, String> operation : READS.entrySet()) {
            HttpResponse<String> answer = get(operation.getValue());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode body =
                    answer.headers().firstValue("Content-Type").orElse("").contains("/json")
                            ? read(answer.body())
                            : TextNode.valueOf(answer.body());
            if (operation.getKey().equals("api-records")) {
                body = TextNode.valueOf(answer.body().lines().findFirst().orElse("") + "\n");
            }
            settle(body, "schedule", "next", "2026-01-03T02:00:00Z");
            settle(body, "startedBy", "ended", "2026-01-02T03:04:07Z");
            real.putObject(operation.getKey()).set("answer", body);
        }
        if (Boolean.getBoolean("jet.docs.write")) {
            Files.writeString(
                    file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(real) + "\n");
            return;
        }
        for (String operation : READS.keySet()) {
            assertThat(written.path(operation))
                    .as("write it anew: mvn test -Dtest=ApiTest -Djet.docs.write=true")
                    .isEqualTo(real.path(operation));
        }
    }

    /** Gives a moment that is another one at each run of the test a fixed value. */
    private static void settle(JsonNode body, String beside, String field, String moment) {
        for (JsonNode node : body.findParents(field)) {
            if (node.has(beside) && node.hasNonNull(field)) {
                ((ObjectNode) node).put(field, moment);
            }
        }
    }
}
