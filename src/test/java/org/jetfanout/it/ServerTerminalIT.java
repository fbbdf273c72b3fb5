package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jetfanout.record.RunRecord;
import org.jetfanout.status.RunStatus;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.ServeProgram;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Tmux;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code run --server} on a real terminal: it looks and ends as a run of this machine. */
class ServerTerminalIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(180, 2);

    @TempDir private Path folder;
    private Site site;
    private Path go;
    private ServeProgram serve;
    private String token;

    /** A runner that waits until it may go on, and a service with the same command line. */
    @BeforeEach
    void start() throws IOException {
        go = fleet.home(1).resolve("go-" + folder.getFileName());
        site = new Site(fleet, folder).setting("jetp", fleet.held("echo begun", go).toString());
        site.environment("TERM", "screen").writeSettings();
        serve =
                ServeProgram.start(
                        site.file("home"),
                        """
                        templates:
                          site:
                            command: [--playbook, %s, --inventory, %s, --worker-config, %s, --user, %s]
                        """
                                .formatted(
                                        site.file("pb/site.yml"),
                                        site.file("inv"),
                                        site.file("workers.yml"),
                                        TestUser.name()),
                        Map.of("SSH_AUTH_SOCK", fleet.agent().socket().toString()));
        token = serve.token("ci");
    }

    @AfterEach
    void stop() {
        if (serve != null) {
            serve.close();
        }
    }

    /** Somebody elsewhere, who has nothing but the token. */
    private Tmux there() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        return Tmux.run(
                elsewhere,
                Program.shellLine(
                        elsewhere,
                        Map.of("TERM", "screen", "JET_FANOUT_TOKEN", token),
                        List.of("run", "--server", serve.url(""), "site")));
    }

    private static String whileItRuns(Tmux terminal) {
        terminal.await(
                "the view",
                text ->
                        text.split("w[12] +running", -1).length > 2
                                && text.split("begun", -1).length > 2);
        return terminal.visible();
    }

    private static String end(Tmux terminal) {
        terminal.await("the end", text -> text.contains("left with"));
        return terminal.visible();
    }

    /**
     * Without what differs from run to run, and without the last lines, which say where to look.
     */
    private static String plain(String screen) {
        return screen.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "GUID")
                .replaceAll("\\d+:\\d\\d", "0:00")
                .replaceAll("\\d+(\\.\\d+)?(ms|s)\\b", "0s")
                .replaceAll("(?m)^(run: |record: ).*$", "where to look")
                // what this machine could do next with a run of its own
                .replaceAll("(?m)^to retry the hosts .*\n", "")
                // a busy service says so before it has read the files
                .replaceAll("(?m)^jet-fanout: the service has accepted the run; .*\n", "")
                .replaceAll("(?m) +$", "")
                .strip();
    }

    private List<String> guids() throws IOException {
        try (Stream<Path> runs = Files.list(serve.runs())) {
            return runs.map(run -> run.getFileName().toString()).toList();
        }
    }

    @Test
    void theSameViewAndTheSameEnd() throws IOException {
        site.behave("h03", "fail");
        String view;
        String end;
        try (Tmux terminal = Tmux.run(folder, site.shellLine("--user", TestUser.name()))) {
            view = whileItRuns(terminal);
            Files.createFile(go);
            end = end(terminal);
        }
        Files.delete(go);
        assertThat(end).contains("left with 2");
        try (Tmux terminal = there()) {
            assertThat(plain(whileItRuns(terminal))).isEqualTo(plain(view));
            Files.createFile(go);
            assertThat(plain(end(terminal))).isEqualTo(plain(end));
        }
    }

    @Test
    void ctrlCCancelsTheRunAtTheService() throws IOException {
        try (Tmux terminal = there()) {
            whileItRuns(terminal);
            terminal.press("C-c");
            String end = end(terminal);
            assertThat(end)
                    .contains("cancelling the run at the service")
                    .contains("unfinished")
                    .contains("left with 130");
        }
        List<String> deeds = new ArrayList<>();
        try (RunRecord record = RunRecord.at(serve.runs().resolve(guids().get(0)))) {
            assertThat(RunStatus.of(record).exitCode()).hasValue(130);
            record.people(
                    row -> deeds.add(row.path("who").asText() + " " + row.path("what").asText()));
        }
        assertThat(deeds).containsExactly("ci started", "ci cancelled");
    }

    /** Twice, while the service does not answer: the command ends, and the run goes on there. */
    @Test
    void ctrlCTwiceLeavesTheRunAlone() throws IOException {
        String guid;
        try (Tmux terminal = there()) {
            whileItRuns(terminal);
            guid = guids().get(0);
            serve.kill();
            terminal.await("it tells", text -> text.contains("retrying"));
            terminal.press("C-c");
            terminal.await("the first", text -> text.contains("press Ctrl-C again"));
            terminal.press("C-c");
            assertThat(end(terminal))
                    .contains("stopped here. Run " + guid + " goes on at the service")
                    .contains("left with 130");
        }
        serve.start();
        Files.createFile(go);
        Waiting.until(
                "the end of the run",
                () -> {
                    try (RunRecord record = RunRecord.at(serve.runs().resolve(guid))) {
                        return RunStatus.of(record).exitCode().isPresent();
                    }
                });
        try (RunRecord record = RunRecord.at(serve.runs().resolve(guid))) {
            assertThat(RunStatus.of(record).exitCode()).hasValue(0);
        }
    }
}
