package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Faults of docs/faults.md that are no broken connections: disks, deadlines, keys, Ctrl-C. */
class EndsIT {
    private static final int LINES = 1500;
    @RegisterExtension static final Fleet fleet = Fleet.start(170, 2);
    private static Counting counting;

    @TempDir private Path folder;

    @BeforeAll
    static void makeRunner() throws IOException {
        counting = new Counting(fleet, LINES);
    }

    private Site site(int workers) throws IOException {
        Site site = new Site(fleet, folder).workers(workers);
        for (int n = workers + 1; n <= fleet.workers(); n++) {
            Files.delete(site.file("inv/host_vars/w" + n));
        }
        return site.setting("jetp", counting.runner().toString());
    }

    private static Path record(Site site) {
        Path runs = site.file("home/state/jet-fanout/runs");
        List<String> guids = Counting.list(runs);
        return runs.resolve(guids.isEmpty() ? "none" : guids.get(0));
    }

    private static String guid(Site site) {
        return record(site).getFileName().toString();
    }

    private static long largestOutput(Site site) {
        Path output = record(site).resolve("output");
        return Counting.list(output).stream()
                .mapToLong(name -> output.resolve(name).toFile().length())
                .max()
                .orElse(0);
    }

    private static void oneLine(Program.Ended run, int exit, String... words) {
        assertThat(run.exit()).as("%s", run).isEqualTo(exit);
        assertThat(run.complaints()).as("%s", run).hasSize(1);
        assertThat(run.complaints().get(0)).contains(words);
        assertThat(run.err()).doesNotContain("\tat ", "internal error");
    }

    /** By the limit of a file's size, which needs no mount and no root. */
    @Test
    void theDiskOfTheControlMachineIsFull() throws IOException {
        Counting held = Counting.held(fleet, LINES);
        Site site = site(2).setting("jetp", held.runner().toString());
        Program run = site.start();
        Waiting.until("output arrives", () -> largestOutput(site) > 5000);
        Programs.ok(
                "prlimit",
                "--pid",
                Long.toString(run.handle().pid()),
                "--fsize=" + (largestOutput(site) + 2000));
        held.letGo(guid(site));
        Program.Ended ended = run.end();
        oneLine(ended, 1, "cannot write", "too large", "jet-fanout resume " + guid(site));

        Program.Ended resumed = site.command("resume", guid(site));
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(counting.wrong(record(site), 2)).isEmpty();
    }

    @Test
    void theRunRecordCannotBeMade() throws IOException {
        Site site = site(1).environment("XDG_STATE_HOME", "/proc/self/no");
        long before = fleet.jobs();
        Program.Ended run = site.run();
        oneLine(run, 1, "run record: cannot write /proc/self/no/jet-fanout/runs/");
        assertThat(fleet.jobs()).isEqualTo(before);
    }

    /** Nobody can make a folder there, root neither. */
    @Test
    void theFileSystemOfTheWorkerIsReadOnly() throws IOException {
        Site site = site(1).setting("reconnect_timeout", "2s");
        Path jobs = fleet.home(1).resolve(".jet-fanout");
        Programs.ok("rm", "-rf", jobs.toString());
        Files.createSymbolicLink(jobs, Path.of("/proc/self/no"));
        try {
            Program.Ended run = site.run();
            assertThat(run.exit()).as("%s", run).isEqualTo(4);
            assertThat(run.err()).contains("w1", "cannot create").doesNotContain("\tat ");
            assertThat(run.outcomes()).hasSize(12);
            assertThat(run.outcomes().values()).containsOnly("unfinished");
            assertThat(counting.starts(run.guid())).isEmpty();
        } finally {
            Files.delete(jobs);
        }
    }

    /** The runner can write no more in the middle of its work. */
    @Test
    void theDiskOfTheWorkerIsFullWhileTheRunnerWrites() throws IOException {
        Site site = site(1);
        site.setting("jetp", "prlimit --fsize=9000 -- " + counting.runner());
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(4);
        assertThat(run.outcomes()).hasSize(12);
        assertThat(run.outcomes().values()).containsOnly("unfinished");
        assertThat(counting.starts(run.guid()).values()).containsExactly(List.of(1));
        String batch = run.records("results.ndjson").get(0).path("batch").asText();
        assertThat(run.record("output/" + batch + ".log"))
                .hasSameBinaryContentAs(fleet.job(1, run.guid(), batch).resolve("output.log"));
    }

