package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.HostSite;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runners that the user describes by files, with real workers and hosts. */
class WithIT {
    private static final Path EXAMPLE = Path.of("examples/runner/runners/loop").toAbsolutePath();

    /** A runner that only prints: its first word says what. */
    private static final String SAYS =
            """
            command: [ sh, -c, "{args}" ]
            hosts: { format: tabs, line: [ "{name}", "{vars.zone|none}" ] }
            env: { HOSTS: "{hosts_file}", FOLDER: "{folder}" }
            arguments: files
            exit_codes: { 0: ended, 3: refused }
            output:
              events:
                - { match: '^ok (?<host>\\S+)$', event: ok }
                - { match: '^bad (?<host>\\S+): (?<reason>.*)$', event: failed }
            """
                    .replace("\"{args}\"", "'eval \"$0\"', \"{args}\"");

    @RegisterExtension static final Fleet fleet = Fleet.start(54, 2);

    @TempDir private Path folder;
    private HostSite site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new HostSite(fleet, folder, 4);
        site.site().write("runners/says/runner.yml", SAYS);
        Programs.ok("cp", "-r", EXAMPLE.toString(), site.site().file("runners").toString());
    }

    private static Program.Ended ended(Program.Ended run, int exit) {
        assertThat(run.exit()).as("%s", run).isEqualTo(exit);
        assertThat(run.err()).as("%s", run).doesNotContain("\tat ", "Exception");
        return run;
    }

    @Test
    void aLoopOverSshRunsACommandOnEachHost() throws IOException {
        site.address("h004", "127.0.0.1");
        site.site().hostVars("h004", "jet_ssh_hostname: 127.0.0.1\njet_ssh_port: 1\n");
        Program.Ended run =
                ended(
                        site.run(
                                "with",
                                "loop",
                                "--",
                                "echo \"== h001 exit 0\"; echo a  b >&2; case $SSH_CONNECTION in"
                                        + " *' "
                                        + fleet.host(2)
                                        + " '*) exit 3;; esac"),
                        6);
        assertThat(run.results())
                .containsEntry("h001", "ok")
                .containsEntry("h002", "failed exit code 3")
                .containsEntry("h003", "ok")
                .hasEntrySatisfying(
                        "h004",
                        result -> assertThat(result).startsWith("unreachable").contains("refused"));
        assertThat(run.out()).contains("h001: == h001 exit 0", "h003: a b");
    }

    @Test
    void whatAHostHasReportedForGoodStandsAndARerunNeedsNoFilesOfTheRunner() throws IOException {
        Program.Ended first =
                ended(
                        site.run(
                                "with", "loop", "--", "test -e " + folder + "/mended && echo well"),
                        2);
        assertThat(first.results().values()).containsOnly("failed exit code 1");

        // the description changes, and then it is gone
        Files.writeString(
                site.site().file("runners/loop/runner.yml"),
                "command: [ 'false' ]\noutput: plain_events\n");
        Programs.ok("rm", "-r", site.site().file("runners").toString());
        Files.createFile(folder.resolve("mended"));
        Programs.ok("chmod", "755", folder.toString());
        Program.Ended again = ended(site.site().command("rerun", first.guid()), 0);
        assertThat(again.outcomes()).hasSize(4).containsValue("ok").doesNotContainValue("failed");
        Program.Ended third = site.site().command("logs", again.guid(), "--host", "h002");
        assertThat(ended(third, 0).out()).contains("well").doesNotContain("h001:");
        assertThat(site.site().command("status", first.guid()).out()).contains("failed: 4 hosts");
    }

    @Test
    void hostsFilesAndArgumentsReachTheRunnerAsTheyAre() throws IOException {
        site.site()
                .hostVars(
                        "h002",
                        "jet_ssh_hostname: " + fleet.host(2) + "\nzone: '{name} $(id) {{ 1 }}'\n");
        Path sent = site.site().write("my files/list of.txt", "sent\n");
        Program.Ended run =
                ended(
                        site.run(
                                "with",
                                "says",
                                "--",
                                "cut -f1 \"$HOSTS\" | sed 's/^/ok /'; cat \"$HOSTS\" \"$1\"; echo"
                                        + " \"$2|$3|$4\"; ls \"$FOLDER\"",
                                "@" + sent,
                                "@@x",
                                "a 'b\" $(id) {login}",
                                ""),
                        0);
        assertThat(run.outcomes().values()).containsOnly("ok");
        assertThat(run.out())
                .contains("h001\tnone", "h002\t{name} $(id) {{ 1 }}", "sent")
                .contains("@x|a 'b\" $(id) {login}|", "runner.yml");
    }

    @Test
    void hostsThatWereNotMentionedAndHostsOfOthersAreNobodys() throws IOException {
        Program.Ended run =
                ended(
                        site.run(
                                "with",
                                "says",
                                "--",
                                "for h in h001 h002 h003 elsewhere; do echo \"ok $h\"; done; echo"
                                        + " 'bad h003: x'"),
                        6);
        assertThat(run.results())
                .hasSize(4)
                .containsEntry("h001", "ok")
                .containsEntry("h002", "ok")
                .containsEntry("h003", "failed x")
                .hasEntrySatisfying("h004", result -> assertThat(result).startsWith("unfinished"));
        Program.Ended unended =
                site.run("with", "says", "--", "echo 'ok h001'; echo 'no!'; exit 9");
        assertThat(ended(unended, 4).results().values()).containsOnly("unfinished no!");
    }

    @Test
    void aFilterOnTheWorkerWritesEventsAndItsDeathIsTold() throws IOException {
        site.site()
                .write(
                        "runners/filtered/runner.yml",
                        """
                        command: [ sh, -c, 'sed "s/^/ok /" "$0"; echo "$1"', "{hosts_file}", "{args}" ]
                        output: { filter: [ sh, filter.sh ] }
                        """);
        site.site()
                .write(
                        "runners/filtered/filter.sh",
                        """
                        while read -r word host; do
                        	[ "$word" != die ] || { echo "I die" >&2; exit 5; }
                        	[ "$word" != ok ] || echo "{\\"event\\":\\"changed\\",\\"host\\":\\"$host\\"}"
                        done
                        """);
        Program.Ended run = ended(site.run("with", "filtered", "--", "end"), 0);
        assertThat(run.results()).hasSize(4);
        assertThat(run.results().values()).containsOnly("changed");
        Program.Ended died = ended(site.run("with", "filtered", "--", "die"), 4);
        assertThat(died.results().values())
                .containsOnly("unfinished the filter of the output ended with exit code 5: I die");
        assertThat(died.out()).contains("ok h001", "die");
    }

    @Test
    void cancelEndsTheRunnerAndItsFilter() throws IOException {
        site.site()
                .write(
                        "runners/slow/runner.yml",
                        """
                        command: [ sh, -c, 'echo begun; exec sleep 4321' ]
                        output: { filter: [ sh, -c, 'cat; exec sleep 4322' ] }
                        """);
        Program run = site.start("with", "slow");
        Waiting.until("it began", () -> run.out().contains("begun"));
        String guid = run.out().lines().findFirst().orElseThrow();
        ended(site.site().command("cancel", guid), 0);
        assertThat(ended(run.end(), 130).results().values())
                .hasSize(4)
                .allMatch(result -> result.matches("unfinished worker w[12]: cancelled"));
        Waiting.untilNone(
                "no process is left",
                () ->
                        fleet.processesOfWorkers().stream()
                                .filter(process -> process.commandLine().contains("sleep 432"))
                                .toList());
    }

    @Test
    void planShowsTheCommandLineAndCheckWhatIsMissing() throws IOException {
        Program.Ended plan = look("plan", "loop", "--", "uptime");
        assertThat(ended(plan, 0).out())
                .contains("sh described.sh @jet-fanout-folder@ 0 sh loop.sh 50")
                .contains("-oBatchMode=yes")
                .contains("-- uptime\n");
        Program.Ended check = look("check", "loop");
        assertThat(ended(check, 0).out()).contains("loop: OpenSSH");
        site.site()
                .write(
                        "runners/loop/runner.yml",
                        "command: [ no-such-runner ]\nneeds: [ no-such-tool ]\noutput: plain_events\n");
        Program.Ended missing = look("check", "loop");
        assertThat(missing.exit()).isPositive();
        assertThat(missing.out()).contains("no-such-tool, no-such-runner: not found on the worker");
    }

    private Program.Ended look(String command, String... more) throws IOException {
        site.site().writeSettings();
        List<String> words = new ArrayList<>(site.words("with", more));
        words.add(0, command);
        return site.site().command(words.toArray(String[]::new));
    }

    /** Wrong input is one line and a code, before anything is sent. */
    @Test
    void whatIsWrongIsToldBeforeAnythingIsSent() throws IOException {
        List<Path> before = jobs();
        refused("no runner 'lop': there is no file ", "lop");
        refused("(nearest: 'loop')", "lop");
        refused("'exec' is a runner of jet-fanout's own", "exec");
        refused("cannot be the name of a runner", "../loop");
        refused("'@nothing' names no file", "says", "@nothing");
        site.site().write("runners/loop/runner.yml", "command: [ x ]\noutput: plain\n");
        refused("runners/loop/runner.yml:2: output must be plain_events, not 'plain'", "loop");
        site.site().write("runners/loop/runner.yml", "command: [ x ]\noutput: plain_events\n");
        refused("the command has no {args}", "loop", "word");
        site.site()
                .write(
                        "runners/loop/runner.yml",
                        "command: [ x ]\noutput: plain_events\nhosts: { format: words, line: [\"{vars.z}\"] }\n");
        refused("runners/loop/runner.yml:3: hosts: host 'h001' has no value for {vars.z}", "loop");
        assertThat(jobs()).isEqualTo(before);
    }

    /** The folders of jobs on a worker. */
    private static List<Path> jobs() throws IOException {
        Path folder = fleet.home(1).resolve(".jet-fanout");
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> jobs = Files.list(folder)) {
            return jobs.sorted().toList();
        }
    }

    private void refused(String message, String name, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(name, "--"));
        words.addAll(List.of(arguments));
        Program.Ended run = site.run("with", words.toArray(String[]::new));
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.err().lines()).as("%s", run).hasSize(1);
        assertThat(run.err()).contains(message);
    }
}
