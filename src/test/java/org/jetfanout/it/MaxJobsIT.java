package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of several users over workers that take one job at a time. */
@Order(1) // takes long: begins first
class MaxJobsIT {
    private static Fleet fleet;
    private static Path runner;

    @TempDir private Path folder;

    @BeforeAll
    static void startFleet() throws IOException {
        fleet = Fleet.start(152, 2);
        runner =
                fleet.program(
                        "in-turn-jetp",
                        """
                        #!/bin/sh
                        echo "+ $JET_FANOUT_GUID" >>"$HOME/turns"
                        until [ -e "$HOME/go" ]; do sleep 0.1; done
                        STAND_IN=quick %s "$@"
                        code=$?
                        echo "- $JET_FANOUT_GUID" >>"$HOME/turns"
                        exit $code
                        """
                                .formatted(fleet.jetp()));
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
    }

    private Site site(String name) throws IOException {
        return new Site(fleet, Files.createDirectory(folder.resolve(name)))
                .workers(1)
                .setting("jetp", runner.toString())
                .setting("max_jobs", "1");
    }

    /** The batch of a worker that lacks flock goes to another, where it waits for its turn. */
    @Test
    void aWorkerWithoutFlockRefuses() throws IOException {
        Path programs = Programs.allBut(fleet.home(1).resolve("programs"), "flock");
        Path login = fleet.home(1).resolve(".bashrc");
        Files.writeString(login, "PATH=" + programs + "\n");
        try {
            Site site = site("flock").workers(2).setting("jetp", fleet.jetp().toString());
            Program.Ended run = site.run();
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(run.err().lines())
                    .filteredOn(line -> line.contains("flock, which max_jobs needs, is not inst"))
                    .as("%s", run)
                    .hasSize(1);
            assertThat(fleet.starts(run.guid())).hasSize(2);
        } finally {
            Files.delete(login);
        }
    }

    private static void hold(int worker) throws IOException {
        Files.deleteIfExists(fleet.home(worker).resolve("go"));
        Files.deleteIfExists(fleet.home(worker).resolve("turns"));
    }

    private static void letGo(int worker) throws IOException {
        Files.createFile(fleet.home(worker).resolve("go"));
    }

    private static List<String> turns(int worker) {
        try {
            Path turns = fleet.home(worker).resolve("turns");
            return Files.exists(turns) ? Files.readAllLines(turns) : List.of();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Starts a run and returns when its record has one of its batches in that state. */
    private static Program started(Site site, String state, String... more) throws IOException {
        Program run = site.start(more);
        Waiting.until(
                "it is " + state + " " + run.out() + run.err(),
                () -> states(site, run).contains("\"" + state + "\""));
        return run;
    }

    private static String guid(Program run) {
        return run.out().lines().findFirst().orElse("none");
    }

    private static String states(Site site, Program run) {
        Path states =
                site.file("home/state/jet-fanout/runs").resolve(guid(run)).resolve("states.ndjson");
        try {
            return Files.exists(states) ? Files.readString(states) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void runsTakeTurnsInTheOrderOfTheirArrival() throws IOException {
        hold(1);
        List<Site> sites = List.of(site("one"), site("two"), site("three"));
        List<Program> runs = new ArrayList<>();
        for (Site site : sites) {
            runs.add(started(site, runs.isEmpty() ? "running" : "waiting"));
        }
        String second = guid(runs.get(1));
        assertThat(sites.get(1).command("status", second, "--live").out())
                .contains("1 waiting")
                .contains("as its workers report it");
        assertThat(sites.get(1).command("status", second).out()).containsPattern("w1 .* waiting");
        assertThat(turns(1)).containsExactly("+ " + guid(runs.get(0)));
        letGo(1);
        List<String> expected = new ArrayList<>();
        for (Program run : runs) {
            Program.Ended ended = run.end();
            assertThat(ended.exit()).as("%s", ended).isZero();
            assertThat(ended.outcomes()).hasSize(12).doesNotContainValue("unfinished");
            expected.addAll(List.of("+ " + ended.guid(), "- " + ended.guid()));
        }
        assertThat(turns(1)).isEqualTo(expected);
    }

    @Test
    void whoWaitsMayBeCancelledOrLoseItsControlProcess() throws IOException {
        hold(1);
        Site dying = site("dying");
        Site cancelled = site("cancelled");
        Program first = started(site("first"), "running");
        Program second = started(dying, "waiting");
        Program third = started(cancelled, "waiting");
        second.signal("KILL");
        second.end();
        assertThat(cancelled.command("cancel", guid(third)).exit()).isZero();
        assertThat(third.end().exit()).isEqualTo(130);
        Program.Ended clean = dying.command("clean", guid(second), "--force");
        assertThat(clean.out()).contains("waits there for its turn: not removed");
        letGo(1);
        assertThat(first.end().exit()).isZero();
        Program.Ended resumed = dying.command("resume", guid(second));
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(resumed.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        assertThat(turns(1))
                .containsExactly(
                        "+ " + guid(first),
                        "- " + guid(first),
                        "+ " + guid(second),
                        "- " + guid(second));
    }

    /** With one thread, the batch of a worker that is busy does not keep the other one waiting. */
    @Test
    void whoWaitsHoldsNoThread() throws IOException {
        hold(1);
        hold(2);
        Program first = started(site("first"), "running");
        letGo(2);
        Site both = site("both").workers(2);
        Program second = started(both, "waiting", "--threads", "1");
        Waiting.until("the other worker's batch ends", () -> turns(2).size() == 2);
        assertThat(turns(1)).containsExactly("+ " + guid(first));
        letGo(1);
        assertThat(first.end().exit()).isZero();
        Program.Ended ended = second.end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(ended.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        assertThat(turns(1)).hasSize(4);
    }
}
