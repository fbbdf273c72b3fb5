package org.jetfanout.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.jetp.JetpOptions;
import org.jetfanout.runner.jetp.PlaybookRequest;
import org.jetfanout.site.playbook.HostLimits;
import org.jetfanout.site.workers.PlayOrder;
import org.jetfanout.site.workers.RolloutRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the record keeps of a request: runs of other versions are resumed by it. */
class RunRequestTest {
    private static final RunRequest FULL =
            new RunRequest(
                    new PlaybookRequest(
                            List.of(Path.of("/s/pb1.yml"), Path.of("/s/pb2.yml")),
                            List.of(Path.of("/s/inventory")),
                            List.of(Path.of("/s/roles")),
                            List.of(Path.of("/s/modules")),
                            new HostLimits(List.of("a", "b"), List.of("g")),
                            List.of("@/s/vars.yml"),
                            new JetpOptions(
                                    "check-ssh",
                                    Optional.of("ops"),
                                    OptionalInt.of(2222),
                                    OptionalInt.of(10),
                                    Optional.of("root"),
                                    List.of("web", "db"),
                                    2,
                                    true,
                                    true)),
                    Path.of("/s/workers.yml"),
                    50,
                    Optional.of(PlayOrder.NONE),
                    RolloutRules.of(Map.of("waves", "1,10%", "max_failures", "5")),
                    Optional.of(Path.of("/s/routes")),
                    Optional.of(
                            new BrokerRequest(
                                    "",
                                    Optional.of(Path.of("/s/broker")),
                                    Duration.ofMinutes(1),
                                    false)),
                    new SinkRequest(
                            List.of("es", "file"),
                            Optional.of(Path.of("/s/sinks.yml")),
                            Optional.of(Duration.ofSeconds(5)),
                            Optional.of("9100")));

    private static final RunRequest LEAST =
            new RunRequest(
                    new PlaybookRequest(
                            List.of(Path.of("/s/pb1.yml")),
                            List.of(Path.of("/s/inventory")),
                            List.of(),
                            List.of(),
                            HostLimits.none(),
                            List.of(),
                            JetpOptions.none()),
                    Path.of("/s/workers.yml"),
                    20,
                    Optional.empty(),
                    RolloutRules.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    SinkRequest.NONE);

    @TempDir Path runs;

    @Test
    void allOfItInTheRecord() throws IOException {
        assertThat(stored(FULL))
                .isEqualTo(
                        """
                        {
                          "directory" : "%s",
                          "runner" : "jetp",
                          "mode" : "check-ssh",
                          "playbooks" : [ "/s/pb1.yml", "/s/pb2.yml" ],
                          "inventories" : [ "/s/inventory" ],
                          "roles" : [ "/s/roles" ],
                          "modules" : [ "/s/modules" ],
                          "limitHosts" : [ "a", "b" ],
                          "limitGroups" : [ "g" ],
                          "extraVars" : [ "@/s/vars.yml" ],
                          "user" : "ops",
                          "port" : 2222,
                          "batchSize" : 10,
                          "sudo" : "root",
                          "tags" : [ "web", "db" ],
                          "verbosity" : 2,
                          "forwardAgent" : true,
                          "allowLocalhostDelegation" : true,
                          "workerConfig" : "/s/workers.yml",
                          "threads" : 50,
                          "order" : "none",
                          "rollout" : {
                            "waves" : "1,10%%",
                            "max_failures" : "5"
                          },
                          "routes" : "/s/routes",
                          "broker" : "",
                          "brokerWaitMillis" : 60000,
                          "brokerConfig" : "/s/broker",
                          "noLocal" : true,
                          "sinks" : {
                            "names" : [ "es", "file" ],
                            "config" : "/s/sinks.yml",
                            "waitMillis" : 5000,
                            "metrics" : "9100"
                          }
                        }
                        """
                                .formatted(Path.of("").toAbsolutePath()));
        assertThat(read()).isEqualTo(FULL);
    }

    @Test
    void whatIsNotAskedForIsEmpty() throws IOException {
        assertThat(stored(LEAST))
                .endsWith(
                        """
                          "extraVars" : [ ],
                          "user" : "",
                          "port" : 0,
                          "batchSize" : 0,
                          "sudo" : "",
                          "tags" : [ ],
                          "verbosity" : 0,
                          "forwardAgent" : false,
                          "allowLocalhostDelegation" : false,
                          "workerConfig" : "/s/workers.yml",
                          "threads" : 20,
                          "routes" : "",
                          "broker" : "",
                          "sinks" : {
                            "names" : [ ],
                            "config" : "",
                            "waitMillis" : -1,
                            "metrics" : ""
                          }
                        }
                        """);
        assertThat(read()).isEqualTo(LEAST);
    }

    @Test
    void relativePathsAreOfTheDirectoryThatItWasAskedIn() throws IOException {
        JsonNode old =
                new ObjectMapper()
                        .readTree(
                                """
                                {"directory": "/s", "mode": "ssh", "playbooks": ["pb1.yml"],
                                 "inventories": ["inventory"], "workerConfig": "workers.yml",
                                 "extraVars": ["@vars.yml"], "threads": 20, "routes": "routes",
                                 "of a later version": {"a": 1}}
                                """);
        RunRequest request = RunRequest.fromRecord(old);
        PlaybookRequest work = (PlaybookRequest) request.work();
        assertThat(work.playbooks()).containsExactly(Path.of("/s/pb1.yml"));
        assertThat(request.workerConfig()).isEqualTo(Path.of("/s/workers.yml"));
        assertThat(work.extraVars()).containsExactly("@/s/vars.yml");
        assertThat(request.routes()).contains(Path.of("/s/routes"));
        assertThat(work.roles()).isEmpty();
        assertThat(work.limits()).isEqualTo(HostLimits.none());
        assertThat(work.options()).isEqualTo(((PlaybookRequest) LEAST.work()).options());
        assertThat(request.broker()).isEmpty();
        assertThat(request.sinks()).isEqualTo(SinkRequest.NONE);
    }

    private String stored(RunRequest request) throws IOException {
        try (RunRecord record = RunRecord.create(runs, "a")) {
            record.storeRequest(request.toRecord());
        }
        return Files.readString(runs.resolve("a/request.json"));
    }

    private RunRequest read() throws IOException {
        return RunRequest.fromRecord(
                new ObjectMapper().readTree(runs.resolve("a/request.json").toFile()));
    }
}
