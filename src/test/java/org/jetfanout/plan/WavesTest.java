package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.jetfanout.site.workers.Amount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavesTest {
    private static final List<String> HOSTS =
            IntStream.rangeClosed(1, 20).mapToObj(number -> "h" + number).toList();

    private static Waves waves(List<String> canary, String... sizes) {
        return Waves.of(HOSTS, canary, Amount.waves(List.of(sizes)));
    }

    /** How many hosts each wave has. */
    private static List<Long> sizes(Waves waves) {
        int last = waves.hosts().stream().mapToInt(waves::of).max().orElse(0);
        return IntStream.rangeClosed(1, last)
                .mapToObj(wave -> waves.hosts().stream().filter(h -> waves.of(h) == wave).count())
                .toList();
    }

    @Test
    void eachSizeCountsTheHostsOfTheWavesBefore() {
        assertThat(sizes(waves(List.of(), "1", "10", "100%"))).containsExactly(1L, 9L, 10L);
        assertThat(waves(List.of(), "1", "10", "100%").hosts()).isEqualTo(HOSTS);
    }

    @Test
    void theRestIsTheLastWave() {
        assertThat(sizes(waves(List.of(), "1", "25%"))).containsExactly(1L, 4L, 15L);
    }

    @Test
    void percentagesAreRoundedUpAndWavesWithoutAFurtherHostAreLeftOut() {
        assertThat(sizes(waves(List.of(), "1", "5%", "6%", "50", "100%")))
                .containsExactly(1L, 1L, 18L);
    }

    @Test
    void theCanaryIsAWaveOfItsOwnAndCounts() {
        Waves waves = waves(List.of("h7", "h3", "elsewhere"), "1", "10");
        assertThat(sizes(waves)).containsExactly(2L, 8L, 10L);
        assertThat(waves.hosts()).startsWith("h7", "h3", "h1", "h2", "h4");
        assertThat(waves.hosts()).containsExactlyInAnyOrderElementsOf(HOSTS);
        assertThat(sizes(waves(List.of("h7")))).containsExactly(1L, 19L);
    }

    @Test
    void aCanaryWithoutAHostOfTheRunIsNone() {
        assertThat(sizes(waves(List.of("elsewhere")))).containsExactly(20L);
        assertThat(sizes(waves(List.of(), "100%"))).containsExactly(20L);
    }

    /** Each wave is dealt evenly, over all workers, and no two batches have one id. */
    @Test
    void batchesOfEachWave(@TempDir Path folder) {
        GroupsInMemory inventory =
                new GroupsInMemory()
                        .group("a", HOSTS.toArray(String[]::new))
                        .group("w", "w1", "w2", "w3");
        PlanFixture fixture =
                PlanFixture.of(folder, inventory, "workers:\n  map:\n    - { from: a, to: w }\n");
        Waves waves = waves(List.of("h20"), "8");
        Plan plan = fixture.plan(waves);
        assertThat(plan.waves()).isEqualTo(3);
        assertThat(plan.batches().stream().map(Batch::wave)).isSorted();
        assertThat(plan.batches().stream().map(Batch::id))
                .containsExactly("0001", "0002", "0003", "0004", "0005", "0006", "0007");
        assertThat(sizes(plan, 1)).containsExactly(1);
        assertThat(sizes(plan, 2)).containsExactlyInAnyOrder(3, 2, 2);
        assertThat(sizes(plan, 3)).containsExactly(4, 4, 4);
        assertThat(plan.batches().get(0).hosts()).containsExactly("h20");
    }

    private static Stream<Integer> sizes(Plan plan, int wave) {
        return plan.wave(wave).batches().stream().map(batch -> batch.hosts().size());
    }
}
