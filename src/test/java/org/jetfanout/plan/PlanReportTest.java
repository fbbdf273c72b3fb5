package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.jetfanout.site.workers.Amount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanReportTest {
    private static final String YML =
            """
            workers:
              map:
                - { from: a, to: wa }
                - { from: b, to: wb }
                - { from: c, to: wc }
              threads: 2
              unmatched: %s
              groups: { wb: { threads: 3, batch_size: 1 } }
            """;

    @TempDir Path folder;

    private final GroupsInMemory inventory =
            new GroupsInMemory()
                    .group("a", "a1", "a2", "a3", "a4", "a5")
                    .group("b", "b1", "b2")
                    .group("c")
                    .group("d", "d1")
                    .group("wa", "wa1", "wa2")
                    .group("wb", "wb1", "wb2", "wb3")
                    .group("wc", "wc1");

    private PlanReport report(String unmatched) {
        return report(PlanFixture.of(folder, inventory, YML.formatted(unmatched)));
    }

    private static PlanReport report(PlanFixture fixture) {
        return new PlanReport(
                fixture.plan(),
                fixture.groups(),
                fixture.config(),
                batch -> List.of("jetp", "ssh", "it's " + batch.id()),
                BatchPlays.none());
    }

    private static String text(PlanReport report) throws IOException {
        StringBuilder out = new StringBuilder();
        report.text(out, PlanFixture::fold, words -> String.join("|", words));
        return out.toString();
    }

    @Test
    void forPeople() throws IOException {
        assertThat(text(report("skip")))
                .isEqualTo(
                        """
                        wa: 2 workers, 5 hosts, 2 to 3 per worker, 2 rounds of 2 threads
                          hosts: {a1,a2,a3,a4,a5}
                          0001 wa1: 3 hosts: {a1,a3,a5}
                            $ jetp|ssh|it's 0001
                          0002 wa2: 2 hosts: {a2,a4}
                            $ jetp|ssh|it's 0002
                        wb: 3 workers, 2 hosts, 0 to 1 per worker, 1 round of 3 threads
                          hosts: {b1,b2}
                          0003 wb1: 1 host: {b1}
                            $ jetp|ssh|it's 0003
                          0004 wb2: 1 host: {b2}
                            $ jetp|ssh|it's 0004
                        wc: 1 worker, no hosts
                        skipped, no worker: 1 host: {d1}
                        total: 7 hosts, 4 batches; nothing was sent
                        """);
    }

    @Test
    void theControlMachineIsNoWorkerGroup() throws IOException {
        assertThat(text(report("local")))
                .contains(
                        """
                        on the control machine: 1 worker, 1 host, 1 per worker, 1 round of 2 threads
                          hosts: {d1}
                          0001 control-machine: 1 host: {d1}
                        """);
    }

    @Test
    void warnsOfIdleThreads() throws IOException {
        inventory.group("b", GroupsInMemory.names("b", 6));
        assertThat(text(report("skip")))
                .contains(
                        """
                        wb: 3 workers, 6 hosts, 2 per worker, 2 rounds of 3 threads
                          warning: batch_size 1 leaves 2 of 3 threads of each worker idle: 2 rounds \
                        instead of 1
                        """);
    }

    @Test
    void longListsAreCut() throws IOException {
        inventory.group("a", GroupsInMemory.names("a-rather-long-name-", 100));
        assertThat(text(report("skip")))
                .contains("a-rather-long-name-5} and 95 more\n")
                .doesNotContain("a-rather-long-name-50");
    }

    @Test
    void namesCannotWriteEscapes() throws IOException {
        inventory.group("b", "\u001b[2J\nb\u009b");
        assertThat(text(report("skip"))).contains("{\\u001b[2J\\u000ab\\u009b}");
    }

    @Test
    void forPrograms() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report("skip").json(out);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        """
                        {"guid":"guid","batches":[\
                        {"batch":"0001","worker":"wa1","workerGroup":"wa","hosts":["a1","a3","a5"],\
                        "command":["jetp","ssh","it's 0001"]},\
                        {"batch":"0002","worker":"wa2","workerGroup":"wa","hosts":["a2","a4"],\
                        "command":["jetp","ssh","it's 0002"]},\
                        {"batch":"0003","worker":"wb1","workerGroup":"wb","hosts":["b1"],\
                        "command":["jetp","ssh","it's 0003"]},\
                        {"batch":"0004","worker":"wb2","workerGroup":"wb","hosts":["b2"],\
                        "command":["jetp","ssh","it's 0004"]}],\
                        "unmatched":["d1"]}
                        """);
    }

    @Test
    void anyNameIsGoodJson() throws IOException {
        String name = "q\"\\\u001b\n\u2028é😀";
        inventory.group("b", name);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report("skip").json(out);
        JsonNode json = new ObjectMapper().readTree(out.toByteArray());
        assertThat(json.at("/batches/4/hosts/0").asText()).isEqualTo(name);
    }

    @Test
    void aDocumentThatAnErrorCutOffDoesNotLookWhole() {
        PlanFixture fixture = PlanFixture.of(folder, inventory, YML.formatted("skip"));
        PlanReport report =
                new PlanReport(
                        fixture.plan(),
                        fixture.groups(),
                        fixture.config(),
                        batch -> {
                            throw new IllegalStateException("no command");
                        },
                        BatchPlays.none());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> report.json(out)).hasMessage("no command");
        assertThat(out.toString(StandardCharsets.UTF_8)).doesNotEndWith("}");
    }

    @Test
    void wavesOneAfterTheOther() throws IOException {
        PlanFixture fixture = PlanFixture.of(folder, inventory, YML.formatted("skip"));
        PlanReport report =
                new PlanReport(
                        fixture.plan(
                                Waves.of(
                                        List.of("a1", "a2", "a3", "b1", "b2"),
                                        List.of("b2"),
                                        Amount.waves(List.of("3")))),
                        fixture.groups(),
                        fixture.config(),
                        batch -> List.of("jetp"),
                        BatchPlays.none());
        assertThat(text(report))
                .isEqualTo(
                        """
                        wave 1 of 3: 1 host, 1 with the waves before
                        wb: 3 workers, 1 host, 0 to 1 per worker, 1 round of 3 threads
                          hosts: {b2}
                          0001 wb1: 1 host: {b2}
                            $ jetp
                        wave 2 of 3: 2 hosts, 3 with the waves before
                        wa: 2 workers, 2 hosts, 1 per worker, 1 round of 2 threads
                          hosts: {a1,a2}
                          0002 wa1: 1 host: {a1}
                            $ jetp
                          0003 wa2: 1 host: {a2}
                            $ jetp
                        wave 3 of 3: 2 hosts, 5 with the waves before
                        wa: 2 workers, 1 host, 0 to 1 per worker, 1 round of 2 threads
                          hosts: {a3}
                          0004 wa1: 1 host: {a3}
                            $ jetp
                        wb: 3 workers, 1 host, 0 to 1 per worker, 1 round of 3 threads
                          hosts: {b1}
                          0005 wb2: 1 host: {b1}
                            $ jetp
                        total: 5 hosts, 5 batches; nothing was sent
                        """);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.json(out);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("{\"batch\":\"0002\",\"wave\":2,\"worker\":\"wa1\"");
    }
}
