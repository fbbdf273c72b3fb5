package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.FaultProxy;
import org.jetfanout.testkit.stores.FaultProxy.Fault;
import org.jetfanout.testkit.stores.OpenSearchServer;
import org.jetfanout.testkit.stores.SearchServer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run whose records go to a real OpenSearch while all goes wrong that can: what the workers have
 * is there once, in order. {@code -Dlines=1000000} says how many lines they write.
 */
@Order(1) // takes long: begins first
final class ToOpenSearchIT {
    private static final int LINES = Integer.getInteger("lines", 100_000);
    private static final int WORKERS = 2;
    private static final int STEPS = 20;

    /** A request of so many bytes has several records. */
    private static final int MORE_THAN_ONE = 2 << 10;

    private static final Duration LIMIT = Duration.ofSeconds(180 + LINES / 2000);
    private static final String INDEX = "logs-jetfanout.run-faults";

    @RegisterExtension static final Fleet fleet = Fleet.start(46, WORKERS);

    @TempDir private Path folder;

    /** Not that of the classes beside this one: it is killed. */
    private final SearchServer server = OpenSearchServer.start();

    private final StringBuilder said = new StringBuilder();

    @Test
    void whatTheWorkersHaveIsThereOnceAndInOrder() throws Exception {
        int each = LINES / WORKERS;
        Path runner =
                fleet.program(
                        "lines-jetp",
                        """
                        #!/bin/sh
                        echo '{"event":"NOTE","n":1}' >>"$JET_LOG"
                        step=0
                        while [ $step -lt %d ]; do
                        	seq -f "line %%.0f of $JET_FANOUT_BATCH" $((step * %d + 1)) $((step * %d + %d))
                        	step=$((step + 1))
                        	while [ $step = %d ] && [ ! -e "$HOME/go-on" ]; do sleep 0.1; done
                        	sleep 0.1
                        done
                        STAND_IN=quick exec %s "$@"
                        """
                                .formatted(
                                        STEPS,
                                        each / STEPS,
                                        each / STEPS,
                                        each / STEPS,
                                        STEPS / 2,
                                        fleet.jetp()));
        Site site = new Site(fleet, folder);
        site.setting("jetp", runner.toString());
        try (FaultProxy proxy = FaultProxy.before(server.url())) {
            site.write(
                    "sinks.properties",
                    """
                    sinks = elasticsearch
                    elasticsearch.url = %s
                    elasticsearch.index = %s
                    elasticsearch.install-template = true
                    elasticsearch.response-timeout = 20s
                    """
                            .formatted(proxy.url(), INDEX));
            String config = site.file("sinks.properties").toString();
            long began = System.nanoTime();
            Program first = site.start("--sink-config", config, "--sink-wait", "1h");
            Waiting.until("the first frames", LIMIT, () -> proxy.requests("_bulk") >= 2);
            breakEachAnswer(proxy);
            Waiting.until("some of them are taken", LIMIT, () -> proxy.requests("_bulk") >= 8);
            server.kill();
            say("OpenSearch is killed, with " + proxy.requests("_bulk") + " requests so far");
            Waiting.until("requests in vain", LIMIT, () -> proxy.requests("_bulk") >= 10);
            first.handle().destroyForcibly();
            Program.Ended killed = first.end();
            assertThat(killed.exit()).as("%s", killed).isEqualTo(137);
            for (int n = 1; n <= WORKERS; n++) {
                Files.createFile(fleet.home(n).resolve("go-on"));
            }
            server.start();
            say("jet-fanout is killed, OpenSearch is back");
            Program.Ended run =
                    site.startCommand(
                                    "resume",
                                    killed.guid(),
                                    "--sink-config",
                                    config,
                                    "--sink-wait",
                                    LIMIT.multipliedBy(4).toSeconds() + "s")
                            .end(LIMIT.multipliedBy(6));
            assertThat(run.exit()).as("%s", run).isZero();
            say("%d requests, %.0f s in all".formatted(proxy.requests("_bulk"), seconds(began)));
            compare(killed.guid(), run, site.status(killed).path("sinks").path(0));
        } finally {
            server.close();
            System.out.print(said);
        }
    }

