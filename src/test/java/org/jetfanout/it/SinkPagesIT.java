package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.FaultProxy;
import org.jetfanout.testkit.stores.FaultProxy.Fault;
import org.jetfanout.testkit.stores.JsonLinesReceiver;
import org.jetfanout.testkit.stores.SplunkStandIn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs to Splunk (a stand-in) and to a receiver of JSON lines (rsyslogd), by the commands of
 * docs/sinks/splunk.md and docs/sinks/logstash.md.
 */
final class SinkPagesIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(196, 2);

    @TempDir private Path folder;

    @Test
    void theCommandsOfTheSplunkPage() throws Exception {
        try (SplunkStandIn splunk = SplunkStandIn.start()) {
            splunk.acknowledging();
            Site site = new Site(fleet, folder).behave("h03", "fail");
            Programs.Result run =
                    follow(
                            site,
                            "splunk",
                            Map.of(
                                    "https://splunk.example.com:8088",
                                    splunk.uri().toString(),
                                    "00000000-0000-0000-0000-000000000000",
                                    SplunkStandIn.TOKEN));
            assertThat(run.exit()).as("%s", run).isEqualTo(2);
            assertThat(run.output()).contains("HEC is healthy").doesNotContain(SplunkStandIn.TOKEN);
            assertThat(splunk.ids())
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(ids(runs()));
            // the fields that the searches of the page and the dashboard are made of
            assertThat(splunk.events())
                    .anyMatch(
                            event ->
                                    event.at("/fields/stream").asText().equals("results")
                                            && event.at("/fields/outcome")
                                                    .asText()
                                                    .equals("failure")
                                            && event.at("/fields/managed_host")
                                                    .asText()
                                                    .equals("h03")
                                            && event.at("/event/labels/host_outcome")
                                                    .asText()
                                                    .equals("failed"))
                    .anyMatch(
                            event ->
                                    event.at("/fields/stream").asText().equals("batches")
                                            && event.at("/event/jetfanout/hosts/total").asInt() > 0)
                    .anyMatch(
                            event ->
                                    event.at("/fields/stream").asText().equals("events")
                                            && event.at("/fields/outcome")
                                                    .asText()
                                                    .equals("failure")
                                            && !event.at("/event/jet/task").asText().isEmpty()
                                            && event.at("/event/event/duration").isNumber());
            inOrder(splunk.events());
        }
    }

    @Test
    void aSplunkInTroubleHasEachRecordInTheEnd() throws Exception {
        try (SplunkStandIn splunk = SplunkStandIn.start();
                FaultProxy proxy = FaultProxy.before(splunk.uri())) {
            proxy.rule(
                    request ->
                            switch (proxy.seen().size() % 4) {
                                case 1 ->
                                        Fault.status(
                                                503,
                                                Map.of(),
                                                "{\"text\":\"Server is busy\",\"code\":9}");
                                case 2 -> Fault.CUT_BEFORE;
                                default -> Fault.NONE;
                            });
            Site site =
                    new Site(fleet, folder)
                            .environment("JET_FANOUT_SPLUNK_URL", proxy.url())
                            .environment("JET_FANOUT_SPLUNK_TOKEN", SplunkStandIn.TOKEN);
            Program.Ended run = site.run("--sink", "splunk", "--sink-wait", "90s");
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(splunk.ids())
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(ids(run.runs()));
        }
    }

    @Test
    void aWrongTokenStopsTheSinkAndNotTheRun() throws Exception {
        try (SplunkStandIn splunk = SplunkStandIn.start()) {
            Site site =
                    new Site(fleet, folder)
                            .environment("JET_FANOUT_SPLUNK_URL", splunk.uri().toString())
                            .environment("JET_FANOUT_SPLUNK_TOKEN", "an-old-token");
            Program.Ended run = site.run("--sink", "splunk");
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.err())
                    .contains("sink splunk is stopped: Splunk answers 403: Invalid token (code 4);")
                    .doesNotContain("an-old-token")
                    .doesNotContain("\tat ");
            assertThat(splunk.ids()).isEmpty();
            site.environment("JET_FANOUT_SPLUNK_TOKEN", SplunkStandIn.TOKEN);
            Program.Ended ship = site.command("logs", run.guid(), "--ship");
            assertThat(ship.exit()).as("%s", ship).isZero();
            assertThat(splunk.ids())
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(ids(run.runs()));
        }
    }

    @Test
    void theCommandsOfTheLogstashPage() throws Exception {
        try (JsonLinesReceiver receiver = JsonLinesReceiver.plain(folder)) {
            Site site = new Site(fleet, folder).behave("h03", "fail");
            Programs.Result run =
                    follow(
                            site,
                            "logstash",
                            Map.of(
                                    "tcp://logstash.example.com:5044",
                                    "tcp://127.0.0.1:" + receiver.port()));
            assertThat(run.exit()).as("%s", run).isEqualTo(2);
            awaitAll(receiver, ids(runs()));
            assertThat(receiver.ids()).doesNotHaveDuplicates();
        }
    }

    @Test
    void aReceiverOfLinesThatIsKilledMeanwhileHasEachRecordInTheEnd() throws Exception {
        try (JsonLinesReceiver receiver = JsonLinesReceiver.plain(folder)) {
            // the run goes on until the receiver is there again
            Path go = fleet.home(1).resolve("go-" + folder.getFileName());
            Site site =
                    new Site(fleet, folder)
                            .setting("jetp", fleet.held("seq 20000", go).toString())
                            .environment(
                                    "JET_FANOUT_LOGSTASH_URL", "tcp://127.0.0.1:" + receiver.port())
                            .environment("JET_FANOUT_LOGSTASH_RECORDS", "500");
            Program program = site.start("--sink", "logstash", "--sink-wait", "90s");
            Waiting.until("some records", () -> !received(receiver).isEmpty());
            receiver.kill();
            receiver.start();
            Files.createFile(go);
            Program.Ended run = program.end();
            assertThat(run.exit()).as("%s", run).isZero();
            awaitAll(receiver, ids(run.runs()));
        }
    }

    /** Runs what a page says to type first, with the names of an example replaced. */
    private Programs.Result follow(Site site, String page, Map<String, String> examples)
            throws IOException {
        String text = Files.readString(Path.of("docs/sinks/" + page + ".md"));
        List<String> commands =
                text.lines()
                        .dropWhile(line -> !line.startsWith("    export "))
                        .takeWhile(line -> line.startsWith("    "))
                        .map(String::strip)
                        .collect(Collectors.toList());
        String last = commands.remove(commands.size() - 1);
        assertThat(last)
                .isEqualTo(
                        "jet-fanout --playbook pb.yml --inventory inv --worker-config workers.yml"
                                + " --sink "
                                + page);
        String script = String.join("\n", commands);
        for (Map.Entry<String, String> example : examples.entrySet()) {
            assertThat(script).contains(example.getKey());
            script = script.replace(example.getKey(), example.getValue());
        }
        return Programs.run(Map.of(), "sh", "-ec", script + "\n" + site.shellLine("--sink", page));
    }

    private Path runs() {
        return folder.resolve("home/state/jet-fanout/runs");
    }

    /** The ids of all that is to be shipped of the last run. */
    private static Set<String> ids(Path runs) {
        return ToShip.ids(runs, "last");
    }

    /** Of each source, as they arrived. */
    private static void inOrder(List<JsonNode> events) {
        Map<String, List<Long>> sequences =
                events.stream()
                        .collect(
                                Collectors.groupingBy(
                                        event -> event.path("source").asText(),
                                        Collectors.mapping(
                                                event -> event.at("/fields/sequence").asLong(),
                                                Collectors.toList())));
        assertThat(sequences).hasSizeGreaterThan(4);
        sequences.forEach((source, all) -> assertThat(all).as(source).isSorted());
    }

    private static List<String> received(JsonLinesReceiver receiver) {
        try {
            return receiver.ids();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitAll(JsonLinesReceiver receiver, Set<String> wanted) {
        Waiting.until(
                "all have arrived", () -> new HashSet<>(received(receiver)).containsAll(wanted));
    }
}
