package org.jetfanout.service.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Stream;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.status.RunStatus;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole program, killed while it carries out runs: the next one goes on by itself. */
class ServeKilledIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(74, 2);

    @Test
    void itsRunsGoOnWithoutLossOrRepetition(@TempDir Path folder) throws IOException {
        Site site = new Site(fleet, folder);
        site.behave("h01", "slow:20").behave("h02", "slow:20").behave("h03", "chatty:5000");
        site.writeSettings();
        Path state = site.file("home/state/jet-fanout");
        Path config =
                site.write(
                        "service.yml",
                        """
                        listen: 127.0.0.1:0
                        roots: [ . ]
                        runs: { at_once: 1 }
                        keep_connections: 1m
                        """);
        List<String> words = site.words("--user", TestUser.name());
        String first;
        String second;
        try (RunStarts before =
                RunStarts.open(
                        ServiceConfig.read(config),
                        state.resolve("runs"),
                        state.resolve("service"))) {
            first = before.start(StartRequest.of(words, "ann", Optional.empty())).guid();
            second = before.start(StartRequest.of(words, "bob", Optional.empty())).guid();
        }

        Program killed = serve(site, config);
        Waiting.until("jobs of the first run", () -> fleet.starts(first).size() == 2);
        killed.signal("KILL");
        killed.end();
        assertThat(Files.exists(state.resolve("runs").resolve(second))).isFalse();

        Program next = serve(site, config);
        Waiting.until(
                "the end of both runs",
                () ->
                        Files.exists(state.resolve("runs/" + first + "/summary.json"))
                                && Files.exists(state.resolve("runs/" + second + "/summary.json")));
        next.signal("TERM");
        Program.Ended ended = next.end();
        assertThat(ended.exit()).as("%s", ended).isZero();

        for (Map.Entry<String, String> run : Map.of(first, "ann", second, "bob").entrySet()) {
            String guid = run.getKey();
            try (RunRecord record = RunRecord.at(state.resolve("runs").resolve(guid))) {
                assertThat(RunStatus.of(record).totals().changed()).isEqualTo(12);
                assertThat(record.exitCode()).hasValue(0);
                assertThat(record.request().orElseThrow().path("startedBy").asText())
                        .isEqualTo(run.getValue());
                assertThat(fleet.starts(guid)).hasSize(2);
                for (Batch batch : record.plan().orElseThrow().batches()) {
                    int worker = Integer.parseInt(batch.worker().name().substring(1));
                    Path job = fleet.job(worker, guid, batch.id());
                    assertThat(record.outputFile(batch.id(), Stream.OUTPUT))
                            .hasSameBinaryContentAs(job.resolve("output.log"));
                }
            }
        }
    }

    private static Program serve(Site site, Path config) throws IOException {
        Program program = site.startCommand("serve", "--config", config.toString());
        Waiting.until("the service", () -> program.out().contains("ready"));
        return program;
    }
}
