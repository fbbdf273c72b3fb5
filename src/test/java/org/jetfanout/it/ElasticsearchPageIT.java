package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jetfanout.demo.DemoSite;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.stores.Certificates;
import org.jetfanout.testkit.stores.FaultProxy;
import org.jetfanout.testkit.stores.FaultProxy.Fault;
import org.jetfanout.testkit.stores.OpenSearchServer;
import org.jetfanout.testkit.stores.SearchServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/sinks/elasticsearch.md, on the demo's machines and a real OpenSearch. */
final class ElasticsearchPageIT {
    private static final Path PAGE = Path.of("docs/sinks/elasticsearch.md");
    private static final String SERVER = "https://es.example.com:9200";

    @TempDir Path folder;

    @Test
    void theCommandsBringARunToTheStoreAndFindItThere() throws Exception {
        SearchServer server = OpenSearchServer.shared();
        Certificates certificates = Certificates.of(folder.resolve("tls"), "127.0.0.1");
        CommandLines shell = CommandLines.ofOwnUser(folder);
        try (DemoSite site = DemoSite.start(false);
                FaultProxy tls = FaultProxy.withTls(server.url(), certificates.identity())) {
            tls.rule(
                    request ->
                            request.header("Authorization").equals("ApiKey dGhlLWlkOnRoZS1rZXk=")
                                    ? Fault.NONE
                                    : Fault.status(401));
            Files.copy(certificates.ca(), site.folder().resolve("ca.pem"));
            Path ssh = Files.createDirectory(folder.resolve(".ssh"));
            Files.copy(site.folder().resolve("known_hosts"), ssh.resolve("known_hosts"));

            CommandLines.Ended ended =
                    shell.run(
                            site.folder(),
                            Map.of("SSH_AUTH_SOCK", site.folder().resolve("agent").toString()),
                            "set -e\n"
                                    + commands()
                                            .replace(SERVER, tls.url())
                                            // a busy server may refresh late
                                            .replace(
                                                    "sleep 6",
                                                    "sleep 6\ncurl -sf -X POST '"
                                                            + server.url()
                                                            + "/logs-jetfanout.*/_refresh' >/dev/null"));

            assertThat(ended.exit()).as(ended.out() + ended.err()).isZero();
            long found =
                    new ObjectMapper()
                            .readTree(site.folder().resolve("count.json").toFile())
                            .path("hits")
                            .path("total")
                            .path("value")
                            .asLong();
            String guid = Files.readAllLines(site.folder().resolve("output.txt")).get(0);
            assertThat(found)
                    .isEqualTo(
                            server.ask(
                                            "POST",
                                            "/logs-jetfanout.*/_count",
                                            "{\"query\":{\"term\":{\"labels.guid\":\""
                                                    + guid
                                                    + "\"}}}")
                                    .path("count")
                                    .asLong())
                    .isGreaterThan(50);
            assertThat(server.ask("GET", "/_index_template/logs-jetfanout", "").toString())
                    .contains("docs/records.md");
        }
    }

    /** The first two blocks; the one with Kibana cannot be run here. */
    private static String commands() throws IOException {
        List<String> lines =
                Files.readAllLines(PAGE).stream()
                        .filter(line -> line.startsWith("    "))
                        .map(String::strip)
                        .filter(line -> !line.matches("(sinks|elasticsearch\\.\\w+) = .*"))
                        .toList();
        assertThat(lines).hasSize(9);
        assertThat(lines.get(8)).startsWith("curl ").contains("kibana.example.com");
        return lines.stream().limit(8).collect(Collectors.joining("\n"));
    }
}
