package org.jetfanout.it.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jetfanout.testkit.CutLogins;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.HostSite;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Commands and scripts on hosts through workers, with real sshds for both: what each host says, and
 * its result.
 */
class ExecIT {
    private static final int HOSTS = 6;

    /** Each host is a machine of its own, which a command tells from its address. */
    @RegisterExtension static final Fleet fleet = Fleet.start(228, HOSTS);

    @TempDir private Path folder;
    private HostSite site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new HostSite(fleet, folder, HOSTS);
        site.site().workers(2);
    }

    private static void ended(Program.Ended run, int exit) {
        assertThat(run.exit()).as("%s", run).isEqualTo(exit);
        assertThat(run.err()).as("%s", run).doesNotContain("\tat ", "Exception");
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All lines of the jobs, as they are in the record. */
    private static List<String> stored(Program.Ended run) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String batch : List.of("0001", "0002")) {
            Path file = run.record("output/" + batch + ".log");
            if (Files.exists(file)) {
                text.append(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        return List.of(text.toString().split("\n", -1));
    }

    /** A command that does something else on each host. */
    private static String each(String... commands) {
        StringBuilder text = new StringBuilder("set -- $SSH_CONNECTION; case ${3##*.} in ");
        for (int n = 1; n <= commands.length; n++) {
            text.append(n).append(") ").append(commands[n - 1]).append(";; ");
        }
        return text.append("esac").toString();
    }

    @Test
    void everyKindOfEndHasItsResultAndReason() throws IOException {
        site.address("h006", "127.0.0.1"); // nobody knows its key, if anybody listens at all
        site.site().hostVars("h007", "jet_ssh_hostname: 127.0.229.1\njet_ssh_port: 1\n");
        site.site()
                .hostVars(
                        "h008",
                        "jet_ssh_hostname: 127.0.229.1\njet_ssh_user: nobody-of-this-name\n");
        site.site().group("web", IntStream.rangeClosed(1, 8).mapToObj("h%03d"::formatted).toList());
        Program.Ended run =
                site.run(
                        "exec",
                        "--",
                        each(
                                "echo fine",
                                "echo bad >&2; exit 3",
                                "echo text; exit 255",
                                "kill -9 $$",
                                "cat; echo 'stdin is empty'"));
        ended(run, 6);
        Map<String, String> results = run.results();
        assertThat(results)
                .hasSize(8)
                .containsEntry("h001", "ok")
                .containsEntry("h002", "failed exit code 3: bad")
                .containsEntry("h003", "failed exit code 255: text")
                .containsEntry("h004", "failed killed by signal 9 (exit code 137)")
                .containsEntry("h005", "ok");
        assertThat(results.get("h006")).startsWith("unreachable ");
        assertThat(results.get("h007"))
                .isEqualTo(
                        "unreachable ssh: connect to host 127.0.229.1 port 1: Connection refused");
        assertThat(results.get("h008")).contains("unreachable nobody-of-this-name@", "denied");
        assertThat(run.out())
                .contains("h001: fine", "h005: stdin is empty", "h007: ssh: connect to host");

        Program.Ended again = site.site().command("rerun", run.guid(), "--failed");
        assertThat(again.results()).containsOnlyKeys("h002", "h003", "h004");
    }

    /** An overloaded host or a firewall: ssh itself says nothing about it by default. */
    @ParameterizedTest
    @CsvSource({"false, closed", "true, reset"})
    void aConnectionThatEndsDuringTheLogin(boolean reset, String word) throws IOException {
        try (CutLogins cut = CutLogins.before(fleet.host(1), fleet.hostPort(), reset)) {
            site.site()
                    .hostVars(
                            "h002",
                            "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                                    .formatted(fleet.host(1), cut.port()));
            site.site().group("web", List.of("h001", "h002"));
            Path file = site.site().write("told.txt", "told\n");
            String reason =
                    "unreachable Connection %s by %s port %d"
                            .formatted(word, fleet.host(1), cut.port());
            for (Program.Ended run :
                    List.of(
                            site.run("exec", "--", "true"),
                            site.run("copy", file.toString(), "told.txt"))) {
                ended(run, 4);
                assertThat(run.results()).containsEntry("h002", reason);
                assertThat(run.results().get("h001")).isIn("ok", "changed");
            }
        }
    }

    @Test
    void noHostImitatesAnotherOneOrTearsItsLines() throws IOException {
        String line = "x".repeat(99);
        Program.Ended run =
                site.run(
                        "exec",
                        "--",
                        "printf 'h002: imitated\\n\\rh002: again\\n\\n'; printf '\\377\\0bin\\n';"
                                + " head -c 300000 /dev/zero | tr '\\0' y; echo; i=0;"
                                + " while [ $i -lt 300 ]; do i=$((i+1)); echo "
                                + line
                                + "; done; printf 'without an end'");
        ended(run, 0);
        List<String> lines = stored(run);
        for (int n = 1; n <= HOSTS; n++) {
            String host = "h%03d: ".formatted(n);
            List<String> own =
                    lines.stream()
                            .filter(text -> text.startsWith(host))
                            .map(text -> text.substring(host.length()))
                            .toList();
            assertThat(own).hasSize(306);
            assertThat(own.subList(0, 3)).containsExactly("h002: imitated", "\rh002: again", "");
            assertThat(own.get(3)).isEqualTo("\u00ffbin");
            assertThat(own.get(4)).isEqualTo("y".repeat(300_000));
            assertThat(own.subList(5, 305)).containsOnly(line);
            assertThat(own.get(305)).isEqualTo("without an end");
        }
        assertThat(lines).hasSize(HOSTS * 306 + 1);
    }

    @Test
    void linesComeWhileTheCommandRuns() throws IOException {
        Path go = fleet.program("go-on-" + folder.getFileName(), "");
        Files.delete(go);
        Program run =
                site.start(
                        "exec",
                        "--limit-hosts",
                        "h001",
                        "--",
                        "echo early; until [ -e " + go + " ]; do sleep 0.2; done; echo late");
        Waiting.until("the first line is there", () -> run.out().contains("h001: early"));
        assertThat(run.out()).doesNotContain("late");
        Files.createFile(go);
        Program.Ended ended = run.end();
        ended(ended, 0);
        assertThat(ended.out()).contains("h001: late");
    }

    @Test
    void aHostThatTakesTooLongIsEndedThereToo() throws IOException {
        Program.Ended run =
                site.run(
                        "exec",
                        "--timeout",
                        "20s",
                        "--",
                        each(
                                "sleep 1717",
                                "trap '' TERM; (trap '' TERM; sleep 1818; :); :",
                                "echo b"));
        ended(run, 2);
        assertThat(run.results())
                .containsEntry("h001", "failed it did not end within 20 s and was ended")
                .containsEntry("h002", "failed it did not end within 20 s and was ended")
                .containsEntry("h003", "ok");
        Waiting.until(
                "no process is left on the hosts",
                () -> site.processesWith("1717").isEmpty() && site.processesWith("1818").isEmpty());
    }

    @Test
    void cancelEndsTheCommandsOnTheHosts() throws IOException {
        Program run = site.start("exec", "--", each("echo fine", "sleep 1919", "sleep 1919"));
        Waiting.until(
                "they run",
                () -> site.processesWith("sleep 1919").size() >= 2 && run.out().contains("fine"));
        String guid = run.out().lines().findFirst().orElseThrow();
        // its ssh may end later than its output
        Waiting.until(
                "h001 is done",
                () -> {
                    String events = "home/state/jet-fanout/runs/" + guid + "/output";
                    try (Stream<Path> files = Files.list(site.site().file(events))) {
                        return files.filter(file -> file.toString().endsWith(".ndjson"))
                                .flatMap(ExecIT::lines)
                                .anyMatch(line -> line.contains("\"ok\"") && line.contains("h001"));
                    }
                });
        assertThat(site.site().command("cancel", guid).exit()).isZero();
        Program.Ended ended = run.end();
        assertThat(ended.outcomes())
                .containsEntry("h001", "ok")
                .containsEntry("h002", "unfinished")
                .containsEntry("h003", "unfinished");
        Waiting.until(
                "no process is left on the hosts",
                () -> site.processesWith("sleep 1919").isEmpty());
    }

    @Test
    void theControlMachineDiesAndTheRunIsResumed() throws IOException {
        Path go = fleet.program("goes-on-" + folder.getFileName(), "");
        Files.delete(go);
        Program run =
                site.start(
                        "exec",
                        "--",
                        "echo begun; until [ -e " + go + " ]; do sleep 0.2; done; echo over");
        Waiting.until("it runs", () -> run.out().contains("h001: begun"));
        String guid = run.out().lines().findFirst().orElseThrow();
        run.signal("KILL");
        run.end();
        Files.createFile(go);
        Program.Ended resumed = site.site().command("resume", guid);
        ended(resumed, 0);
        assertThat(resumed.outcomes()).hasSize(HOSTS).containsValue("ok");
        assertThat(stored(resumed)).contains("h001: begun", "h001: over", "h006: over");
        assertThat(resumed.outcomes().values()).containsOnly("ok");
    }

    @Test
    void sudoRunsItOrSaysWhyNot() throws IOException {
        for (int n = 1; n <= 2; n++) {
            Path bin = fleet.hostHome(n).resolve("bin");
            Files.createDirectories(bin);
            Path sudo = bin.resolve("sudo");
            Files.writeString(
                    sudo,
                    n == 1
                            ? "#!/bin/sh\n[ \"$1 $2 $4\" = '-n -u --' ] || exit 9\nas=$3\nshift 4\nAS=$as exec \"$@\"\n"
                            : "#!/bin/sh\necho 'sudo: a password is required' >&2\nexit 1\n");
            Files.setPosixFilePermissions(sudo, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.writeString(fleet.hostHome(n).resolve(".bashrc"), "PATH=$HOME/bin:$PATH\n");
            TestUser.own(fleet.hostHome(n));
        }
        Program.Ended run =
                site.run(
                        "exec",
                        "--limit-hosts",
                        "h001:h002",
                        "--sudo",
                        "deploy",
                        "--",
                        "echo \"I am $AS\"");
        ended(run, 2);
        assertThat(run.out()).contains("h001: I am deploy");
        assertThat(run.results())
                .containsEntry("h001", "ok")
                .containsEntry(
                        "h002",
                        "failed exit code 1: no right to run commands as deploy: sudo: a password"
                                + " is required");
    }

    @Test
    void aScriptRunsByItsInterpreterWithItsArgumentsAndLeavesNothing() throws IOException {
        Path script =
                site.site()
                        .write(
                                "fix it.sh",
                                "#!/usr/bin/env bash\n# "
                                        + "long ".repeat(40_000)
                                        + "\n[[ $# = 3 ]] && for a; do echo \"<$a>\"; done\n"
                                        + "echo \"stdin: $(cat)\"\nexit $((40 + 2))\n");
        Program.Ended run =
                site.run("script", "--", script.toString(), "it's", "$HOME \"x\" * \\", "");
        ended(run, 2);
        assertThat(stored(run))
                .contains("h003: <it's>", "h003: <$HOME \"x\" * \\>", "h003: <>", "h003: stdin: ");
        assertThat(run.results().values()).containsOnly("failed exit code 42: stdin:");
        for (int n = 1; n <= HOSTS; n++) {
            assertThat(fleet.hostHome(n).toFile().list())
                    .doesNotContain("fix it.sh", "script", "exec.sh");
        }
    }

    @Test
    void manyHostsByNameAndInWaves() throws IOException {
        HostSite many = new HostSite(fleet, folder.resolve("many"), 240);
        many.site().setting("map", "[ { from: all, to: wk } ]");
        many.site().workers(2);
        Program.Ended run =
                many.start(
                                "exec",
                                "-w",
                                "h[001-238]",
                                "-w",
                                "h239,h240",
                                "--waves",
                                "10,100%",
                                "--",
                                "true")
                        .end(Duration.ofMinutes(15));
        ended(run, 0);
        assertThat(run.outcomes()).hasSize(240);
        assertThat(run.outcomes().values()).containsOnly("ok");
    }

    @Test
    void equalOutputIsGathered() throws IOException {
        String large = "head -c 200000 /dev/zero | tr '\\0' z; echo";
        Program.Ended run =
                site.run(
                        "exec",
                        "--gather",
                        "--",
                        each("echo same", large, "echo same", "true", large, "echo; echo same"));
        ended(run, 0);
        String rule = "---------------\n";
        assertThat(run.out())
                .isEqualTo(
                        run.guid()
                                + "\n"
                                + rule
                                + "h[001,003] (2)\n"
                                + rule
                                + "same\n"
                                + rule
                                + "h[002,005] (2)\n"
                                + rule
                                + "z".repeat(200_000)
                                + "\n"
                                + rule
                                + "h006\n"
                                + rule
                                + "\nsame\n");
        Program.Ended json = site.site().command("logs", run.guid(), "--gather", "--json");
        assertThat(json.lines()).hasSize(3);
        assertThat(json.lines().get(0))
                .contains(
                        "\"type\":\"gathered\"",
                        "\"count\":2,\"hosts\":\"h[001,003]\",\"lines\":1,\"bytes\":4",
                        "\"output\":[\"same\"]");
    }

    @Test
    void aPlainListNeedsNoInventory() throws IOException {
        Path list =
                site.site().write("hosts.txt", "# all\n127.0.229.[1-2]\n\n127.0.229.2 # twice\n");
        site.site().setting("map", "[ { from: all, to: '127.0.228.[1-2]' } ]");
        site.site().setting("port", String.valueOf(fleet.port()));
        site.site().writeSettings();
        Program.Ended run =
                site.site()
                        .command(
                                "exec",
                                "--hosts-file",
                                list.toString(),
                                "--port",
                                String.valueOf(fleet.hostPort()),
                                "--worker-config",
                                site.site().file("workers.yml").toString(),
                                "true");
        ended(run, 0);
        assertThat(run.outcomes()).containsOnlyKeys("127.0.229.1", "127.0.229.2");
    }

    @Test
    void anInventoryOfAnsible() throws IOException {
        Path hosts =
                site.site()
                        .write(
                                "hosts.ini",
                                "[wk]\nw1 ansible_host=%s ansible_port=%d\n\n[web]\nh[1:2]\n\n[web:vars]\nansible_host=%s\nansible_port=%d\n"
                                        .formatted(
                                                fleet.worker(1),
                                                fleet.port(),
                                                fleet.host(1),
                                                fleet.hostPort()));
        site.site().writeSettings();
        Program.Ended run =
                site.site()
                        .command(
                                "exec",
                                "-i",
                                hosts.toString(),
                                "--limit-groups",
                                "web",
                                "--worker-config",
                                site.site().file("workers.yml").toString(),
                                "echo fine");
        ended(run, 0);
        assertThat(run.outcomes()).containsOnlyKeys("h1", "h2");
        assertThat(run.out()).contains("h1: fine", "h2: fine");
    }

    @Test
    void mistakesAreOneLineBeforeAnythingIsSent() throws IOException {
        mistake(64, "no hosts: give", site.site().command("exec", "--", "true"));
        mistake(78, "has no host h999", site.run("exec", "-w", "h999", "--", "true"));
        mistake(64, "Missing required parameter", site.run("exec"));
        mistake(78, "is not closed", site.run("exec", "-w", "h[1-", "--", "true"));
        Path binary = site.site().write("binary", "\u007fELF\0\0");
        mistake(78, "is a program and no script", site.run("script", binary.toString()));
        site.address("h001", "-oProxyCommand=touch /tmp/owned");
        mistake(78, "cannot be the address of a host", site.run("exec", "--", "true"));
    }

    private static void mistake(int exit, String message, Program.Ended ended) {
        ended(ended, exit);
        assertThat(ended.err()).contains(message);
    }
}
