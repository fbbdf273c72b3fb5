package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jetfanout.record.RunRecord;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who did what with a run by the command line: in its record, in status, in the log records. */
class DeedsIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(194, 1);

    private static final String ME = System.getProperty("user.name");

    @TempDir private Path folder;
    private Site site;
    private Path go;

    /** A runner that waits until it may go on. */
    @BeforeEach
    void makeSite() throws IOException {
        go = fleet.home(1).resolve("go-" + folder.getFileName());
        site = new Site(fleet, folder).setting("jetp", fleet.held("echo begun", go).toString());
        site.env(Map.of("STAND_IN", "quick"));
    }

    private Program started(String... more) throws IOException {
        Program run = site.start(more);
        Waiting.until("a job runs", () -> run.err().contains("running"));
        return run;
    }

    private static String guid(Program run) {
        return run.out().lines().findFirst().orElseThrow();
    }

    private Program.Ended well(String... words) throws IOException {
        Program.Ended ended = site.command(words);
        assertThat(ended.exit()).as("%s", ended).isZero();
        return ended;
    }

    private Path record(String guid) {
        return site.file("home/state/jet-fanout/runs").resolve(guid);
    }

    private List<String> deeds(String guid) {
        List<String> deeds = new ArrayList<>();
        try (RunRecord record = RunRecord.at(record(guid))) {
            int broken =
                    record.people(
                            deed -> {
                                assertThat(deed.path("guid").asText()).isEqualTo(guid);
                                assertThat(deed.path("who").asText()).isEqualTo(ME);
                                deeds.add(deed.path("what").asText());
                            });
            assertThat(broken).isZero();
        }
        return deeds;
    }

    @Test
    void ofARunThatIsPausedContinuedCancelledAndDoneAgain() throws IOException {
        Program run = started("--waves", "6");
        String guid = guid(run);
        well("pause", guid);
        Files.createFile(go);
        Waiting.until("it waits", () -> run.err().contains("jet-fanout continue"));
        Files.delete(go);
        well("continue", guid);
        Waiting.until("the next wave", () -> run.err().contains("wave 2 of 2 begins"));
        Waiting.until("its job", () -> run.err().contains("batch 0002: running"));
        well("cancel", guid);
        assertThat(run.end().exit()).isEqualTo(130);
        Files.createFile(go);
        Program.Ended again = well("rerun", guid);

        List<String> whats =
                List.of(
                        "paused before wave 2",
                        "continued with wave 2",
                        "cancelled",
                        "rerun as " + again.guid());
        assertThat(deeds(guid)).containsExactlyElementsOf(whats);
        assertThat(deeds(again.guid())).isEmpty();
        String status = well("status", guid).out();
        whats.forEach(what -> assertThat(status).containsOnlyOnce("  " + ME + ": " + what + "\n"));
        assertThat(status.indexOf(whats.get(0))).isLessThan(status.indexOf(whats.get(3)));
        JsonNode people =
                new ObjectMapper().readTree(well("status", guid, "--json").out()).path("people");
        assertThat(people)
                .extracting(deed -> deed.path("who").asText() + ": " + deed.path("what").asText())
                .containsExactlyElementsOf(whats.stream().map(it -> ME + ": " + it).toList());

        List<String> actions = new ArrayList<>();
        for (String line : well("logs", guid, "--ship", "--sink", "stdout").lines()) {
            JsonNode document = new ObjectMapper().readTree(line);
            if (document.at("/event/dataset").asText().equals("jetfanout.people")) {
                assertThat(document.at("/user/name").asText()).isEqualTo(ME);
                actions.add(
                        document.at("/event/action").asText()
                                + ", "
                                + document.path("message").asText());
            } else {
                // nobody has started it through the service
                assertThat(document.at("/user/name").isMissingNode()).as(line).isTrue();
            }
        }
        assertThat(actions)
                .containsExactly(
                        "run-paused, " + ME + ": " + whats.get(0),
                        "run-continued, " + ME + ": " + whats.get(1),
                        "run-cancelled, " + ME + ": " + whats.get(2),
                        "run-rerun, " + ME + ": " + whats.get(3));
        // it says who started a run, and that was not noted
        assertThat(well("runs").out()).contains(guid).doesNotContain(", by ");
    }

    @Test
    void ofARunWhoseProcessIsGone() throws IOException {
        Program run = started();
        String guid = guid(run);
        run.signal("KILL");
        run.end();
        Program again = site.startCommand("resume", guid);
        Waiting.until("it is noted", () -> deeds(guid).equals(List.of("resumed")));
        well("cancel", guid, "--worker", "w1");
        assertThat(again.end().exit()).isEqualTo(130);
        assertThat(deeds(guid)).containsExactly("resumed", "cancelled on w1");
    }

    /** The process in the background is not somebody who resumes the run. */
    @Test
    void ofARunInTheBackground() throws IOException {
        Files.createFile(go);
        String guid = site.run("--detach").guid();
        Waiting.until("it ends", () -> Files.exists(record(guid).resolve("summary.json")));
        assertThat(deeds(guid)).isEmpty();
        // it works in the folder that goes with the test
        Waiting.until("its process ends", () -> !isOwned(guid));
    }

    private boolean isOwned(String guid) {
        try (RunRecord record = RunRecord.at(record(guid))) {
            return record.isOwned();
        }
    }

    @Test
    void whatIsRefusedIsNotNoted() throws IOException {
        Files.createFile(go);
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(site.command("cancel", run.guid()).err()).contains("has ended already");
        for (String command : List.of("pause", "continue", "approve", "rerun")) {
            assertThat(site.command(command, run.guid()).exit()).as(command).isNotZero();
        }
        well("resume", run.guid());
        assertThat(deeds(run.guid())).isEmpty();

        Files.delete(go);
        Program killed = started("--waves", "6");
        String guid = guid(killed);
        killed.signal("KILL");
        killed.end();
        // the new run has a record before it is planned
        site.group("other", List.of("h99"))
                .setting("map", "[ { from: other, to: wk } ]")
                .setting("unmatched", "skip")
                .writeSettings();
        Program.Ended rerun = site.command("rerun", guid);
        assertThat(rerun.exit()).as("%s", rerun).isEqualTo(78);
        assertThat(rerun.err()).contains("no host has a worker");
        // it has no URL and no token
        Program.Ended resumed = site.command("resume", guid, "--sink", "splunk");
        assertThat(resumed.exit()).as("%s", resumed).isEqualTo(78);
        assertThat(deeds(guid)).isEmpty();

        Files.writeString(record(guid).resolve("taken-over"), "7\n");
        for (String command : List.of("cancel", "pause", "continue", "resume")) {
            Program.Ended refused = site.command(command, guid);
            assertThat(refused.exit()).as("%s", refused).isNotZero();
            assertThat(refused.err()).contains("resume --take-over " + guid);
        }
        assertThat(deeds(guid)).isEmpty();
    }
}
