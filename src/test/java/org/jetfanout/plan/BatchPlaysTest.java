package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.workers.Worker;
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
    void playsWithoutHostsOfTheRunDoNotCount() throws Exception {
        Plan plan = plan(List.of(List.of("a1"), List.of("a2")));
        BatchPlays plays = BatchPlays.inOrder(inventory, List.of(playbook("db", "app")), plan);
        assertThat(plays.isNone()).isTrue();
        assertThat(plays.of(plan.batches().get(0))).isEmpty();
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
