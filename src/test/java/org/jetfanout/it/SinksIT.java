package org.jetfanout.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log records of whole runs on their way to sinks that take them, refuse them, or are away. */
@Order(1) // takes long: begins first
class SinksIT {
    private static Fleet fleet;

    @TempDir Path folder;
    private Site site;
    private Webhook hook;

    @BeforeAll
    static void startFleet() throws IOException {
        fleet = Fleet.start(189, 2);
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
    }

    @BeforeEach
    void makeSite() throws IOException {
        fleet.forgetJobs();
        site = new Site(fleet, folder);
        hook = Webhook.start();
        sink("hook");
        sink("other");
        config(hook.url());
    }

    @AfterEach
    void stopHook() {
        hook.close();
    }

    /** A sink that posts to the property NAME.url. */
    private void sink(String name) throws IOException {
        site.write("routes/sinks/" + name + ".camel.yaml", route(name));
    }

    private static String route(String name) throws IOException {
        return new String(Fleet.resource("/sinks/hook.camel.yaml"), UTF_8).replace("hook", name);
    }

    /** In the first record of {@code --json}. */
    private static String guid(List<String> lines) throws IOException {
        return new ObjectMapper().readTree(lines.get(0)).path("guid").asText();
    }

    private void config(String url, String... more) throws IOException {
        site.write("sinks.properties", "hook.url = " + url + "\n" + String.join("\n", more) + "\n");
    }

