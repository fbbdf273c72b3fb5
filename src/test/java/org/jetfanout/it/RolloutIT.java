package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go from wave to wave, and what stops them. */
class RolloutIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(170, 2);

    @TempDir private Path folder;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder);
    }

    private static Map<String, Integer> waves(Program.Ended run) throws IOException {
        Map<String, Integer> waves = new HashMap<>();
        for (JsonNode batch :
                new ObjectMapper().readTree(run.record("plan.json").toFile()).path("batches")) {
            waves.put(batch.path("batch").asText(), batch.path("wave").asInt());
        }
        return waves;
    }

    /** No batch begins before all batches of the wave before have their results. */
    @Test
    void oneWaveAfterTheOther() throws IOException {
        site.group("edge", java.util.List.of("h12"));
        Program.Ended run = site.run("--waves", "5", "--canary", "edge");
        assertThat(run.exit()).as("%s", run).isZero();
        Map<String, Integer> waves = waves(run);
        assertThat(waves.values()).containsExactlyInAnyOrder(1, 2, 2, 3, 3);
        Instant[] first = new Instant[4];
        Instant[] last = new Instant[4];
        for (JsonNode batch : run.records("batches.ndjson")) {
            int wave = waves.get(batch.path("batch").asText());
            Instant started = Instant.parse(batch.path("started").asText());
            Instant ended = Instant.parse(batch.path("ended").asText());
            first[wave] =
                    first[wave] == null || started.isBefore(first[wave]) ? started : first[wave];
            last[wave] = last[wave] == null || ended.isAfter(last[wave]) ? ended : last[wave];
        }
        assertThat(first[2]).isAfterOrEqualTo(last[1]);
        assertThat(first[3]).isAfterOrEqualTo(last[2]);
        assertThat(run.err()).contains("wave 1 of 3 begins", "wave 3 of 3 begins");
        JsonNode rollout = site.status(run).path("rollout");
        assertThat(rollout.path("wave").asInt()).isEqualTo(3);
        assertThat(rollout.path("done").asInt()).isEqualTo(12);
    }

    /** A bad change stops after the canary; what is left can be done later. */
    @Test
    void tooManyFailuresStopIt() throws IOException {
        site.behave("h01", "fail");
        Program.Ended run = site.run("--waves", "1,4", "--max-failures", "0");
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        assertThat(run.err())
                .contains("stopped after 1 of 12 hosts: 1 host failed, limit 0")
                .contains("jet-fanout rerun " + run.guid() + " --failed --not-started");
        assertThat(run.outcomes()).hasSize(12).containsEntry("h01", "failed");
        assertThat(run.outcomes().values()).filteredOn("not_started"::equals).hasSize(11);
        assertThat(fleet.starts(run.guid())).hasSize(1);
        assertThat(site.command("status", run.guid()).out())
                .contains("stopped after 1 of 12 hosts: 1 host failed, limit 0");
        assertThat(site.status(run).path("rollout").path("stopped").asText())
                .isEqualTo("1 host failed, limit 0");
        Program.Ended rest = site.command("rerun", run.guid(), "--not-started");
        assertThat(rest.exit()).as("%s", rest).isZero();
        assertThat(rest.outcomes()).hasSize(11).doesNotContainKey("h01");
        assertThat(waves(rest).values()).contains(1, 2, 3);
    }
}
