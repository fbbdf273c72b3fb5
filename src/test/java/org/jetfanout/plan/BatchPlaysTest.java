package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerGroups;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.site.workers.WorkersYml;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchPlaysTest {
    @TempDir Path folder;

    private Inventory inventory;

    @BeforeEach
    void inventory() throws Exception {
        Path groups = Files.createDirectories(folder.resolve("inv/groups"));
        Files.writeString(groups.resolve("db"), "hosts: [ d1, d2 ]\n");
        Files.writeString(groups.resolve("app"), "hosts: [ a1, a2, a3, a4 ]\n");
        Files.writeString(groups.resolve("both"), "subgroups: [ db, app ]\n");
        inventory =
                Inventory.load(
                        List.of(folder.resolve("inv")), Duration.ofSeconds(9), warning -> {});
    }

    private Playbook playbook(String... groups) throws Exception {
        StringBuilder text = new StringBuilder();
        for (String group : groups) {
            text.append("- name: of ").append(group).append("\n  groups: [ ");
            text.append(group).append(" ]\n");
        }
        return Playbook.read(
                Files.writeString(Files.createTempFile(folder, "pb", ".yml"), text.toString()));
    }

    private static Plan plan(List<List<String>> hosts) {
        List<Batch> batches = new ArrayList<>();
        for (List<String> some : hosts) {
            String name = "w" + batches.size();
            batches.add(
                    new Batch("000" + batches.size(), new Worker(name, "wk", name, 22, ""), some));
        }
        return new Plan("guid", batches, List.of());
    }

    private static final List<List<String>> TWO =
            List.of(List.of("d1", "a1", "a3"), List.of("d2", "a2", "a4"));

    @Test
    void playsAreNumberedOverAllPlaybooks() throws Exception {
        Plan plan = plan(List.of(List.of("d1", "d2", "a1"), List.of("a2", "a3", "a4")));
        BatchPlays plays =
                BatchPlays.inOrder(
                        inventory,
                        List.of(playbook("db", "app"), playbook("both", "all", "db")),
                        plan);
        assertThat(plays.of(plan.batches().get(0)))
                .containsExactly(
                        new BatchPlay(1, "of db", "0-1"),
                        new BatchPlay(2, "of app", "2"),
                        new BatchPlay(3, "of both", "0-2"),
                        new BatchPlay(4, "of all", "0-2"),
                        new BatchPlay(5, "of db", "0-1"));
        assertThat(plays.of(plan.batches().get(1)))
                .containsExactly(
                        new BatchPlay(2, "of app", "0-2"),
                        new BatchPlay(3, "of both", "0-2"),
                        new BatchPlay(4, "of all", "0-2"));
    }

    /** One for localhost, say. */
    @Test
    void aPlayWithoutHostsThatEachBatchMayHave() {
        Plan plan = plan(TWO);
        BatchPlays plays =
                BatchPlays.inOrder(
                        List.of("app", "here", "nobody", "db"),
                        inventory.setsOf(
                                List.of(List.of("a1", "a2"), List.of(), List.of(), List.of("d1"))),
                        Set.of(1),
                        plan);
        assertThat(plays.of(plan.batches().get(0)))
                .containsExactly(
                        new BatchPlay(1, "app", "1"),
                        new BatchPlay(2, "here", ""),
                        new BatchPlay(4, "db", "0"));
        assertThat(plays.of(plan.batches().get(1)))
                .containsExactly(new BatchPlay(1, "app", "1"), new BatchPlay(2, "here", ""));
    }

    @Test
    void onePlayHasNothingToWaitFor() throws Exception {
        assertThat(BatchPlays.inOrder(inventory, List.of(playbook("all")), plan(TWO)).isNone())
                .isTrue();
    }

    @Test
    void oneBatchHasNothingToWaitFor() throws Exception {
        assertThat(
                        BatchPlays.inOrder(
                                        inventory,
                                        List.of(playbook("db", "app")),
                                        plan(TWO.subList(0, 1)))
                                .isNone())
                .isTrue();
    }

    @Test
    void batchesOfDifferentWavesDoNotWaitForEachOther() throws Exception {
        List<Batch> batches = plan(TWO).batches();
        Batch alone = new Batch("0009", batches.get(0).worker(), List.of("d1", "a1"), 1);
        Batch one = new Batch("0010", batches.get(0).worker(), TWO.get(0), 2);
        Batch other = new Batch("0011", batches.get(1).worker(), TWO.get(1), 2);
        Batch app = new Batch("0012", batches.get(0).worker(), List.of("a1"), 3);
        Batch app2 = new Batch("0013", batches.get(1).worker(), List.of("a2"), 3);
        Plan plan = new Plan("guid", List.of(alone, one, other, app, app2), List.of());
        BatchPlays plays = BatchPlays.inOrder(inventory, List.of(playbook("db", "app")), plan);
        assertThat(plays.of(alone)).isEmpty();
        assertThat(plays.of(one)).hasSize(2);
        assertThat(plays.of(other)).hasSize(2);
        assertThat(plays.of(app)).isEmpty();
        assertThat(plays.of(app2)).isEmpty();
    }

    @Test
    void playsWithoutHostsOfTheRunDoNotCount() throws Exception {
        Plan plan = plan(List.of(List.of("a1"), List.of("a2")));
        BatchPlays plays = BatchPlays.inOrder(inventory, List.of(playbook("db", "app")), plan);
        assertThat(plays.isNone()).isTrue();
        assertThat(plays.of(plan.batches().get(0))).isEmpty();
    }

    private PlanReport report(Plan plan, BatchPlays plays) throws Exception {
        Files.createDirectories(folder.resolve("yml"));
        WorkersConfig config =
                WorkersYml.read(
                        folder.resolve("yml"), "workers:\n  map: [ { from: both, to: wk } ]\n");
        Files.writeString(folder.resolve("inv/groups/wk"), "hosts: [ w0, w1 ]\n");
        Inventory withWorkers =
                Inventory.load(
                        List.of(folder.resolve("inv")), Duration.ofSeconds(9), warning -> {});
        return new PlanReport(
                plan,
                WorkerGroups.resolve(config, withWorkers),
                config,
                batch -> List.of("jetp"),
                plays);
    }

    @Test
    void thePlanShowsThemAndTheBarriers() throws Exception {
        Plan plan = plan(List.of(List.of("d1", "d2", "a1"), List.of("a2", "a3")));
        PlanReport report =
                report(
                        plan,
                        BatchPlays.inOrder(
                                inventory, List.of(playbook("db", "app", "both")), plan));
        StringBuilder text = new StringBuilder();
        report.text(text, PlanFixture::fold, words -> String.join(" ", words));
        assertThat(text.toString())
                .isEqualTo(
                        """
                        wk: 2 workers, 5 hosts, 2 to 3 per worker, 1 round of 20 threads
                          hosts: {d1,a2,d2,a3,a1}
                          0000 w0: 3 hosts: {d1,d2,a1}
                            plays: 1 'of db' 2 hosts | 2 'of app' 1 host | 3 'of both' 3 hosts
                            $ jetp
                          0001 w1: 2 hosts: {a2,a3}
                            plays: 2 'of app' 2 hosts | 3 'of both' 2 hosts
                            $ jetp
                        3 plays with a barrier before each but the first: no worker begins a play \
                        before all workers have ended the play before it
                          1 'of db' 2 hosts in 1 batch
                          2 'of app' 3 hosts in 2 batches
                          3 'of both' 5 hosts in 2 batches
                        total: 5 hosts, 2 batches; nothing was sent
                        """);
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        report.json(json);
        assertThat(json.toString(StandardCharsets.UTF_8))
                .contains(
                        "\"hosts\":[\"a2\",\"a3\"],\"plays\":["
                                + "{\"number\":2,\"name\":\"of app\",\"hosts\":2,\"places\":\"0-1\"},",
                        "\"plays\":[{\"number\":1,\"name\":\"of db\",\"hosts\":2,\"batches\":1},");
    }

    @Test
    void aThousandPlaysStayShort() throws Exception {
        String[] groups = new String[1000];
        Arrays.fill(groups, "both");
        Plan plan = plan(TWO);
        StringBuilder text = new StringBuilder();
        report(plan, BatchPlays.inOrder(inventory, List.of(playbook(groups)), plan))
                .text(text, PlanFixture::fold, words -> "");
        assertThat(text.toString().lines().toList())
                .hasSizeLessThan(70)
                .anyMatch(line -> line.endsWith(" 9 'of both' 3 hosts | …"))
                .contains("  … and 950 more");
    }

    @Test
    void placesAsRanges() {
        BitSet places = new BitSet();
        assertThat(BatchPlay.of(1, "", places).hosts()).isEmpty();
        assertThat(BatchPlay.of(1, "", places).places()).isEqualTo(places);
        places.set(0, 10);
        places.set(12);
        places.set(20, 22);
        BatchPlay play = BatchPlay.of(1, "", places);
        assertThat(play.hosts()).isEqualTo("0-9,12,20-21");
        assertThat(play.places()).isEqualTo(places);
        assertThat(play.count()).isEqualTo(13);
    }
}
