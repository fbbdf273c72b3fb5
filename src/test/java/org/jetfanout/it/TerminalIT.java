package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Tmux;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C and --detach on a real terminal. */
class TerminalIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(172, 1);

    @TempDir private Path folder;
    private Site site;
    private Path go;

    /** A runner that waits until it may go on. */
    @BeforeEach
    void makeSite() throws IOException {
        go = fleet.home(1).resolve("go-" + folder.getFileName());
        site = new Site(fleet, folder).setting("jetp", fleet.held("echo begun", go).toString());
        site.env(Map.of("STAND_IN", "quick"));
        site.environment("TERM", "screen");
    }

    private String guid() throws IOException {
        try (Stream<Path> runs = Files.list(site.file("home/state/jet-fanout/runs"))) {
            return runs.findFirst().orElseThrow().getFileName().toString();
        }
    }

    private Tmux running(String... more) throws IOException {
        Tmux terminal = Tmux.run(folder, site.shellLine(more));
        terminal.await("the job runs", text -> text.contains("1/1") || text.contains("running"));
        return terminal;
    }

    private static void interrupt(Tmux terminal) {
        terminal.press("C-c");
        terminal.await("the question", text -> text.contains("[g]o on?"));
    }

    private void ends(int exit) throws IOException {
        String guid = guid();
        Waiting.until(
                "the run ends",
                () ->
                        Files.exists(
                                site.file("home/state/jet-fanout/runs/" + guid + "/summary.json")));
        Program.Ended status = site.command("status", guid, "--json");
        assertThat(status.out()).as("%s", status).contains("\"exitCode\":" + exit);
    }

    @Test
    void cancel() throws IOException {
        try (Tmux terminal = running()) {
            interrupt(terminal);
            terminal.press("c", "Enter");
            assertThat(terminal.await("the end", text -> text.contains("left with")))
                    .contains("ending the jobs on the workers", "left with 130");
        }
        ends(130);
    }

    @Test
    void goOnAndBeAskedAgain() throws IOException {
        try (Tmux terminal = running()) {
            interrupt(terminal);
            terminal.press("g", "Enter");
            terminal.await("it goes on", text -> text.contains("continuing the run"));
            terminal.press("C-c");
            terminal.await(
                    "the question again",
                    text -> text.indexOf("[g]o on?") != text.lastIndexOf("[g]o on?"));
            terminal.press("g", "Enter");
            Files.createFile(go);
            assertThat(terminal.await("the end", text -> text.contains("left with")))
                    .contains("all 12 hosts ok", "left with 0");
        }
        ends(0);
    }

    @Test
    void detach() throws IOException {
        try (Tmux terminal = running()) {
            interrupt(terminal);
            terminal.press("d", "Enter");
            assertThat(terminal.await("the end", text -> text.contains("left with")))
                    .contains(
                            "the run continues in the background. To see its status: jet-fanout"
                                    + " status "
                                    + guid());
        }
        owned();
        Files.createFile(go);
        ends(0);
        assertThat(fleet.starts(guid())).hasSize(1);
    }

    @Test
    void leaveAtOnce() throws IOException {
        try (Tmux terminal = running()) {
            interrupt(terminal);
            terminal.press("C-c");
            assertThat(terminal.await("the end", text -> text.contains("left with")))
                    .contains("jet-fanout resume " + guid(), "left with 130");
        }
        Files.createFile(go);
        Program.Ended resumed = site.command("resume", guid());
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(fleet.starts(guid())).hasSize(1);
    }

    /** The GUID comes at once; the terminal may be closed; all commands know the run. */
    @Test
    void inTheBackgroundFromTheStart() throws IOException {
        try (Tmux terminal = Tmux.run(folder, site.shellLine("--detach"))) {
            String text = terminal.await("it returns", shown -> shown.contains("left with"));
            assertThat(text).contains(guid(), "left with 0");
        }
        owned();
        Program logs = site.startCommand("logs", guid(), "--follow");
        // it says nothing more for now: what is there comes all the same
        Waiting.until("its first line", () -> logs.out().contains("begun"));
        long pid = Long.parseLong(Files.readString(record("owner")).strip());
        String[] process =
                Programs.ok("ps", "-o", "sid=,tty=", "-p", Long.toString(pid))
                        .strip()
                        .split(" +", -1);
        assertThat(process).containsExactly(Long.toString(pid), "?");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(record("background.log"))))
                .isEqualTo("rw-------");
        assertThat(record("jet-fanout.log")).exists();
        try (Tmux terminal = Tmux.run(folder, site.commandLine("status", guid(), "--watch"))) {
            terminal.await("the status", text -> text.contains("running"));
            Program.Ended cancel = site.command("cancel", guid());
            assertThat(cancel.exit()).as("%s", cancel).isZero();
            terminal.await("its end", text -> text.contains("left with"));
            assertThat(terminal.visible())
                    .contains("exit code 130", "left with 0")
                    .doesNotContain("running");
        }
        assertThat(logs.end().exit()).isZero();
        ends(130);
    }

    private Path record(String name) throws IOException {
        return site.file("home/state/jet-fanout/runs").resolve(guid()).resolve(name);
    }

    private void owned() {
        Waiting.until(
                "a process has the run",
                () -> {
                    try {
                        List<String> pid = Files.readAllLines(record("owner"));
                        return Programs.ok("ps", "-ww", "-o", "args=", "-p", pid.get(0))
                                .contains(" resume " + guid());
                    } catch (IOException | RuntimeException e) {
                        return false;
                    }
                });
    }
}