    /** Each request after the next goes wrong in another way. */
    private static void breakEachAnswer(FaultProxy proxy) {
        Fault tooLarge = Fault.status(413);
        List<Fault> faults =
                List.of(
                        Fault.status(429, Map.of("Retry-After", "1"), ""),
                        Fault.HALF,
                        Fault.CUT_AFTER,
                        Fault.status(503),
                        Fault.late(Duration.ofMillis(700)),
                        tooLarge,
                        Fault.CUT_BEFORE,
                        Fault.status(200, Map.of(), "<html>Please wait</html>"));
        int[] requests = {0};
        proxy.rule(
                request -> {
                    int n = requests[0]++;
                    Fault fault = n % 2 == 0 ? Fault.NONE : faults.get(n / 2 % faults.size());
                    // a record that is too large alone is refused for good, as it must be
                    return fault == tooLarge && request.body().length < MORE_THAN_ONE
                            ? Fault.NONE
                            : fault;
                });
    }

    private void compare(String guid, Program.Ended run, JsonNode status) throws IOException {
        Map<String, NavigableMap<Long, String>> there = stored(guid);
        long expected = 0;
        for (int n = 1; n <= WORKERS; n++) {
            for (Path job : jobs(n, guid)) {
                String batch = job.getFileName().toString();
                for (String stream : List.of("output", "events")) {
                    NavigableMap<Long, String> lines = lines(job.resolve(stream + ".log"));
                    NavigableMap<Long, String> got = there.get(batch + " jetfanout." + stream);
                    assertThat(got).as(batch + " " + stream).isNotNull();
                    expected += lines.size();
                    // assertj takes minutes to say what parts in a million
                    assertThat(got.keySet().equals(lines.keySet()))
                            .as("%s %s: %d of %d", batch, stream, got.size(), lines.size())
                            .isTrue();
                    if (stream.equals("output")) {
                        numbered(got, batch);
                    }
                }
            }
        }
        long all = there.values().stream().mapToLong(Map::size).sum();
        assertThat(server.count(INDEX)).as("no duplicates").isEqualTo(all);
        assertThat(there.keySet())
                .contains("- jetfanout.log", "0001 jetfanout.states", "0001 jetfanout.results");
        assertThat(status.path("backlog").asLong()).as("%s", status).isZero();
        assertThat(status.path("refused").asLong()).isZero();
        assertThat(status.path("retried").asLong()).isPositive();
        say(
                "%d lines and events of the workers, %d documents, sink: %s"
                        .formatted(expected, all, status));
        assertThat(run.complaints()).noneMatch(line -> line.contains("stopped"));
    }

    private static void numbered(NavigableMap<Long, String> got, String batch) {
        int next = 1;
        for (String message : got.values()) {
            if (message.startsWith("line ")) {
                assertThat(message).isEqualTo("line " + next++ + " of " + batch);
            }
        }
        assertThat(next - 1).isEqualTo(LINES / WORKERS);
    }

    /** Message by sequence, by batch and dataset. */
    private Map<String, NavigableMap<Long, String>> stored(String guid) {
        server.ask("POST", "/" + INDEX + "/_refresh", "");
        Map<String, NavigableMap<Long, String>> all = new TreeMap<>();
        JsonNode page =
                server.ask(
                        "POST",
                        "/" + INDEX + "/_search?scroll=2m",
                        """
                        {"size": 10000, "sort": "_doc", "query": {"term": {"labels.guid": "%s"}},
                         "_source": ["message", "event.sequence", "event.dataset", "labels.batch"]}
                        """
                                .formatted(guid));
        while (!page.path("hits").path("hits").isEmpty()) {
            for (JsonNode hit : page.path("hits").path("hits")) {
                JsonNode document = hit.path("_source");
                String stream =
                        document.path("labels").path("batch").asText("-")
                                + " "
                                + document.path("event").path("dataset").asText();
                String before =
                        all.computeIfAbsent(stream, key -> new TreeMap<>())
                                .put(
                                        document.path("event").path("sequence").asLong(),
                                        document.path("message").asText());
                assertThat(before).as("twice in " + stream).isNull();
            }
            page =
                    server.ask(
                            "POST",
                            "/_search/scroll",
                            "{\"scroll\":\"2m\",\"scroll_id\":\""
                                    + page.path("_scroll_id").asText()
                                    + "\"}");
        }
        return all;
    }

    private static List<Path> jobs(int worker, String guid) throws IOException {
        try (Stream<Path> jobs = Files.list(fleet.job(worker, guid, "x").getParent())) {
            return List.copyOf(new TreeSet<>(jobs.toList()));
        }
    }

    /** Lines by their offset in bytes. */
    private static NavigableMap<Long, String> lines(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        TreeMap<Long, String> lines = new TreeMap<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                lines.put(
                        (long) start, new String(bytes, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        return lines;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private void say(String text) {
        said.append(text).append('\n');
    }
}
