package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs seen from another process: logs, status, clean, runs, prune. */
class LookingBackIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension static final Fleet fleet = Fleet.start(120, 2);

    @TempDir Path folder;

    private static List<JsonNode> json(String out) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (String line : out.lines().toList()) {
            all.add(JSON.readTree(line));
        }
        return all;
    }

    @Test
    void aRunThatHasEnded() throws IOException {
        Site site = new Site(fleet, folder).behave("h03", "fail").behave("h05", "unreachable");
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(6);
        String guid = run.guid();

        Program.Ended logs = site.command("logs", guid.substring(0, 8));
        assertThat(logs.exit()).as("%s", logs).isZero();
        assertThat(logs.lines())
                .hasSize(run.lines().size() - 1)
                .allMatch(
                        line ->
                                line.matches(
                                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d"
                                                + " w[12]: .*"));
        assertThat(site.command("logs", "last", "--worker", "w1").lines())
                .isNotEmpty()
                .allMatch(line -> line.contains(" w1: "));
        assertThat(site.command("logs", guid, "--host", "h01").lines())
                .isNotEmpty()
                .allMatch(line -> line.contains(" h01 "));
        assertThat(site.command("logs", guid, "--failed").lines())
                .isNotEmpty()
                .anyMatch(line -> line.contains("! h03 => failed"))
                .anyMatch(line -> line.contains("    rc: "))
                .anyMatch(line -> line.endsWith("! connection failed to host: h05"))
                .noneMatch(line -> line.contains("h01"));
        List<JsonNode> records =
                json(site.command("logs", guid, "--grep", "h0[12] => c", "--json").out());
        assertThat(records).hasSize(2).allMatch(line -> line.path("type").asText().equals("line"));
        assertThat(site.command("logs", guid, "--follow").lines())
                .containsExactlyElementsOf(logs.lines());

        for (List<String> wrong : List.of(List.of("--worker", "w9"), List.of("--host", "h99"))) {
            Program.Ended refused = site.command("logs", guid, wrong.get(0), wrong.get(1));
            assertThat(refused.exit()).isEqualTo(78);
            assertThat(refused.complaints()).hasSize(1);
        }
        assertThat(site.command("logs", guid, "--grep", "(").exit()).isEqualTo(64);

        assertThat(site.command("runs").out())
                .matches(
                        guid
                                + "  \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d "
                                + " ended  .*\n");
        cannotBeWritten(site);
        clean(site, guid);
        prune(site, guid);
    }

    /** What cannot be printed is told, whatever prints it; a reader that has left is not. */
    private void cannotBeWritten(Site site) throws IOException {
        String plan = " -p pb/site.yml -i inv --worker-config workers.yml";
        StringBuilder script = new StringBuilder("cd '" + folder + "'\n");
        String program = site.commandLine();
        List<String> commands =
                List.of(
                        "logs last",
                        "logs last --json",
                        "status last",
                        "status last --json",
                        "runs",
                        "runs --json",
                        "plan" + plan,
                        "plan --json" + plan,
                        "--version",
                        "--help",
                        "capacity --hosts 9 --host-time 5m --workers 2");
        for (String command : commands) {
            String words = program + " " + command;
            script.append("o=$(").append(words).append(" 2>&1 >/dev/full); echo \"$? $o\"\n");
        }
        for (String command : commands.subList(0, 4)) {
            String words = program + " " + command;
            script.append(words).append(" 2>left.txt | :\ncat left.txt\n");
        }
        Programs.Result said =
                Programs.run(
                        Duration.ofMinutes(10),
                        Map.of(),
                        "sh",
                        site.write("unwritten", script.toString()).toString());
        String full = "1 jet-fanout: standard output could not be written: No space left on device";
        List<String> lines = said.output().lines().toList();
        assertThat(lines.subList(0, commands.size())).as(said.output()).containsOnly(full);
        // nothing of those whose reader has left
        assertThat(lines).as(said.output()).hasSize(commands.size());
    }

    private void clean(Site site, String guid) throws IOException {
        Program.Ended live = site.command("status", guid, "--live", "--json");
        assertThat(live.exit()).as("%s", live).isZero();
        JsonNode jobs = JSON.readTree(live.out()).path("jobs");
        assertThat(jobs)
                .hasSize(2)
                .allSatisfy(
                        job -> {
                            assertThat(job.path("state").asText()).isEqualTo("ended");
                            assertThat(job.path("output").asLong()).isPositive();
                        });
        assertThat(site.command("clean", guid, "--worker", "w1").lines())
                .hasSize(1)
                .allMatch(line -> line.startsWith("w1: removed batch "));
        assertThat(fleet.home(1).resolve(".jet-fanout").resolve(guid)).doesNotExist();
        assertThat(fleet.home(2).resolve(".jet-fanout").resolve(guid)).exists();
        Program.Ended rest = site.command("clean", guid);
        assertThat(rest.exit()).isZero();
        assertThat(rest.lines())
                .hasSize(2)
                .contains("w1: nothing to remove")
                .anyMatch(line -> line.startsWith("w2: removed batch "));
        assertThat(site.command("status", guid, "--live").out())
                .contains("as its workers report it: 2 none");
    }

    private void prune(Site site, String guid) throws IOException {
        List<JsonNode> runs = json(site.command("runs", "--json").out());
        assertThat(runs).hasSize(1);
        assertThat(runs.get(0).path("guid").asText()).isEqualTo(guid);
        assertThat(runs.get(0).path("exitCode").asInt()).isEqualTo(6);
        Path record = Path.of(runs.get(0).path("record").asText());
        assertThat(site.command("runs", "prune", "--older-than", "1d").out()).isEmpty();
        assertThat(record).exists();
        assertThat(site.command("runs", "prune").exit()).isEqualTo(64);
        assertThat(site.command("runs", "prune", "--older-than", "0s").lines())
                .containsExactly(guid);
        assertThat(record).doesNotExist();
        assertThat(record.getParent().toFile().list()).isEmpty();
        assertThat(site.command("runs").out()).isEmpty();
    }

    @Test
    void aRunWhoseProcessIsGone() throws Exception {
        Site site = new Site(fleet, folder).behave("h01", "slow:600");
        Program run = site.start();
        Waiting.until("the other hosts are done", () -> run.out().contains("✓ h12 =>"));
        String guid = run.out().lines().findFirst().orElseThrow();

        Program.Ended refused = site.command("clean", guid);
        assertThat(refused.exit()).isEqualTo(78);
        assertThat(refused.complaints()).anyMatch(line -> line.contains("is in use by process"));
        assertThat(site.command("runs", "prune", "--older-than", "0s", "--force").err())
                .contains("the run is kept");
        Program follow =
                Program.start(
                        site.file("home"),
                        folder,
                        Map.of(),
                        List.of("logs", guid, "--follow", "--host", "h12"));
        Waiting.until("lines are followed", () -> follow.out().contains("✓ h12 =>"));
        Program watch =
                Program.start(
                        site.file("home"), folder, Map.of(), List.of("status", guid, "--watch"));
        Waiting.until(
                "the status came twice", () -> watch.out().split("\nrecord: ", -1).length > 2);

        run.signal("KILL");
        run.end();

        Program.Ended live = site.command("status", guid, "--live");
        assertThat(live.exit()).as("%s", live).isZero();
        assertThat(live.out()).containsPattern("running +output ").contains("1 running, 1 ended");
        Program.Ended unfinished = site.command("clean", guid);
        assertThat(unfinished.exit()).isEqualTo(78);
        assertThat(unfinished.complaints()).anyMatch(line -> line.contains("has not ended"));
        Program.Ended forced = site.command("clean", guid, "--force");
        assertThat(forced.exit()).as("%s", forced).isEqualTo(4);
        assertThat(forced.out()).contains("still runs there: not removed");
        assertThat(site.command("runs", "prune", "--older-than", "0s").err())
                .contains("has not ended: prune keeps it");

        Program.Ended followed = follow.end();
        assertThat(followed.exit()).isZero();
        assertThat(followed.err())
                .contains("run " + guid + " has not ended, and no process works" + " on it");
        assertThat(watch.end().out()).contains("run " + guid + ": interrupted");

        assertThat(site.command("cancel", guid).exit()).isEqualTo(130);
        site.write("home/.ssh/known_hosts", "");
        Program.Ended gone = site.command("status", guid, "--live");
        assertThat(gone.exit()).isEqualTo(4);
        assertThat(gone.out()).contains("2 unknown");
        Program.Ended unreached = site.command("clean", guid);
        assertThat(unreached.exit()).isEqualTo(4);
        assertThat(unreached.lines())
                .hasSize(2)
                .allMatch(line -> line.matches("w[12]: not cleaned: .*host key.*"));
    }

    @Test
    void whoStopsReadingStopsIt() throws Exception {
        Site site =
                new Site(fleet, folder)
                        .workers(1)
                        .group("web", List.of("h01"))
                        .behave("h01", "chatty:100000");
        assertThat(site.run().exit()).isZero();
        CommandLines shell = CommandLines.ofOwnUser(Files.createDirectory(folder.resolve("shell")));
        CommandLines.Ended head =
                shell.run(
                        folder,
                        Map.of("XDG_STATE_HOME", site.file("home/state").toString()),
                        "jet-fanout logs last | head -n 1");
        assertThat(head.exit()).isZero();
        assertThat(head.out().lines()).hasSize(1);
        assertThat(head.err()).isEmpty();
    }
}
