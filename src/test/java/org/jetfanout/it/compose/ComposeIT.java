package org.jetfanout.it.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.RunLogs;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.ElasticsearchServer;
import org.jetfanout.testkit.stores.OpenSearchServer;
import org.jetfanout.testkit.stores.SearchServer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The services of docker-compose.yml, run by their own scripts and files: real OpenSSH, real
 * Artemis, real OpenSearch in place of Elasticsearch, stand-ins for Logstash and Kibana. The
 * commands are those of docs/compose.md.
 */
@Order(1) // takes long: begins first
final class ComposeIT {
    private static final Path PAGE = Path.of("docs/compose.md");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void oneCommandRunsAFanOutThroughAllOfThem() throws Exception {
        ComposeFile file = ComposeFile.resolved();
        SearchServer store = OpenSearchServer.shared();
        try (ComposeStack stack = ComposeStack.prepared(file);
                LogstashStandIn logstash =
                        LogstashStandIn.start(
                                Path.of("compose/logstash.conf"),
                                stack.address("logstash"),
                                store);
                KibanaStandIn kibana = KibanaStandIn.start(stack.address("kibana"))) {
            stack.forward("elasticsearch", 9200, store.url().getPort());
            bringUp(file, stack, kibana);

            List<String> commands = commands();
            assertThat(commands).hasSize(7);
            assertThat(commands.get(0)).isEqualTo("docker compose up --detach --wait");
            ComposeStack.Ended run = stack.onControl(exec(commands.get(1)));
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.err()).contains("all 5 hosts ok");
            Path record = record(stack);
            String guid = record.getFileName().toString();
            assertThat(run.out()).startsWith(guid + "\n");
            everyHostWasConfiguredOnce(stack, record);
            RunLogs.haveNoTraces(record.getParent());
            // where the machine is too slow for the run to have waited for all
            ComposeStack.Ended ship = stack.onControl("jet-fanout logs last --ship");
            assertThat(ship.exit()).as("%s", ship).isZero();

            ComposeStack.Ended status = stack.onControl(exec(commands.get(2)));
            assertThat(status.exit()).as("%s", status).isZero();
            assertThat(status.out()).contains("elasticsearch", "logstash");
            ComposeStack.Ended json = stack.onControl("jet-fanout status last --json");
            Map<String, Long> delivered = delivered(JSON.readTree(json.out()));
            Set<String> ids = new HashSet<>(logstash.ids());
            assertThat(delivered)
                    .isEqualTo(
                            Map.of(
                                    "elasticsearch",
                                    (long) ids.size(),
                                    "logstash",
                                    (long) ids.size()));
            // both sent each record, and the store has it once
            String count =
                    commands.get(3)
                            .replace("localhost:9200", stack.address("elasticsearch") + ":9200")
                            .replace("GUID", guid);
            Waiting.until(
                    "the store shows them all",
                    () ->
                            Programs.ok("sh", "-c", count)
                                    .startsWith("{\"count\":" + ids.size() + ","));
            assertThat(logstash.answers()).hasSizeGreaterThanOrEqualTo(ids.size());
            assertThat(new TreeSet<>(logstash.answers())).isSubsetOf(201, 409);
            theServiceShows(guid, commands.get(4), stack);
            assertThat(commands.subList(5, 7))
                    .containsExactly(
                            "docker compose down --volumes",
                            "JETP=compose/jetp docker compose up --build --detach --wait");
        }
    }

    /** The page has the run of the control machine, for who logs in with a token from there. */
    private static void theServiceShows(String guid, String addToken, ComposeStack stack)
            throws Exception {
        ComposeStack.Ended added = stack.onControl(exec(addToken));
        assertThat(added.exit()).as("%s", added).isZero();
        String page = "http://" + stack.address("serve") + ":8642";
        assertThat(Programs.ok("curl", "-sS", "-f", page + "/login")).contains("<form");
        assertThat(
                        Programs.ok(
                                "curl",
                                "-sS",
                                "-f",
                                "-H",
                                "Authorization: Bearer " + added.out().strip(),
                                page + "/runs"))
                .contains(guid);
    }

    private static void bringUp(ComposeFile file, ComposeStack stack, KibanaStandIn kibana)
            throws IOException, InterruptedException {
        makeSecrets(file, stack);
        stack.startQueue(ArtemisHome.folder());
        List<String> machines =
                file.services().stream().filter(name -> name.matches("(worker|host)-\\d")).toList();
        for (String machine : machines) {
            stack.startMachine(machine);
        }
        stack.startControl();
        stack.awaitHealthy("queue");
        List<String> hands =
                file.services().stream().filter(name -> name.startsWith("hand-")).toList();
        assertThat(hands).hasSize(2);
        for (String hand : hands) {
            stack.startWithKeys(hand);
        }
        stack.startWithKeys("serve");
        for (String service : file.services()) {
            if (!file.oneShots().contains(service)) {
                stack.awaitHealthy(service);
            }
        }
        setUp(stack, kibana);
    }

    /** Twice: the second time changes nothing. */
    private static void makeSecrets(ComposeFile file, ComposeStack stack) throws IOException {
        Map<String, String> environment =
                Map.of(
                        "SECRETS", stack.secrets("secrets"),
                        "WORKERS", file.environment("secrets", "WORKERS"),
                        "HOSTS", file.environment("secrets", "HOSTS"));
        stack.runOnce("secrets", "/compose/secrets", environment);
        Map<String, String> first = secrets(stack);
        assertThat(first.keySet())
                .contains(
                        "control/id_workers",
                        "control/id_hosts",
                        "control/known_hosts",
                        "control/password",
                        "control/broker.yml",
                        "control/queue.pem",
                        "control/shared.key",
                        "hands/broker.yml",
                        "hands/shared.key",
                        "queue/password",
                        "queue/tls.pem",
                        "workers/authorized_keys",
                        "workers/worker-3",
                        "hosts/authorized_keys",
                        "hosts/host-5");
        assertThat(first.get("control/password")).hasSizeGreaterThan(30);
        stack.runOnce("secrets", "/compose/secrets", environment);
        assertThat(secrets(stack)).isEqualTo(first);
    }

    private static Map<String, String> secrets(ComposeStack stack) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String kind : List.of("control", "hands", "queue", "workers", "hosts")) {
            try (Stream<Path> all = Files.list(stack.place("secrets", "/secrets/" + kind))) {
                for (Path path : all.toList()) {
                    files.put(kind + "/" + path.getFileName(), Files.readString(path));
                }
            }
        }
        return files;
    }

    private static void setUp(ComposeStack stack, KibanaStandIn kibana) throws IOException {
        Map<String, String> environment =
                Map.of(
                        "FILES", stack.place("setup", "/compose").toString(),
                        "ELASTICSEARCH_URL", "http://" + stack.address("elasticsearch") + ":9200",
                        "KIBANA_URL", "http://" + stack.address("kibana") + ":5601");
        for (int time = 0; time < 2; time++) {
            assertThat(stack.runOnce("setup", "/compose/setup", environment))
                    .contains("{\"acknowledged\":true}", "\"success\":true");
        }
        assertThat(kibana.imported())
                .isEqualTo(Files.readString(Path.of("dashboards/kibana/jet-fanout.ndjson")));
    }

    @Test
    @Tag("jdk21")
    void setupPutsTheTemplateIntoARealElasticsearch() throws Exception {
        SearchServer store = ElasticsearchServer.shared();
        ComposeFile file = ComposeFile.resolved();
        try (ComposeStack stack = ComposeStack.prepared(file);
                KibanaStandIn kibana = KibanaStandIn.start(stack.address("kibana"))) {
            stack.forward("elasticsearch", 9200, store.url().getPort());
            stack.awaitHealthy("elasticsearch");
            setUp(stack, kibana);
            JsonNode template =
                    store.ask("GET", "/_index_template/logs-jetfanout", "")
                            .at("/index_templates/0/index_template");
            assertThat(template.path("index_patterns")).hasToString("[\"logs-jetfanout.*-*\"]");
            assertThat(template.path("version").asInt()).isPositive();
        }
    }

    private static void everyHostWasConfiguredOnce(ComposeStack stack, Path record)
            throws IOException {
        Map<String, String> outcomes = new TreeMap<>();
        for (String line : Files.readAllLines(record.resolve("results.ndjson"))) {
            JsonNode result = JSON.readTree(line);
            outcomes.merge(
                    result.path("host").asText(),
                    result.path("outcome").asText(),
                    (one, other) -> "twice");
        }
        assertThat(outcomes.keySet())
                .containsExactly("host-1", "host-2", "host-3", "host-4", "host-5");
        assertThat(outcomes.values()).containsOnly("changed");
        for (String host : outcomes.keySet()) {
            assertThat(Files.readAllLines(stack.home(host).resolve("configured")))
                    .as(host)
                    .hasSize(1);
        }
    }

    /** The one run record, in its volume. */
    private static Path record(ComposeStack stack) throws IOException {
        try (Stream<Path> runs =
                Files.list(stack.home("control").resolve(".local/state/jet-fanout/runs"))) {
            return runs.filter(path -> path.getFileName().toString().matches("[0-9a-f-]{36}"))
                    .collect(Collectors.collectingAndThen(Collectors.toList(), all -> all.get(0)));
        }
    }

    private static Map<String, Long> delivered(JsonNode status) {
        Map<String, Long> delivered = new TreeMap<>();
        status.path("sinks")
                .forEach(
                        sink ->
                                delivered.put(
                                        sink.path("sink").asText(),
                                        sink.path("delivered").asLong()));
        return delivered;
    }

    private static String exec(String command) {
        String prefix = "docker compose exec control ";
        assertThat(command).startsWith(prefix);
        return command.substring(prefix.length());
    }

    /** The page's commands, in order. */
    private static List<String> commands() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches(" {4}(docker|curl|JETP=).*"))
                .map(String::strip)
                .toList();
    }
}
