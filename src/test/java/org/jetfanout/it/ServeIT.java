package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.cli.Demo;
import org.jetfanout.demo.DemoSite;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service and its client as programs: {@code serve} and {@code run --server}. */
final class ServeIT {
    @TempDir Path folder;

    // Mutable state
    private DemoSite site;
    private Path home;
    private Path other;
    private Program service;
    private String url;
    private String token;

    @BeforeEach
    void serve() throws IOException {
        site = DemoSite.start(Demo.Runner.EXEC, false);
        home = Files.createDirectories(folder.resolve("home"));
        other = Files.createDirectories(folder.resolve("other"));
        Files.createDirectories(home.resolve(".ssh"));
        Files.copy(site.folder().resolve("known_hosts"), home.resolve(".ssh/known_hosts"));
        Files.writeString(
                folder.resolve("service.yml"),
                """
                listen: 127.0.0.1:%d
                prefix: /fanout
                templates:
                  slow:
                    command: [exec, --inventory, %2$s/inventory, --limit-groups, web, --user, demo,
                              --worker-config, %2$s/workers.yml, --, "echo begins; sleep {seconds}; echo ends"]
                    variables: { seconds: { pattern: '[0-9]+' } }
                """
                        .formatted(FreePort.next(), site.folder()));
        token = program(home, "token", "add", "ci", "--scopes", "read,run,cancel").out().strip();
        start();
    }

    @AfterEach
    void stop() {
        service.handle().destroyForcibly();
        site.close();
    }

    private Program.Ended program(Path own, String... words) throws IOException {
        Program.Ended ended = Program.start(own, folder, Map.of("TERM", ""), List.of(words)).end();
        assertThat(ended.exit()).as(ended.toString()).isZero();
        return ended;
    }

    private void start() throws IOException {
        Path ready = folder.resolve("url");
        Files.deleteIfExists(ready);
        service =
                Program.start(
                        home,
                        folder,
                        Map.of("SSH_AUTH_SOCK", site.folder().resolve("agent").toString()),
                        List.of(
                                "serve",
                                "--config",
                                "service.yml",
                                "--ready-file",
                                ready.toString()));
        Waiting.until(
                "the service is ready",
                () -> Files.exists(ready) && Files.readString(ready).endsWith("\n"));
        url = Files.readString(ready).strip();
    }

    /** Another user elsewhere, who has nothing but the token. */
    private Program client(String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("run", "--server", url, "slow"));
        words.addAll(List.of(more));
        return Program.start(other, folder, Map.of("TERM", "", "JET_FANOUT_TOKEN", token), words);
    }

    @Test
    void aRunElsewhereLooksLikeOneHere() throws Exception {
        Program.Ended run = client("--var", "seconds=1").end();
        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(lines(run.out(), "begins")).isEqualTo(12);
        assertThat(lines(run.out(), "ends")).isEqualTo(12);
        assertThat(run.out().lines().skip(1))
                .allMatch(line -> line.startsWith(run.guid() + " ") && line.contains(": "));
        assertThat(run.err())
                .contains(run.guid() + " plan: 12 hosts, ")
                .contains(" batch 0001: ")
                .contains("run " + run.guid() + ": ended, all 12 hosts ok, exit code 0")
                .contains("run: " + url + "runs/" + run.guid());
        // the command line there sees the same run
        Program.Ended status = program(home, "status", run.guid());
        assertThat(status.out() + status.err()).contains("all 12 hosts ok");
    }

    @Test
    void aServiceThatIsKilledGoesOnWithTheRunAndTheClientToo() throws Exception {
        Program client = client("--var", "seconds=15");
        Waiting.until("all hosts have begun", () -> lines(client.out(), "begins") == 12);
        service.signal("KILL");
        service.handle().onExit().join();
        start();
        Program.Ended run = client.end();
        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(lines(run.out(), "begins")).isEqualTo(12);
        assertThat(lines(run.out(), "ends")).isEqualTo(12);
    }

    @Test
    void ctrlCCancelsTheRunThere() throws Exception {
        Program client = client("--var", "seconds=120");
        Waiting.until("a host has begun", () -> lines(client.out(), "begins") > 0);
        client.signal("INT");
        Program.Ended run = client.end();
        assertThat(run.exit()).as(run.toString()).isEqualTo(130);
        assertThat(run.err()).contains("cancelling the run at the service");
        assertThat(lines(run.out(), "ends")).isZero();
    }

    @Test
    void aStartThatIsRefusedIsOneLine() throws Exception {
        Program.Ended run = client("--var", "seconds=abc").end();
        assertThat(run.exit()).as(run.toString()).isEqualTo(78);
        assertThat(run.err().lines()).singleElement().asString().contains("seconds");
        token = "jft_unknown";
        Program.Ended unknown = client("--var", "seconds=1").end();
        assertThat(unknown.exit()).as(unknown.toString()).isEqualTo(78);
        assertThat(unknown.err().lines()).singleElement().asString().contains("token");
    }

    @Test
    void sigtermWaitsForTheRun() throws Exception {
        Program client = client("--var", "seconds=12");
        Waiting.until("a host has begun", () -> lines(client.out(), "begins") > 0);
        service.signal("TERM");
        Program.Ended ended = service.end();
        assertThat(ended.exit()).as(ended.toString()).isZero();
        assertThat(ended.err()).contains("waiting up to 1m for 1 run").contains("stopped");
        client.handle().destroyForcibly();
    }

    private static long lines(String out, String word) {
        return out.lines().filter(line -> line.matches(".*: web\\d+: " + word)).count();
    }
}
