package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jetfanout.log.Redaction;
import org.jetfanout.record.LogRecordReader;
import org.jetfanout.record.Records;
import org.jetfanout.record.RunRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Log records of whole runs on their way to sinks that take them, refuse them, or are away. */
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
        String route = new String(Fleet.resource("/sinks/hook.camel.yaml"), UTF_8);
        site.write("routes/sinks/" + name + ".camel.yaml", route.replace("hook", name));
    }

    private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

    private void config(String url, String... more) throws IOException {
        site.write(
                "sinks.properties", "hook.url = " + url + "\n" + String.join("\n", more) + "\n");
    }

    private String[] sinks(String... more) {
        List<String> words =
                new java.util.ArrayList<>(
                        List.of(
                                "--routes",
                                site.file("routes").toString(),
                                "--sink-config",
                                site.file("sinks.properties").toString()));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** The ids of all that is to be shipped of a run. */
    private static Set<String> ids(Program.Ended run) {
        Set<String> ids = new HashSet<>();
        try (RunRecord record = RunRecord.open(run.runs(), run.guid());
                LogRecordReader reader =
                        new LogRecordReader(
                                record, Redaction.defaults(), java.util.Map.of())) {
            reader.end();
            Records some = reader.next(1000, 1 << 20);
            while (!some.records().isEmpty() || !some.ends().isEmpty()) {
                some.records().forEach(one -> ids.add(one.id()));
                some = reader.next(1000, 1 << 20);
            }
        }
        return ids;
    }

    private static JsonNode sinkOf(JsonNode status, String name) {
        for (JsonNode sink : status.path("sinks")) {
            if (sink.path("sink").asText().equals(name)) {
                return sink;
            }
        }
        throw new AssertionError("no sink " + name + " in " + status);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
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
        config("http://127.0.0.1:" + freePort() + "/in");
        Program.Ended run = site.run(sinks("--sink", "hook", "--sink-wait", "1s"));
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.err())
                .contains("not delivered to hook: jet-fanout logs " + run.guid() + " --ship")
                .contains("onnection refused")
                .doesNotContain("\tat ");
        assertThat(sinkOf(site.status(run), "hook").path("backlog").asLong()).isPositive();
        Program.Ended prune = site.command("runs", "prune", "--older-than", "0s");
        assertThat(prune.out()).isEmpty();
        assertThat(prune.err())
                .contains("has " + ids(run).size() + " records that sink hook did not get");

        Program.Ended away = site.command("logs", run.guid(), "--ship", "--sink-wait", "1s");
        assertThat(away.exit()).as("%s", away).isEqualTo(3);
        assertThat(away.out()).contains("sink hook: 0 records delivered,", " left: ");

        config(hook.url());
        Program.Ended ship = site.command("logs", run.guid(), "--ship");
        assertThat(ship.exit()).as("%s", ship).isZero();
        assertThat(ship.out())
                .isEqualTo(
                        "sink hook: "
                                + ids(run).size()
                                + " records delivered, nothing is left\n");
        assertThat(hook.times().keySet()).isEqualTo(ids(run));
        assertThat(hook.times().values()).allMatch(times -> times == 1);
        assertThat(sinkOf(site.status(run), "hook").path("backlog").asLong(-1)).isZero();

        Program.Ended again = site.command("logs", run.guid(), "--ship");
        assertThat(again.out()).contains("sink hook: 0 records delivered, nothing is left");
        assertThat(again.exit()).isZero();
        assertThat(site.command("runs", "prune", "--older-than", "0s").lines())
                .containsExactly(run.guid());
    }
}
