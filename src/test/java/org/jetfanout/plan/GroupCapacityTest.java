package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCapacityTest {
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    @TempDir Path folder;

    // Mutable state
    private PlanFixture fixture;

    @BeforeEach
    void threeWorkerGroups() {
        fixture =
                PlanFixture.of(
                        folder,
                        new GroupsInMemory()
                                .group("a", GroupsInMemory.names("a", 900))
                                .group("b", GroupsInMemory.names("b", 30))
                                .group("c")
                                .group("wa", "wa1")
                                .group("wb", "wb1", "wb2", "wb3")
                                .group("wc", "wc1"),
                        """
                        workers:
                          map:
                            - { from: a, to: wa }
                            - { from: b, to: wb }
                            - { from: c, to: wc }
                          threads: 150
                          groups: { wb: { threads: 10, batch_size: 5 } }
                        """);
    }

    private List<GroupCapacity> capacities(Optional<Duration> within) {
        return GroupCapacity.of(
                fixture.plan(), fixture.groups(), fixture.config(), FIVE_MINUTES, within);
    }

    private List<String> text(Optional<Duration> within) {
        return capacities(within).stream().flatMap(group -> group.text().stream()).toList();
    }

    @Test
    void howManyWorkersForATime() {
        assertThat(text(Optional.of(Duration.ofMinutes(20))))
                .containsExactly(
                        "wa: 2 workers: 900 hosts / 600 per worker (150 threads, 4 rounds of 5m in"
                                + " 20m) = 1.5, rounded up; done in 15m; the group has 1, 1 too few",
                        "wb: 2 workers: 30 hosts / 20 per worker (10 threads, batch_size 5, 4"
                                + " rounds of 5m in 20m) = 1.5, rounded up; done in 15m; the group"
                                + " has 3",
                        "  warning: batch_size 5 leaves 5 of 10 threads of each worker idle: 2"
                                + " rounds instead of 1",
                        "wc: no hosts");
    }

    @Test
    void howLongTheWorkersThereAreTake() {
        assertThat(text(Optional.empty()))
                .containsExactly(
                        "wa: 30m: 900 hosts on 1 worker, at most 900 each, 6 rounds of 5m (150 threads)",
                        "wb: 10m: 30 hosts on 3 workers, at most 10 each, 2 rounds of 5m (10 threads,"
                                + " batch_size 5)",
                        "  warning: batch_size 5 leaves 5 of 10 threads of each worker idle: 2"
                                + " rounds instead of 1",
                        "wc: no hosts");
    }

    @Test
    void noNumberOfWorkersIsEnough() {
        assertThat(text(Optional.of(Duration.ofMinutes(2))))
                .contains(
                        "wa: no number of workers is enough: a single host takes 5m, longer than 2m");
    }

    @Test
    void forPrograms() {
        List<String> json =
                capacities(Optional.of(Duration.ofMinutes(20))).stream()
                        .map(GroupCapacityTest::json)
                        .toList();
        assertThat(json)
                .containsExactly(
                        """
                        {"workerGroup":"wa","workers":2,"hosts":900,"exactWorkers":1.5,"within":"20m",\
                        "threads":150,"hostTime":"5m","hostsPerWorker":450,"rounds":3,"time":"15m",\
                        "seconds":900,"workersNow":1,"warnings":[]}""",
                        """
                        {"workerGroup":"wb","workers":2,"hosts":30,"exactWorkers":1.5,"within":"20m",\
                        "threads":10,"batchSize":5,"hostTime":"5m","hostsPerWorker":15,"rounds":3,\
                        "time":"15m","seconds":900,"workersNow":3,"warnings":["batch_size 5 leaves 5 of\
                         10 threads of each worker idle: 2 rounds instead of 1"]}""",
                        """
                        {"workerGroup":"wc","workers":null,"hosts":0,"workersNow":1,"warnings":[]}""");
    }

    private static String json(GroupCapacity capacity) {
        try {
            return new ObjectMapper().writeValueAsString(capacity.json());
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
