package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a run prints, by option. */
class ScreenIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(56, 2);

    @TempDir private Path folder;

    @Test
    void jsonIsJsonInEveryLineAndEndsWithTheStatus() throws IOException {
        Site site = new Site(fleet, folder).behave("h01", "fail").behave("h02", "binary");
        Program.Ended run = site.run("--json");
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        assertThat(run.err()).isEmpty();
        List<JsonNode> records = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        for (String line : run.lines()) {
            records.add(json.readTree(line));
        }
        String guid = records.get(0).path("guid").asText();
        assertThat(records).allSatisfy(r -> assertThat(r.path("guid").asText()).isEqualTo(guid));
        assertThat(records.get(0).path("type").asText()).isEqualTo("run");
        assertThat(records.stream().map(r -> r.path("type").asText()).distinct())
                .contains("run", "plan", "state", "line", "event", "result", "batch", "");
        assertThat(records.stream().filter(r -> r.path("type").asText().equals("result")))
                .hasSize(12);
        JsonNode last = records.get(records.size() - 1);
        assertThat(last).isEqualTo(json.readTree(site.command("status", guid, "--json").out()));
        assertThat(last.path("exitCode").asInt()).isEqualTo(2);
        assertThat(last.path("totals").path("failed").asInt()).isEqualTo(1);
    }

    @Test
    void jsonStaysJsonWhereTheRunCannotBegin() throws IOException {
        Program.Ended run = new Site(fleet, folder).setting("thread", "5").run("--json");
        assertThat(run.exit()).isEqualTo(78);
        for (String line : run.lines()) {
            assertThat(new ObjectMapper().readTree(line).isObject()).isTrue();
        }
        assertThat(run.complaints()).hasSize(1);
    }

    @Test
    void quietIsTheGuidAndTheSummary() throws IOException {
        Program.Ended run = new Site(fleet, folder).run("-q");
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.lines()).hasSize(1);
        assertThat(run.err()).startsWith("run " + run.guid() + ": ended, all 12 hosts ok");
    }

    @Test
    void withoutLinesTheStatesStay() throws IOException {
        Program.Ended run = new Site(fleet, folder).run("--no-lines");
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.lines()).hasSize(1);
        assertThat(run.err()).contains("w1 batch 0001: running", "all 12 hosts ok");
    }

    @Test
    void noEscapeCodesWithoutATerminal() throws IOException {
        Site site = new Site(fleet, folder);
        assertThat(site.run().out()).doesNotContain("\u001b");
        Program.Ended plain = site.environment("NO_COLOR", "1").run();
        assertThat(plain.out() + plain.err()).doesNotContain("\u001b");
    }
}