    @Test
    void aRunnerThatHangsOnAMuteHostIsEndedAtItsDeadline() throws IOException {
        Site site = site(1).setting("jetp", fleet.jetp().toString()).setting("job_timeout", "4s");
        site.behave("h07", "hang");
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(124);
        assertThat(run.err()).contains("ended by jet-fanout after its deadline of 4 s", "h[01-12]");
        assertThat(run.outcomes()).hasSize(12).containsEntry("h07", "unfinished");
        Waiting.until(
                "nothing of it runs",
                () -> !Programs.ok("ps", "-eo", "args=").contains(run.guid()));
    }

    /** It has no batch in the plan, and yet it can be asked and cleaned when the run has ended. */
    @Test
    void aSubstituteIsKnownAfterTheEnd() throws IOException {
        Site site = site(2).group("web", Site.hosts(1)).setting("reconnect_timeout", "2s");
        site.hostVars("w1", "jet_ssh_hostname: %s\njet_ssh_port: 1\n".formatted(fleet.worker(1)));
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(counting.starts(run.guid()).values()).containsExactly(List.of(2));
        Program.Ended live = site.command("status", run.guid(), "--live");
        assertThat(live.out()).as("%s", live).containsPattern("w2  batch \\d+  ended");
        Program.Ended clean = site.command("clean", run.guid(), "--worker", "w2");
        assertThat(clean.exit()).as("%s", clean).isZero();
        assertThat(clean.out()).contains("w2: removed batch ");
        assertThat(fleet.home(2).resolve(".jet-fanout/" + run.guid())).doesNotExist();
    }

    @Test
    void oneKeyForWorkersAndHostsIsToldBefore() throws IOException {
        Site site = site(1);
        try (SshAgent one = SshAgent.start(fleet.workerKey())) {
            site.environment("SSH_AUTH_SOCK", one.socket().toString());
            Program.Ended run = site.setting("agent_keys", null).run();
            assertThat(run.complaints())
                    .filteredOn(
                            line ->
                                    line.contains("only one key")
                                            && line.contains(fleet.workerKey().fingerprint())
                                            && line.contains("agent_keys"))
                    .hasSize(1);
            assertThat(run.exit()).as("%s", run).isZero();
            site.setting("agent_keys", "[ " + fleet.hostKey().fingerprint() + " ]");
            assertThat(site.run().err()).contains("none of agent_keys");
            site.setting("agent", "none").setting("agent_keys", null);
            assertThat(site.run().complaints()).isEmpty();
        }
    }

    /** A CI system that ends a job waits for seconds, not for {@code reconnect_timeout}. */
    @Test
    void cancelDoesNotWaitLongForAWorkerThatIsAway() throws IOException {
        Counting held = Counting.held(fleet, LINES);
        Site site = site(1).setting("jetp", held.runner().toString());
        Program run = site.start();
        Waiting.until("output arrives", () -> largestOutput(site) > 5000);
        fleet.server().halt();
        try {
            ProxiedSite.await("it is missed", run, () -> run.err().contains("reconnecting"));
            run.signal("TERM");
            Program.Ended ended = run.end();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(130);
            assertThat(ended.err()).contains("w1", "connection refused").doesNotContain("\tat ");
            assertThat(ended.outcomes()).hasSize(12);
        } finally {
            fleet.server().restart();
            held.letGo(guid(site));
        }
    }

    /** Without a terminal: the first one cancels, the second one leaves at once. */
    @Test
    void twoInterruptsLeaveAtOnce() throws IOException {
        Site site = site(1);
        Path stubborn =
                fleet.program(
                        "stubborn-jetp",
                        """
                        #!/bin/sh
                        trap '' TERM
                        echo "$JET_FANOUT_GUID $JET_FANOUT_BATCH" >>"$HOME/starts"
                        n=0
                        while [ $n -lt 300 ]; do
                        	n=$((n + 1))
                        	sleep 0.1
                        done
                        """);
        site.setting("jetp", stubborn.toString());
        Program run = site.start();
        Waiting.until("it runs", () -> counting.starts(guid(site)).size() == 1);
        run.signal("INT");
        Waiting.until("it cancels", () -> run.err().contains("ending the jobs on the workers"));
        run.signal("INT");
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(130);
        assertThat(ended.err()).contains("jet-fanout resume " + guid(site));
        Program.Ended resumed = site.command("cancel", guid(site));
        assertThat(resumed.exit()).as("%s", resumed).isEqualTo(130);
        assertThat(counting.starts(guid(site)))
                .containsExactlyEntriesOf(
                        Map.of(counting.starts(guid(site)).keySet().iterator().next(), List.of(1)));
    }
}
