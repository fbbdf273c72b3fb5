package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go from wave to wave, and what stops them. */
class RolloutIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(218, 2);

    private static final String THROWS =
            "- throwException: { exceptionType: java.lang.IllegalStateException, message: no ticket }";

    @TempDir private Path folder;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder);
    }

    private static Map<String, Integer> waves(Program.Ended run) throws IOException {
        Map<String, Integer> waves = new HashMap<>();
        for (JsonNode batch :
                new ObjectMapper().readTree(run.record("plan.json").toFile()).path("batches")) {
            waves.put(batch.path("batch").asText(), batch.path("wave").asInt());
        }
        return waves;
    }

    /** No batch begins before all batches of the wave before have their results. */
    @Test
    void oneWaveAfterTheOther() throws IOException {
        site.group("edge", List.of("h12"));
        Program.Ended run = site.run("--waves", "5", "--canary", "edge");
        assertThat(run.exit()).as("%s", run).isZero();
        Map<String, Integer> waves = waves(run);
        assertThat(waves.values()).containsExactlyInAnyOrder(1, 2, 2, 3, 3);
        Instant[] first = new Instant[4];
        Instant[] last = new Instant[4];
        for (JsonNode batch : run.records("batches.ndjson")) {
            int wave = waves.get(batch.path("batch").asText());
            Instant started = Instant.parse(batch.path("started").asText());
            Instant ended = Instant.parse(batch.path("ended").asText());
            first[wave] =
                    first[wave] == null || started.isBefore(first[wave]) ? started : first[wave];
            last[wave] = last[wave] == null || ended.isAfter(last[wave]) ? ended : last[wave];
        }
        assertThat(first[2]).isAfterOrEqualTo(last[1]);
        assertThat(first[3]).isAfterOrEqualTo(last[2]);
        assertThat(run.err()).contains("wave 1 of 3 begins", "wave 3 of 3 begins");
        JsonNode rollout = site.status(run).path("rollout");
        assertThat(rollout.path("wave").asInt()).isEqualTo(3);
        assertThat(rollout.path("done").asInt()).isEqualTo(12);
    }

    /** A bad change stops after the canary; what is left can be done later. */
    @Test
    void tooManyFailuresStopIt() throws IOException {
        site.behave("h01", "fail");
        Program.Ended run = site.run("--waves", "1,4", "--max-failures", "0");
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        assertThat(run.err())
                .contains("stopped after 1 of 12 hosts: 1 host failed, limit 0")
                .contains("jet-fanout rerun " + run.guid() + " --failed --not-started");
        assertThat(run.outcomes()).hasSize(12).containsEntry("h01", "failed");
        assertThat(run.outcomes().values()).filteredOn("not_started"::equals).hasSize(11);
        assertThat(fleet.starts(run.guid())).hasSize(1);
        assertThat(site.command("status", run.guid()).out())
                .contains("stopped after 1 of 12 hosts: 1 host failed, limit 0");
        assertThat(site.status(run).path("rollout").path("stopped").asText())
                .isEqualTo("1 host failed, limit 0");
        Program.Ended rest = site.command("rerun", run.guid(), "--not-started");
        assertThat(rest.exit()).as("%s", rest).isZero();
        assertThat(rest.outcomes()).hasSize(11).doesNotContainKey("h01");
        assertThat(waves(rest).values()).contains(1, 2, 3);
    }

    /** A CI job ends at the gate, another one approves and goes on. */
    @Test
    void oneProcessEndsAtTheGateAndAnotherOneApproves() throws IOException {
        Program.Ended canary =
                site.run(
                        "--waves",
                        "2",
                        "--approve",
                        "--leave-at-gate",
                        "--not-after",
                        "2099-01-01T00:00");
        assertThat(canary.exit()).as("%s", canary).isZero();
        assertThat(canary.err())
                .contains("before wave 2, waiting for jet-fanout approve " + canary.guid())
                .contains("to continue: jet-fanout approve " + canary.guid());
        assertThat(fleet.starts(canary.guid())).hasSize(2);
        assertThat(site.command("status", canary.guid()).out())
                .contains("wave 1 of 2, 2 of 12 hosts, 0 failed")
                .contains("waiting for jet-fanout approve " + canary.guid());
        Program.Ended rest = site.command("approve", canary.guid());
        assertThat(rest.exit()).as("%s", rest).isZero();
        assertThat(rest.err()).contains("wave 2 of 2 begins");
        assertThat(fleet.starts(canary.guid())).hasSize(4);
        assertThat(site.status(canary).at("/totals/hosts").asInt()).isEqualTo(12);
        assertThat(site.command("approve", canary.guid()).err()).contains("has ended already");
        assertThat(site.command("status", canary.guid()).out())
                .containsOnlyOnce("  " + System.getProperty("user.name") + ": approved wave 2\n");
    }

    /** Killed while it waits for an approval: nothing is done twice, and nothing is skipped. */
    @Test
    void aRunThatWasKilledAtTheGateWaitsThereAgain() throws IOException {
        Program run = site.start("--waves", "2", "--approve");
        Waiting.until("it waits", () -> run.err().contains("before wave 2, waiting for"));
        String guid = run.out().lines().findFirst().orElseThrow();
        run.signal("KILL");
        run.end();
        Program again = site.startCommand("resume", guid);
        Waiting.until("it waits", () -> again.err().contains("before wave 2, waiting for"));
        assertThat(fleet.starts(guid)).hasSize(2);
        Program.Ended approved = site.command("approve", guid);
        assertThat(approved.exit()).as("%s", approved).isZero();
        Program.Ended ended = again.end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(fleet.starts(guid)).hasSize(4);
    }

    /** on_stop: cancel ends what runs; its hosts are unfinished, and the exit code is not 130. */
    @Test
    void runningJobsAreCancelledWhereTheRunIsStopped() throws IOException {
        site.behave("h01", "fail").behave("h02", "slow:60");
        Program.Ended run = failsOnceBothRun("--max-failures", "0", "--on-stop", "cancel").end();
        assertThat(run.exit()).as("%s", run).isEqualTo(6);
        assertThat(run.outcomes())
                .containsEntry("h01", "failed")
                .containsEntry("h02", "unfinished");
        assertThat(run.err()).contains("1 host failed, limit 0");
    }

    /** Starts a run whose hosts are configured only once the jobs of both workers run. */
    private Program failsOnceBothRun(String... options) throws IOException {
        Path go = fleet.home(1).resolve("go-" + UUID.randomUUID());
        site.setting("jetp", fleet.held("echo begun", go).toString());
        Program run = site.start(options);
        Waiting.until("both run", () -> run.out().split("begun", -1).length > 2);
        Files.createFile(go);
        return run;
    }

    /** Barriers hold within a wave: no batch of a later wave is waited for. */
    @Test
    void playsInOrderWithinEachWave() throws IOException {
        site.group("db", List.of("h01", "h02", "h07", "h08"))
                .playbook(
                        """
                        - name: db
                          groups: [ db ]
                          tasks:
                            - !shell
                              name: migrate
                              cmd: uptime
                        - name: app
                          groups: [ web ]
                          tasks:
                            - !shell
                              name: restart
                              cmd: uptime
                        """);
        Program.Ended run = site.run("--waves", "4", "--order", "plays", "-t", "1");
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        assertThat(run.err()).contains("wave 2 of 2 begins");
        assertThat(fleet.starts(run.guid())).hasSize(4);
    }

    /** People may hold a run before its next wave at any time. */
    @Test
    void pausedAndContinued() throws IOException {
        Path go = fleet.home(1).resolve("go-on");
        site.setting("jetp", fleet.held("echo begun", go).toString());
        Program run = site.start("--waves", "2");
        Waiting.until("it runs", () -> run.err().contains("running"));
        String guid = run.out().lines().findFirst().orElseThrow();
        Program.Ended pause = site.command("pause", guid);
        assertThat(pause.exit()).as("%s", pause).isZero();
        Files.createFile(go);
        Waiting.until("it waits " + run.err(), () -> run.err().contains("jet-fanout continue"));
        assertThat(fleet.starts(guid)).hasSize(2);
        assertThat(site.command("status", guid).out()).contains("jet-fanout continue " + guid);
        assertThat(site.command("continue", guid).exit()).isZero();
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(fleet.starts(guid)).hasSize(4);
    }

    /** A stop is kept by whoever resumes the run: what runs is fetched, and nothing else begins. */
    @Test
    void aRunThatWasKilledAfterItsStopBeginsNothingMore() throws IOException {
        site.behave("h01", "fail").behave("h02", "slow:8");
        Program run = failsOnceBothRun("--waves", "2", "--max-failures", "0");
        Waiting.until("it is stopped", () -> run.err().contains("limit 0"));
        String guid = run.out().lines().findFirst().orElseThrow();
        run.signal("KILL");
        run.end();
        Program.Ended resumed = site.command("resume", guid);
        assertThat(resumed.exit()).as("%s", resumed).isEqualTo(2);
        assertThat(fleet.starts(guid)).hasSize(2);
        assertThat(resumed.err()).contains("stopped after 2 of 12 hosts: 1 host failed, limit 0");
        assertThat(site.status(resumed).at("/totals/changed").asInt()).isEqualTo(1);
        assertThat(site.status(resumed).at("/totals/notStarted").asInt()).isEqualTo(10);
    }

    /**
     * A step of the user's own in the gate that fails ends the run there, until it is corrected.
     */
    @Test
    void aStepOfTheGateThatFails() throws IOException {
        String gate =
                """
                - route:
                    id: gate
                    from:
                      uri: direct:gate
                      steps:
                        - process: { ref: gate.failures }
                        %s
                """;
        Path routes = site.write("routes/gate.camel.yaml", gate.formatted(THROWS)).getParent();
        Program.Ended run = site.run("--waves", "2", "--routes", routes.toString());
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).anyMatch(line -> line.contains("no ticket"));
        assertThat(fleet.starts(run.guid())).hasSize(2);
        site.write("routes/gate.camel.yaml", gate.formatted("- process: { ref: gate.hold }"));
        Program.Ended resumed = site.command("resume", run.guid());
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(fleet.starts(run.guid())).hasSize(4);
    }

    /** Batches that were queued in time are not begun after it either. */
    @Test
    void nothingBeginsAfterTheWindow() throws IOException {
        Program.Ended run = site.run("--not-after", "2020-01-01T00:00");
        assertThat(run.exit()).as("%s", run).isEqualTo(4);
        assertThat(run.err()).contains("stopped after 0 of 12 hosts: nothing begins after 20");
        assertThat(run.outcomes()).hasSize(12).doesNotContainValue("ok");
        assertThat(fleet.starts(run.guid())).isEmpty();
    }

    /** A send route of one's own that knows no waves works as long as there are none. */
    @Test
    void aSendRouteWithoutWaves() throws IOException {
        site.write(
                "routes/send.camel.yaml",
                """
                - route:
                    id: send
                    from:
                      uri: direct:send
                      steps:
                        - to: direct:queue
                        - process: { ref: queue.startDispatch }
                """);
        String routes = site.file("routes").toString();
        Program.Ended without = site.run("--routes", routes);
        assertThat(without.exit()).as("%s", without).isZero();
        Program.Ended with = site.run("--routes", routes, "--waves", "2");
        assertThat(with.exit()).as("%s", with).isEqualTo(78);
        assertThat(with.complaints()).hasSize(1);
        assertThat(with.complaints().get(0)).contains("route send", "wave.next");
        assertThat(fleet.starts(with.guid())).isEmpty();
    }
}
