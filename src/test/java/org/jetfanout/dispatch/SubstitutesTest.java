package org.jetfanout.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jetfanout.plan.Batch;
import org.jetfanout.site.workers.Worker;
import org.junit.jupiter.api.Test;

class SubstitutesTest {
    private final List<Worker> workers =
            IntStream.rangeClosed(1, 6)
                    .mapToObj(n -> new Worker("w" + n, "wk", "w" + n, 22, "u"))
                    .toList();
    private final List<Batch> batches = new ArrayList<>();

    private void batch(int worker, int hosts) {
        batches.add(
                new Batch(
                        "%04d".formatted(batches.size() + 1),
                        workers.get(worker - 1),
                        IntStream.range(0, hosts).mapToObj(n -> "h" + n).toList()));
    }

    private void aBatchEach() {
        for (int n = 1; n <= workers.size(); n++) {
            batch(n, 100);
        }
    }

    private Substitutes substitutes() {
        Substitutes substitutes = new Substitutes();
        substitutes.expect(Map.of("wk", workers), batches);
        return substitutes;
    }

    private String insteadOf(Substitutes substitutes, int batch) {
        return substitutes.insteadOf(batches.get(batch)).orElseThrow().name();
    }

    @Test
    void batchesOfManyLostWorkersAreDealtEvenly() {
        aBatchEach();
        Substitutes substitutes = substitutes();
        Map<String, Integer> taken = new TreeMap<>();
        List<Batch> lost = new ArrayList<>(batches.subList(0, 4));
        // who is given a batch may be lost itself, which nobody knows yet
        while (!lost.isEmpty()) {
            Batch batch = lost.remove(0);
            Worker other = substitutes.insteadOf(batch).orElseThrow();
            if (workers.indexOf(other) < 4) {
                lost.add(new Batch(batch.id(), other, batch.hosts()));
            } else {
                taken.merge(other.name(), 1, Integer::sum);
            }
        }
        assertThat(taken).containsOnly(Map.entry("w5", 2), Map.entry("w6", 2));
    }

    @Test
    void whoHasFewestHostsComesFirst() {
        batch(1, 10);
        batch(2, 10);
        batch(3, 9);
        batch(4, 10);
        batch(5, 10);
        Substitutes substitutes = substitutes();
        assertThat(insteadOf(substitutes, 0)).as("who has none").isEqualTo("w6");
        assertThat(insteadOf(substitutes, 1)).isEqualTo("w3");
    }

    @Test
    void whatAnEarlierProcessGaveAwayCounts() {
        batch(2, 10);
        batch(2, 10); // was for the first worker
        batch(3, 10);
        batch(4, 10);
        batch(5, 10);
        batch(6, 10);
        batch(1, 11);
        assertThat(insteadOf(substitutes(), 2)).isEqualTo("w4");
    }

    @Test
    void amongEqualsWhoHasAnswered() {
        aBatchEach();
        Substitutes substitutes = substitutes();
        substitutes.answered(workers.get(4));
        assertThat(insteadOf(substitutes, 0)).isEqualTo("w5");
        assertThat(insteadOf(substitutes, 1)).isEqualTo("w3");
    }

    @Test
    void nobodyLeft() {
        aBatchEach();
        Substitutes substitutes = substitutes();
        batches.subList(0, 5).forEach(substitutes::insteadOf);
        assertThat(substitutes.insteadOf(batches.get(5))).isEmpty();
    }
}
