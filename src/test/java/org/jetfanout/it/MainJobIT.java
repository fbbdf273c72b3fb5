package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The main job, whole: a playbook against twelve hosts through three workers. */
class MainJobIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(10, 3);

    @Test
    void configuresEveryHostOnce(@TempDir Path folder) throws IOException {
        Site site = new Site(fleet, folder);
        Program.Ended run = site.run();

        assertThat(run.exit()).as("%s", run).isZero();
        String guid = run.guid();
        assertThat(guid).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(run.lines().subList(1, run.lines().size()))
                .isNotEmpty()
                .allMatch(line -> line.matches(guid + " w[123]: .*"));
        assertThat(fleet.starts(guid)).hasSize(3).allMatch(line -> line.endsWith(" 4"));
        assertThat(run.outcomes())
                .hasSize(12)
                .containsOnlyKeys(Site.hosts(12))
                .allSatisfy((host, outcome) -> assertThat(outcome).isEqualTo("changed"));
        for (String host : Site.hosts(12)) {
            assertThat(run.lines().stream().filter(line -> line.contains("✓ " + host + " =>")))
                    .as(host)
                    .hasSize(1);
        }
        assertThat(run.err()).contains("all 12 hosts ok", "exit code 0");
        for (int n = 1; n <= 3; n++) {
            String batch = batch(run, "w" + n);
            Path job = fleet.job(n, guid, batch);
            assertThat(run.record("output/" + batch + ".log"))
                    .hasSameBinaryContentAs(job.resolve("output.log"));
            assertThat(run.record("output/" + batch + ".events.ndjson"))
                    .hasSameBinaryContentAs(job.resolve("events.log"));
            assertThat(Files.size(job.resolve("events.log"))).isPositive();
        }
        statusHasItsShape(site, run);
        nothingSecretStays(run);
        everyLogLineHasTheGuid(run);
    }

    private static void statusHasItsShape(Site site, Program.Ended run) throws IOException {
        JsonNode status = site.status(run);
        assertThat(status.fieldNames())
                .toIterable()
                .containsExactly("guid", "state", "exitCode", "totals", "workers");
        assertThat(status.path("guid").asText()).isEqualTo(run.guid());
        assertThat(status.path("exitCode").asInt(-1)).isZero();
        assertThat(status.path("state").asText()).isEqualTo("ended");
        assertThat(status.path("totals"))
                .hasToString(
                        "{\"hosts\":12,\"ok\":0,\"changed\":12,\"failed\":0,\"unreachable\":0,\"unfinished\":0,"
                                + "\"notStarted\":0}");
        assertThat(status.path("workers")).hasSize(3);
        JsonNode worker = status.path("workers").get(0);
        assertThat(worker.fieldNames())
                .toIterable()
                .containsExactly(
                        "worker",
                        "state",
                        "batch",
                        "hosts",
                        "ok",
                        "changed",
                        "failed",
                        "unreachable",
                        "unfinished",
                        "notStarted",
                        "failedHosts");
    }

    private static void nothingSecretStays(Program.Ended run) throws IOException {
        try (Stream<Path> files = Files.walk(run.runs())) {
            // the queue's own files lie in a folder that nobody else enters
            assertThat(files)
                    .filteredOn(file -> !file.getParent().endsWith("queue"))
                    .filteredOn(file -> !file.getParent().getParent().endsWith("queue"))
                    .allSatisfy(
                            file ->
                                    assertThat(
                                                    PosixFilePermissions.toString(
                                                            Files.getPosixFilePermissions(file)))
                                            .as("%s", file)
                                            .isEqualTo(
                                                    Files.isDirectory(file)
                                                            ? "rwx------"
                                                            : "rw-------"))
                    .noneMatch(file -> file.toString().endsWith(".tgz"));
        }
        for (int n = 1; n <= 3; n++) {
            String batch = batch(run, "w" + n);
            try (Stream<Path> files = Files.walk(fleet.job(n, run.guid(), batch))) {
                List<Path> all = files.toList();
                assertThat(all).noneMatch(file -> file.toString().contains("bundle"));
                assertThat(all)
                        .filteredOn(file -> !Files.isSymbolicLink(file))
                        .allSatisfy(
                                file ->
                                        assertThat(
                                                        PosixFilePermissions.toString(
                                                                Files.getPosixFilePermissions(
                                                                        file)))
                                                .as("%s", file)
                                                .endsWith("------"));
            }
        }
    }

    private static void everyLogLineHasTheGuid(Program.Ended run) throws IOException {
        assertThat(Files.readAllLines(run.record("jet-fanout.log")))
                .allMatch(line -> line.contains(run.guid()));
    }

    private static String batch(Program.Ended run, String worker) throws IOException {
        return run.records("batches.ndjson").stream()
                .filter(line -> line.path("worker").asText().equals(worker))
                .map(line -> line.path("batch").asText())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theRunnerKnowsGuidBatchAndItsOwnFiles(@TempDir Path folder) throws IOException {
        Path runner =
                fleet.program(
                        "env-jetp",
                        "#!/bin/sh\nenv | sort\nls -l\necho \"$*\"\nexec "
                                + fleet.jetp()
                                + " \"$@\"\n");
        Site site = new Site(fleet, folder).setting("jetp", runner.toString()).workers(1);
        site.env(Map.of("PROXY", "http://proxy:3128/?a=$HOME&b=`id`"));
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.out())
                .contains(
                        "w1: JET_FANOUT_GUID=" + run.guid(),
                        "w1: PROXY=http://proxy:3128/?a=$HOME&b=`id`",
                        "w1: USER=" + TestUser.name(),
                        " --user " + TestUser.name() + " ",
                        " --threads 50");
        assertThat(new TreeSet<>(run.outcomes().values())).containsExactly("changed");
    }
}
