package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.stores.Certificates;
import org.jetfanout.testkit.stores.SyslogReceiver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs to a file, to standard output and to rsyslog, by the commands of docs/sinks/file.md,
 * stdout.md and syslog.md.
 */
final class LocalSinksIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension static final Fleet fleet = Fleet.start(202, 2);

    @TempDir private Path folder;
    private Site site;
    private CommandLines shell;

    @BeforeEach
    void makeSite() throws IOException {
        fleet.forgetJobs();
        site = new Site(fleet, folder).behave("h03", "fail");
        site.writeSettings();
        Files.copy(site.file("pb/site.yml"), site.file("pb.yml"));
        shell = CommandLines.ofOwnUser(site.file("home"));
    }

    @Test
    void theCommandsOfTheFilePage() throws Exception {
        List<String> commands = commands("file");
        assertThat(commands).hasSize(3);
        CommandLines.Ended run = type(commands.get(0));
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        Path file = folder.resolve("jet-fanout-" + run.firstLine() + ".ndjson");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        holdsEachOnce(Files.readAllLines(file), run.firstLine());

        CommandLines.Ended lines = type(commands.get(1).replace("\"h1\"", "\"h03\""));
        assertThat(lines.exit()).as("%s", lines).isZero();
        assertThat(lines.out()).isNotEmpty();
        CommandLines.Ended failures = type(commands.get(2));
        assertThat(failures.out().lines())
                .isNotEmpty()
                .allMatch(line -> line.contains("\"outcome\":\"failure\""))
                .anyMatch(line -> line.contains("\"h03\""));

        // there is nothing left, by whatever command
        Program.Ended ship = site.command("logs", "last", "--ship");
        assertThat(ship.exit()).as("%s", ship).isZero();
        assertThat(ship.out())
                .isEqualTo(
                        "sink file: 0 records delivered, no records remain"
                                + System.lineSeparator());
        Program.Ended resume = site.command("resume", "last");
        assertThat(resume.exit()).as("%s", resume).isEqualTo(2);
        assertThat(resume.complaints()).singleElement().asString().contains("nothing to resume");
        holdsEachOnce(Files.readAllLines(file), run.firstLine());
    }

    @Test
    void theCommandOfTheStdoutPage() throws Exception {
        List<String> commands = commands("stdout");
        assertThat(commands).hasSize(1);
        CommandLines.Ended run = type(commands.get(0));
        assertThat(run.exit()).as("%s", run).isZero();
        List<String> said = Files.readAllLines(folder.resolve("run.log"));
        assertThat(ToShip.ids(shell.runs(), said.get(0)))
                .hasSameSizeAs(Files.readAllLines(folder.resolve("lines.tsv")));
    }

    @Test
    void onStandardOutputAreRecordsAndNothingElse() throws Exception {
        for (List<String> more : List.of(List.<String>of(), List.of("-q"), List.of("--lines"))) {
            List<String> words = new ArrayList<>(List.of("--sink", "stdout"));
            words.addAll(more);
            Program.Ended run = site.run(words.toArray(String[]::new));
            assertThat(run.exit()).as("%s", run).isEqualTo(2);
            String guid = run.err().lines().findFirst().orElseThrow();
            holdsEachOnce(run.lines(), guid);
            assertThat(run.err()).containsPattern("stdout +[1-9]\\d* +[1-9]"); // the summary
        }
        // a run of the past; a process that takes up another one
        Program.Ended ship = site.command("logs", "last", "--ship", "--sink", "stdout");
        assertThat(ship.out()).isEmpty();
        assertThat(ship.err()).contains("sink stdout: 0 records delivered, no records remain");
        Program.Ended plain = site.run();
        ship = site.command("logs", plain.guid(), "--ship", "--sink", "stdout");
        assertThat(ship.exit()).as("%s", ship).isZero();
        holdsEachOnce(ship.lines(), plain.guid());
        assertThat(ship.err()).contains("records delivered, no records remain");
    }

    @Test
    void whatElseStandardOutputIsForIsRefusedBesideRecords() throws Exception {
        for (String flag : List.of("--json", "--detach")) {
            Program.Ended run = site.run("--sink", "stdout", flag);
            assertThat(run.exit()).as("%s", run).isEqualTo(78);
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("jet-fanout: " + flag + " and the sink stdout cannot be combined");
        }
        // a route that sends on to it prints, too
        site.write(
                "routes/sinks/mine.camel.yaml",
                """
                - route:
                    id: mine
                    from:
                      uri: direct:sink-mine
                      steps:
                        - to:
                            uri: direct:sink-stdout
                """);
        Program.Ended own =
                site.run("--routes", site.file("routes").toString(), "--sink", "mine", "--json");
        assertThat(own.exit()).as("%s", own).isEqualTo(78);
        assertThat(fleet.jobs()).isZero();
        assertThat(site.command("runs").out()).isEmpty();
    }

    @Test
    void theCommandsOfTheSyslogPage() throws Exception {
        Certificates certificates = Certificates.of(folder.resolve("tls"), "localhost");
        Path logs = Files.createDirectory(folder.resolve("logs"));
        try (SyslogReceiver rsyslog = SyslogReceiver.rsyslog(logs, certificates)) {
            Map<String, String> settings = rsyslog.settings("tls", certificates);
            List<String> lines = commands("syslog");
            assertThat(lines.get(2)).isEqualTo("syslog.ca = /etc/ssl/logs-ca.pem");
            site.write(
                    "sinks.properties",
                    String.join("\n", lines.subList(1, 3))
                            .replace("tls://logs.example.com", settings.get("url"))
                            .replace("/etc/ssl/logs-ca.pem", settings.get("ca")));
            CommandLines.Ended run = type(lines.get(0));
            assertThat(run.exit()).as("%s", run).isEqualTo(2);
            String guid = run.firstLine();
            awaitAll(rsyslog, guid);
            assertThat(rsyslog.ids()).doesNotHaveDuplicates();
            assertThat(rsyslog.received())
                    .allMatch(message -> message.data().get("guid").equals(guid))
                    .anyMatch(message -> message.data().getOrDefault("host", "").equals("h03"));
        }
    }

    @Test
    void aRunThatHasEndedIsResumedForItsRecords() throws Exception {
        Certificates certificates = Certificates.of(folder.resolve("tls"), "localhost");
        Path logs = Files.createDirectory(folder.resolve("logs"));
        try (SyslogReceiver rsyslog = SyslogReceiver.rsyslog(logs, certificates)) {
            rsyslog.stop();
            site.environment(
                    "JET_FANOUT_SYSLOG_URL", rsyslog.settings("counted", certificates).get("url"));
            Program.Ended run = site.run("--sink", "syslog", "--sink-wait", "0s");
            assertThat(run.exit()).as("%s", run).isEqualTo(2);
            assertThat(run.err()).contains("jet-fanout logs " + run.guid() + " --ship");
            rsyslog.start();
            Program.Ended resume = site.command("resume", run.guid(), "--sink-wait", "90s");
            assertThat(resume.exit()).as("%s", resume).isEqualTo(2);
            assertThat(resume.err())
                    .contains("has ended: shipping the records that its sinks did not get, as")
                    .doesNotContain("nothing to resume");
            awaitAll(rsyslog, run.guid());
            assertThat(rsyslog.ids()).doesNotHaveDuplicates();
        }
    }

    /** What a page says to type or to write. */
    private static List<String> commands(String page) throws IOException {
        return Files.readAllLines(Path.of("docs/sinks/" + page + ".md")).stream()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .filter(line -> line.matches("(jet-fanout|jq|syslog\\.\\w+ =) ?.*"))
                .toList();
    }

    private CommandLines.Ended type(String line) throws Exception {
        return shell.run(
                folder,
                Map.of(
                        "SSH_AUTH_SOCK",
                        fleet.agent().socket().toString(),
                        "JET_SSH_USER",
                        TestUser.name()),
                line);
    }

    private void holdsEachOnce(List<String> lines, String guid) throws IOException {
        List<String> ids = new ArrayList<>();
        for (String line : lines) {
            JsonNode record = JSON.readTree(line);
            assertThat(record.at("/labels/guid").asText()).isEqualTo(guid);
            ids.add(record.at("/event/id").asText());
        }
        assertThat(ids)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(ToShip.ids(shell.runs(), guid));
    }

    private void awaitAll(SyslogReceiver rsyslog, String guid) {
        Waiting.until(
                "all have arrived",
                () -> new HashSet<>(rsyslog.ids()).containsAll(ToShip.ids(shell.runs(), guid)));
    }
}
