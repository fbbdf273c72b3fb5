package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What runners and hosts do, and what the user is told of it. */
class OutcomesIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(30, 2);

    @TempDir private Path folder;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder);
    }

    private static Map<String, Long> tally(Program.Ended run) throws IOException {
        Map<String, Long> tally = new TreeMap<>();
        run.outcomes().values().forEach(outcome -> tally.merge(outcome, 1L, Long::sum));
        return tally;
    }

    private static void ended(Program.Ended run, int exit) {
        assertThat(run.exit()).as("%s", run).isEqualTo(exit);
        assertThat(run.err()).as("%s", run).doesNotContain("\tat ", "Exception");
    }

    private static void sameBytes(Program.Ended run, int worker, String batch) {
        Path job = fleet.job(worker, run.guid(), batch);
        assertThat(run.record("output/" + batch + ".log"))
                .hasSameBinaryContentAs(job.resolve("output.log"));
        assertThat(run.record("output/" + batch + ".events.ndjson"))
                .hasSameBinaryContentAs(job.resolve("events.log"));
    }

    @Test
    void aFailingTask() throws IOException {
        site.behave("h03", "fail");
        Program.Ended run = site.run();
        ended(run, 2);
        assertThat(tally(run)).containsExactly(Map.entry("changed", 11L), Map.entry("failed", 1L));
        assertThat(run.outcomes()).containsEntry("h03", "failed");
        assertThat(run.err())
                .contains(
                        "1 of 12 hosts not ok",
                        "exit code 2",
                        "failed: 1 host",
                        "h03",
                        "first task: exit code 2: ls: cannot access")
                .contains("jet-fanout rerun " + run.guid() + " --failed");
        JsonNode failed = site.status(run).path("workers").get(0).path("failedHosts");
        assertThat(failed).hasSize(1);
        assertThat(failed.get(0).path("host").asText()).isEqualTo("h03");
    }

    @Test
    void anUnreachableHost() throws IOException {
        site.behave("h05", "unreachable");
        Program.Ended run = site.run();
        ended(run, 4);
        assertThat(run.outcomes()).containsEntry("h05", "unreachable");
        assertThat(tally(run)).containsEntry("changed", 11L);
        assertThat(run.err()).contains("unreachable: 1 host", "SSH connection attempt failed");
    }

    @Test
    void bothAtOnceAndRerunsOfThem() throws IOException {
        site.behave("h03", "fail").behave("h04", "fail").behave("h05", "unreachable");
        Program.Ended run = site.run();
        ended(run, 6);
        assertThat(run.err()).contains("2 hosts: h[03-04]");

        site.behave("h03", "ok").behave("h04", "ok").behave("h05", "ok");
        Program.Ended failed = site.command("rerun", run.guid(), "--failed");
        ended(failed, 0);
        assertThat(failed.outcomes()).containsOnlyKeys("h03", "h04");
        Program.Ended rest = site.command("rerun", run.guid(), "--unreachable");
        ended(rest, 0);
        assertThat(rest.outcomes()).containsOnlyKeys("h05");
        Program.Ended runs = site.command("runs");
        assertThat(runs.exit()).isZero();
        assertThat(runs.lines()).hasSize(3);
        assertThat(runs.out()).contains(run.guid(), failed.guid(), rest.guid());
    }

    @Test
    void aPlayThatAborts() throws IOException {
        site.workers(1).behave("h01", "abort");
        Program.Ended run = site.run();
        ended(run, 4);
        assertThat(tally(run)).containsExactly(Map.entry("unfinished", 12L));
        assertThat(run.err())
                .contains(
                        "unfinished: 12 hosts", "h[01-12]", "no hosts selected by groups in play");
    }

    @Test
    void aPlaybookThatTheRunnersRefuse() throws IOException {
        // of a runner of which nothing is known the playbook is not checked before
        site.setting("runner_modules", "any");
        site.playbook(
                "- name: one\n  groups: [ web ]\n  tasks:\n    - !shell\n      cmdd: uptime\n");
        Program.Ended run = site.run();
        ended(run, 78);
        assertThat(tally(run)).containsExactly(Map.entry("unfinished", 12L));
        assertThat(run.err())
                .contains(
                        "12 hosts: h[01-12]",
                        site.file("pb/site.yml") + ":5: .[0].tasks[0]: unknown field cmdd",
                        "rejected")
                .doesNotContain("rerun", ".jet-fanout/");
    }

    @Test
    void whatWouldChange() throws IOException {
        site.behave("h03", "match");
        Program.Ended run = site.run("check-ssh");
        ended(run, 0);
        assertThat(tally(run)).containsEntry("changed", 11L).containsEntry("ok", 1L);
        assertThat(run.out()).contains("would run");
    }

    @Test
    void aRunnerThatPanics() throws IOException {
        site.workers(1).behave("h02", "panic");
        Program.Ended run = site.run();
        ended(run, 4);
        assertThat(run.outcomes()).containsEntry("h02", "unfinished");
        assertThat(run.err()).contains("panicked at src/stand_in.rs:1:1: told to");
    }

    @Test
    void aChattyRunnerLosesNothing() throws IOException {
        site.workers(1).group("web", List.of("h01")).behave("h01", "chatty:100000");
        Program.Ended run = site.run();
        ended(run, 0);
        sameBytes(run, 1, "0001");
        List<String> chat =
                run.lines().stream().filter(line -> line.contains(" h01 : line ")).toList();
        assertThat(chat).hasSize(100_000);
        for (int i = 0; i < chat.size(); i += 9_999) {
            assertThat(chat.get(i)).endsWith(" : line " + i);
        }
    }

    @Test
    void bytesThatAreNoText() throws IOException {
        site.workers(1).behave("h01", "binary");
        Program.Ended run = site.run();
        ended(run, 0);
        sameBytes(run, 1, "0001");
        assertThat(run.out()).doesNotContain("\u0007", "\b", "\0", "\u001b[2J", "\u001b]0;");
        assertThat(run.lines().stream().skip(1)).allMatch(line -> line.startsWith(run.guid()));
        assertThat(tally(run)).containsExactly(Map.entry("changed", 12L));
    }

    @Test
    void aLineOfTenMegabytes() throws IOException {
        site.workers(1).behave("h01", "long:10485760");
        Program.Ended run = site.run();
        ended(run, 0);
        sameBytes(run, 1, "0001");
        assertThat(tally(run)).containsExactly(Map.entry("changed", 12L));
        long shown =
                run.lines().stream()
                        .filter(line -> line.endsWith("x") || line.endsWith("x [cut, continues]"))
                        .mapToLong(line -> line.chars().filter(c -> c == 'x').count())
                        .sum();
        assertThat(shown).isEqualTo(10_485_760);
    }

    @Test
    void aRunnerThatHangsIsEndedByItsDeadline() throws IOException {
        site.workers(1).setting("job_timeout", "3s").behave("h01", "hang");
        Program.Ended run = site.run();
        ended(run, 124);
        assertThat(run.outcomes()).containsEntry("h01", "unfinished");
        assertThat(run.err())
                .contains("ended by jet-fanout after its deadline of 3 s", "unfinished");
        String guid = run.guid();
        Waiting.until("the job's processes are gone", () -> processes(guid).isEmpty());
    }

    @Test
    void aSlowRunnerIsWaitedFor() throws IOException {
        site.workers(1).group("web", List.of("h01")).behave("h01", "slow:3");
        Program.Ended run = site.run();
        ended(run, 0);
        assertThat(run.outcomes()).containsOnly(Map.entry("h01", "changed"));
    }

    @Test
    void interruptedItEndsItsJobs() throws IOException {
        site.behave("h01", "hang").behave("h02", "hang");
        Program running = site.start();
        Waiting.until(
                "both jobs run",
                () -> running.out().contains("w1: ") && running.out().contains("w2: "));
        running.signal("INT");
        Program.Ended run = running.end();
        ended(run, 130);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains("unfinished");
        String guid = run.guid();
        Waiting.until("the jobs' processes are gone", () -> processes(guid).isEmpty());
        assertThat(run.record("bundles")).doesNotExist();
        assertThat(fleet.job(1, guid, "0001").toFile().list())
                .noneMatch(name -> name.startsWith("bundle"));
        assertThat(site.status(run).path("totals").path("unfinished").asInt()).isPositive();
    }

    /** Processes of jobs of a run, by what they were started with. */
    private static List<String> processes(String guid) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .map(OutcomesIT::environment)
                .filter(environment -> environment.contains("JET_FANOUT_GUID=" + guid))
                .toList();
    }

    private static String environment(long pid) {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ")),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
