package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A user's own steps among those of the plan. */
class OwnRoutesIT {
    private static final String PLAN =
            """
            - route:
                id: plan
                from:
                  uri: direct:plan
                  steps:
                    - split:
                        simple: "${body}"
                        streaming: true
                        aggregationStrategy: batches
                        steps:
                          - process: { ref: workerMap }
                          - choice:
                              when:
                                - simple: "${header.JetHost} == 'h12'"
                                  steps:
                                    - stop: {}
                                - simple: "${header.JetHost} starts with 'h0'"
                                  steps:
                                    - setHeader: { name: JetWorker, constant: w1 }
                          - process: { ref: deal }
                    - process: { ref: plan }
            """;

    @RegisterExtension static final Fleet fleet = Fleet.start(90, 2);

    @TempDir private Path folder;
    private Site site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new Site(fleet, folder);
    }

    @Test
    void hostsGoToAFixedWorkerOrStayOut() throws IOException {
        site.write("routes/plan.camel.yaml", PLAN);
        Program.Ended run = site.run("--routes", site.file("routes").toString());
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.outcomes()).hasSize(11).doesNotContainKey("h12");
        JsonNode plan = new ObjectMapper().readTree(run.record("plan.json").toFile());
        assertThat(texts(plan.path("unmatched"))).containsExactly("h12");
        for (JsonNode batch : plan.path("batches")) {
            if (batch.path("worker").asText().equals("w1")) {
                assertThat(texts(batch.path("hosts"))).containsAll(Site.hosts(9));
            }
        }
    }

    @Test
    void aRouteThatIsBroken() throws IOException {
        site.write(
                "routes/plan.camel.yaml",
                "- route:\n    id: plan\n    from:\n      uri: direct:plan\n      stops: []\n");
        Program.Ended run = site.run("--routes", site.file("routes").toString());
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains("stops").doesNotContain("\tat ");
    }

    @Test
    void aWorkerThatIsNotInTheGroup() throws IOException {
        site.write("routes/plan.camel.yaml", PLAN.replace("constant: w1", "constant: w9"));
        Program.Ended run = site.run("--routes", site.file("routes").toString());
        assertThat(run.exit()).as("%s", run).isEqualTo(78);
        assertThat(run.complaints()).hasSize(1);
        assertThat(run.err()).contains("w9").doesNotContain("\tat ");
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