    private String[] sinks(String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--routes",
                                site.file("routes").toString(),
                                "--sink-config",
                                site.file("sinks.properties").toString()));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    /** The ids of all that is to be shipped of the last run. */
    private static Set<String> ids(Program.Ended run) {
        return ToShip.ids(run.runs(), "last");
    }

    private static JsonNode sinkOf(JsonNode status, String name) {
        for (JsonNode sink : status.path("sinks")) {
            if (sink.path("sink").asText().equals(name)) {
                return sink;
            }
        }
        throw new AssertionError("no sink " + name + " in " + status);
    }

    @Test
    void aSinkGetsAllOfARun() throws IOException {
        site.behave("h03", "fail");
        Program.Ended run = site.run(sinks("--sink", "hook"));
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        assertThat(hook.times().keySet()).isEqualTo(ids(run));
        assertThat(hook.times().values()).allMatch(times -> times == 1);
        assertThat(hook.records())
                .allMatch(record -> record.at("/labels/guid").asText().equals(run.guid()))
                .anyMatch(record -> record.at("/host/name").asText().equals("h03"));
        long lines = 0;
        for (String batch : List.of("0001", "0002")) {
            lines += Files.readAllLines(run.record("output/" + batch + ".log")).size();
        }
        assertThat(hook.records().stream().filter(r -> Webhook.id(r).contains(":output:")))
                .hasSize((int) lines);
        JsonNode sink = sinkOf(site.status(run), "hook");
        assertThat(sink.path("state").asText()).isEqualTo("done");
        assertThat(sink.path("delivered").asInt()).isEqualTo(hook.records().size());
        assertThat(sink.path("backlog").asInt(-1)).isZero();
        assertThat(run.err()).contains("delivered").doesNotContain("--ship");
        // the last record of --json and summary.json say the same
        JsonNode summary = new ObjectMapper().readTree(run.record("summary.json").toFile());
        assertThat(sinkOf(summary, "hook")).isEqualTo(sink);
    }

    @Test
    void aSinkThatIsAwayAllTheTimeGetsAllLater() throws IOException {
        config("http://127.0.0.1:" + FreePort.next() + "/in");
        Program.Ended run = site.run(sinks("--sink", "hook", "--sink-wait", "1s"));
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.err())
                .contains(
                        "not delivered to hook. To ship the rest: jet-fanout logs "
                                + run.guid()
                                + " --ship")
                .contains("onnection refused")
                .doesNotContain("\tat ");
        assertThat(sinkOf(site.status(run), "hook").path("backlog").asLong()).isPositive();
        Program.Ended prune = site.command("runs", "prune", "--older-than", "0s");
        assertThat(prune.out()).isEmpty();
        assertThat(prune.err())
                .contains("has " + ids(run).size() + " log records that sink hook did not get");

        // long enough to have tried, on a busy machine too
        Program.Ended away = site.command("logs", run.guid(), "--ship", "--sink-wait", "10s");
        assertThat(away.exit()).as("%s", away).isEqualTo(3);
        assertThat(away.out()).contains("sink hook: 0 records delivered,", " left: ");

        config(hook.url());
        Program.Ended ship = site.command("logs", run.guid(), "--ship");
        assertThat(ship.exit()).as("%s", ship).isZero();
        assertThat(ship.out())
                .isEqualTo(
                        "sink hook: "
                                + ids(run).size()
                                + " records delivered, no records remain\n");
        assertThat(hook.times().keySet()).isEqualTo(ids(run));
        assertThat(hook.times().values()).allMatch(times -> times == 1);
        assertThat(sinkOf(site.status(run), "hook").path("backlog").asLong(-1)).isZero();

        Program.Ended again = site.command("logs", run.guid(), "--ship");
        assertThat(again.out()).contains("sink hook: 0 records delivered, no records remain");
        assertThat(again.exit()).isZero();
        assertThat(site.command("runs", "prune", "--older-than", "0s").lines())
                .containsExactly(run.guid());
    }

    @Test
    void aKilledRunGoesOnWhereEachSinkIs() throws IOException {
        site.behave("h01", "chatty:3000").behave("h02", "slow:4");
        hook.takes(100);
        config(hook.url(), "hook.records = 50", "other.url = " + hook.url() + "?other");
        Program killed = site.start(sinks("--sink", "hook"));
        Waiting.until("some are there", () -> hook.records().size() > 200);
        killed.handle().destroyForcibly();
        Program.Ended run = killed.end();
        hook.takes(0);
        Program.Ended resumed = site.command("resume", run.guid());
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(hook.times().keySet()).isEqualTo(ids(resumed));
        // what was under way comes again: the same records
        Map<String, JsonNode> byId = new HashMap<>();
        for (JsonNode record : hook.records()) {
            JsonNode before = byId.put(Webhook.id(record), record);
            assertThat(before == null ? record : before).isEqualTo(record);
        }
        assertThat(hook.times().values().stream().filter(times -> times > 1).count())
                .isLessThanOrEqualTo(100);
        assertThat(site.command("logs", run.guid(), "--ship").out())
                .contains("sink hook: 0 records delivered, no records remain");
    }

    @Test
    void aSinkThatIsAwayDelaysItselfAlone() throws IOException {
        config(
                hook.url(),
                "sinks = hook, other",
                "other.url = http://127.0.0.1:" + FreePort.next() + "/");
        // long enough for the one that is there, on a busy machine too
        Program.Ended run = site.run(sinks("--sink-wait", "15s", "--json"));
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(hook.times().keySet()).isEqualTo(ids(run));
        List<String> lines = run.lines();
        JsonNode status = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(sinkOf(status, "hook").path("state").asText()).isEqualTo("done");
        JsonNode away = sinkOf(status, "other");
        assertThat(away.path("state").asText()).isEqualTo("waiting");
        assertThat(away.path("reason").asText()).contains("refused");
        assertThat(away.path("retried").asLong()).isPositive();
        assertThat(Instant.parse(away.path("oldest").asText())).isBefore(Instant.now());
        // one of two only, and one that the run did not have
        site.write("routes/sinks/third.camel.yaml", route("third"));
        config(hook.url(), "third.url = " + hook.url(), "other.url = " + hook.url());
        int got = hook.records().size();
        Program.Ended ship = site.command("logs", guid(lines), "--ship", "--sink", "third");
        assertThat(ship.exit()).as("%s", ship).isZero();
        assertThat(ship.out())
                .startsWith("sink third: " + got + " records delivered")
                .hasLineCount(1);
        assertThat(site.command("logs", guid(lines), "--ship").out())
                .contains("sink hook: 0 records", "sink other: " + got + " r", "sink third: 0 r");
    }

    @Test
    void anEndThatWaitsIsLeftByCtrlC() throws IOException {
        hook.answers(503);
        Program waiting = site.start(sinks("--sink", "hook", "--sink-wait", "30m"));
        Waiting.until(
                "it says that it waits",
                () -> waiting.err().contains("waiting up to 30m for sink hook, "));
        waiting.signal("INT");
        Program.Ended run = waiting.end();
        // the run's own code
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.err()).contains("503").contains("--ship");
        hook.answers(200);
        assertThat(site.command("logs", "last", "--ship").exit()).isZero();
        assertThat(hook.times().keySet()).isEqualTo(ids(run));
    }

    @Test
    void aRunInTheBackgroundShipsAndIsLeftAlone() throws IOException {
        Path go = fleet.home(1).resolve("go-" + folder.getFileName());
        site.workers(1).setting("jetp", fleet.held("seq 20", go).toString());
        site.environment("JET_FANOUT_HOOK_URL", hook.url());
        site.write("sinks.properties", "");
        Program.Ended begun = site.run(sinks("--sink", "hook", "--detach"));
        assertThat(begun.exit()).as("%s", begun).isZero();
        Waiting.until("some are there", () -> hook.records().size() > 10);
        Program.Ended busy = site.command("logs", begun.guid(), "--ship");
        assertThat(busy.exit()).as("%s", busy).isEqualTo(78);
        assertThat(busy.complaints())
                .singleElement()
                .asString()
                .containsPattern("is in use by process \\d+, which ships the records itself");
        Files.createFile(go);
        Waiting.until("it has ended", () -> Files.exists(begun.record("summary.json")));
        Waiting.until("all is shipped", () -> hook.times().keySet().equals(ids(begun)));
        String request = Files.readString(begun.record("request.json"));
        assertThat(request).contains("\"hook\"").doesNotContain(hook.url());
        // it works in the folder that goes with the test
        int working = busy.exit();
        while (working == busy.exit()) {
            working = site.command("logs", begun.guid(), "--ship").exit();
        }
    }

    @Test
    void aRerunHasTheSinksOfItsRun() throws IOException {
        site.behave("h03", "fail");
        Program.Ended run = site.run(sinks("--sink", "hook"));
        site.behave("h03", "ok");
        Program.Ended again = site.command("rerun", run.guid(), "--failed");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(hook.times().keySet()).containsAll(ids(again));
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingIsSent() throws IOException {
        wrong("no sink 'hok' (nearest: 'hook'). Known sinks: ", "--sink", "hok");
        wrong("elasticsearch.url: is missing", "--sink", "elasticsearch");
        wrong("--metrics must be [ADDRESS:]PORT", "--metrics", "x");
        wrong("in use", "--metrics", String.valueOf(hook.port()));
        config(hook.url(), "hook.records = many");
        wrong("hook.records: must be a number", "--sink", "hook");
        config(hook.url(), "elasticsearch.url = http://h", "elasticsearch.uri = http://h");
        wrong("elasticsearch.uri: unknown key", "--sink", "elasticsearch");
        site.write("routes/sinks/hook.camel.yaml", "- route:\n    id: x\n    stops: []\n");
        wrong("stops", "--sink", "hook");
        site.write("routes/sinks/hook.camel.yaml", "- route:\n    id: [x\n");
        wrong("hook.camel.yaml:", "--sink", "hook");
        assertThat(fleet.jobs()).isZero();
        assertThat(site.command("runs").out()).isEmpty();
        Program.Ended nowhere = site.run("--sink-config", "nowhere.properties");
        assertThat(nowhere.exit()).isEqualTo(78);
        assertThat(nowhere.err()).contains("nowhere.properties: no such file (--sink-config)");
        Program.Ended logs = site.command("logs", "last", "--sink", "hook");
        assertThat(logs.exit()).isEqualTo(64);
        assertThat(logs.err()).contains("require --ship");
    }

    private void wrong(String what, String... words) throws IOException {
        Program.Ended run = site.run(sinks(words));
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).singleElement().asString().contains(what);
        assertThat(run.err()).doesNotContain("\tat ");
    }

    @Test
    void secretsAreNowhere() throws IOException {
        site.environment("JET_FANOUT_HOOK_TOKEN", "s3cr3t-t0ken");
        site.write(
                "routes/sinks/hook.camel.yaml",
                route("hook")
                        .replace(
                                "- process:",
                                """
                                - setHeader:
                                            name: Authorization
                                            simple: "Bearer {{hook.token}}"
                                        - process:"""));
        hook.answers(401);
        Program.Ended run = site.run(sinks("--sink", "hook", "--sink-wait", "1s", "-vv"));
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.out() + run.err()).contains("401").doesNotContain("s3cr3t");
        try (Stream<Path> files = Files.walk(run.record("."))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), UTF_8))
                        .as("%s", file)
                        .doesNotContain("s3cr3t");
            }
        }
        // one line when it began to fail, none for each try
        assertThat(Files.readAllLines(run.record("jet-fanout.log")))
                .filteredOn(line -> line.contains("statusCode: 401"))
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void figuresAreServedWhileTheRunGoesOn() throws Exception {
        site.behave("h01", "slow:8").behave("h02", "fail");
        int port = FreePort.next();
        Program running = site.start(sinks("--sink", "hook", "--metrics", String.valueOf(port)));
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest scrape =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
        AtomicReference<String> figures = new AtomicReference<>("");
        Waiting.until(
                "the figures are there",
                () -> {
                    try {
                        figures.set(client.send(scrape, BodyHandlers.ofString()).body());
                    } catch (IOException | InterruptedException e) {
                        // not yet
                    }
                    return figures.get().matches("(?s).*outcome=\"failed\"} 1.0.*")
                            && figures.get()
                                    .matches(
                                            "(?s).*jetfanout_sink_delivered_records_total.*} [1-9].*");
                });
        assertThat(figures.get())
                .contains("jetfanout_batches{guid=\"" + running.out().lines().findFirst().get())
                .contains("state=\"running\"}")
                .containsPattern("jetfanout_sink_stopped\\{guid=\"[^\"]+\",sink=\"hook\"} 0.0");
        Program.Ended run = running.end();
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
    }
}
