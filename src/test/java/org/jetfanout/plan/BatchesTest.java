package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.GroupsInMemory;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkersYml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchesTest {
    private static final String SHARED =
            """
            workers:
              map:
                - { from: a, to: w }
                - { from: b, to: w }
                - { from: c, to: v }
            """;

    @TempDir Path folder;

    private final GroupsInMemory inventory = new GroupsInMemory();

    private PlanFixture fixture(String workersYml) {
        return PlanFixture.of(folder, inventory, workersYml);
    }

    private String error(PlanFixture fixture) {
        return WorkersYml.message(
                folder, catchThrowableOfType(ConfigurationException.class, fixture::plan));
    }

    /** The example of the page that this program is made after. */
    @Test
    void twoThousandHostsOnFiveWorkersAreFourHundredEach() {
        inventory
                .group("us_west_1", GroupsInMemory.names("h", 2000))
                .group("us_west_1_workers", GroupsInMemory.names("w", 5));
        Plan plan =
                fixture("workers:\n  map: [ { from: us_west_1, to: us_west_1_workers } ]\n").plan();
        assertThat(plan.batches())
                .extracting(Batch::id)
                .containsExactly("0001", "0002", "0003", "0004", "0005");
        assertThat(plan.batches())
                .extracting(batch -> batch.worker().name())
                .containsExactly("w1", "w2", "w3", "w4", "w5");
        assertThat(plan.batches()).allSatisfy(batch -> assertThat(batch.hosts()).hasSize(400));
        assertThat(plan.batches().get(1).hosts()).startsWith("h2", "h7", "h12");
        assertThat(plan.hosts()).isEqualTo(2000);
        assertThat(plan.unmatched()).isEmpty();
        assertThat(plan.guid()).isEqualTo("guid");
    }

    @Test
    void groupsThatShareAWorkerGroupShareItsCount() {
        inventory
                .group("a", "a1", "a2", "a3")
                .group("b", "b1", "b2", "b3")
                .group("c", "c1")
                .group("w", "w1", "w2")
                .group("v", "v1", "v2");
        Plan plan = fixture(SHARED).plan();
        assertThat(plan.batches())
                .containsExactly(
                        new Batch("0001", new Worker("v1", "v", "v1", 0, ""), List.of("c1")),
                        new Batch(
                                "0002",
                                new Worker("w1", "w", "w1", 0, ""),
                                List.of("a1", "a3", "b2")),
                        new Batch(
                                "0003",
                                new Worker("w2", "w", "w2", 0, ""),
                                List.of("a2", "b1", "b3")));
    }

    @Test
    void aMachineInTwoWorkerGroupsGetsABatchOfEach() {
        inventory
                .group("a", "a1")
                .group("b", "b1")
                .group("c", "c1")
                .group("w", "w1")
                .group("v", "w1");
        assertThat(fixture(SHARED).plan().batches())
                .extracting(
                        Batch::id, batch -> batch.worker().name(), batch -> batch.worker().group())
                .containsExactly(tuple("0001", "w1", "v"), tuple("0002", "w1", "w"));
    }

    @Test
    void theSameInputGivesTheSamePlanAndSharesAreEven() {
        Random random = new Random(5);
        for (int round = 0; round < 30; round++) {
            GroupsInMemory groups = new GroupsInMemory();
            for (String name : List.of("a", "b", "c")) {
                groups.group(name, GroupsInMemory.names(name, random.nextInt(50)));
            }
            groups.group("w", GroupsInMemory.names("w", 1 + random.nextInt(9)))
                    .group("v", GroupsInMemory.names("v", 1 + random.nextInt(9)));
            PlanFixture fixture = PlanFixture.of(folder, groups, SHARED);
            Plan plan = fixture.plan();
            assertThat(fixture.plan()).isEqualTo(plan);
            assertThat(plan.batches().stream().flatMap(batch -> batch.hosts().stream()))
                    .containsExactlyInAnyOrderElementsOf(
                            groups.hosts().stream()
                                    .filter(host -> !host.startsWith("w") && !host.startsWith("v"))
                                    .toList());
            for (String group : List.of("w", "v")) {
                Map<String, Integer> shares =
                        fixture.groups().workers(group).stream()
                                .collect(Collectors.toMap(Worker::name, worker -> 0));
                plan.batches().stream()
                        .filter(batch -> batch.worker().group().equals(group))
                        .forEach(batch -> shares.put(batch.worker().name(), batch.hosts().size()));
                TreeSet<Integer> sizes = new TreeSet<>(shares.values());
                assertThat(sizes.last() - sizes.first()).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void hostsWithoutAWorkerStopThePlan() {
        inventory
                .group("web", "h1")
                .group("db", "d1", "d2")
                .group("stage", "d2")
                .group("web_workers", "w1");
        assertThat(error(fixture(WorkersYml.MAP)))
                .isEqualTo(
                        "workers.yml: 2 hosts have no worker: {d1,d2} (groups db, stage). Add one"
                                + " of their groups to the worker map, or set 'unmatched: skip'"
                                + " or 'unmatched: local'");
    }

    @Test
    void oneHostWithoutAWorker() {
        inventory.group("web", "h1").group("db", "d1").group("web_workers", "w1");
        assertThat(error(fixture(WorkersYml.MAP)))
                .isEqualTo(
                        "workers.yml: 1 host has no worker: {d1} (group db). Add one of their"
                                + " groups to the worker map, or set 'unmatched: skip' or"
                                + " 'unmatched: local'");
    }

    @Test
    void manyHostsWithoutAWorkerAreCutShort() {
        inventory.group("web", "h1").group("web_workers", "w1");
        for (int group = 10; group < 22; group++) {
            inventory.group("g" + group, GroupsInMemory.names("host-" + group + "-", 10));
        }
        assertThat(error(fixture(WorkersYml.MAP)))
                .isEqualTo(
                        "workers.yml: 120 hosts have no worker:"
                                + " {host-10-1,host-10-2,host-10-3,host-10-4,host-10-5,host-10-6,host-10-7,host-10-8,host-10-9,host-10-10} and 110 more (groups g10, g11, g12, g13, g14, g15, g16, g17, g18, g19 and 2 more). Add one of their groups to the worker map, or set 'unmatched: skip' or 'unmatched: local'");
    }

    @Test
    void unmatchedSkipNamesThemInThePlan() {
        inventory.group("web", "h1").group("db", "d2", "d1").group("web_workers", "w1");
        Plan plan = fixture(WorkersYml.MAP + "  unmatched: skip\n").plan();
        assertThat(plan.unmatched()).containsExactly("d2", "d1");
        assertThat(plan.hosts()).isEqualTo(1);
    }

    @Test
    void unmatchedLocalGivesThemToTheControlMachine() {
        inventory.group("web", "h1").group("db", "d2", "d1").group("web_workers", "w1");
        Plan plan = fixture(WorkersYml.MAP + "  unmatched: local\n").plan();
        assertThat(plan.unmatched()).isEmpty();
        assertThat(plan.batches().get(0))
                .isEqualTo(new Batch("0001", Worker.CONTROL_MACHINE, List.of("d2", "d1")));
    }

    @Test
    void aHostThatARouteSendsTwice() {
        inventory.group("web", "h1").group("web_workers", "w1");
        PlanFixture fixture = fixture(WorkersYml.MAP);
        Batches batches =
                new Batches(fixture.config(), inventory, PlanFixture::fold, Waves.none(List.of()));
        Worker worker = fixture.groups().workers("web_workers").get(0);
        batches.add("h1", worker);
        String message =
                "host 'h1' reached the plan twice: the routes must send each host exactly once";
        assertThatThrownBy(() -> batches.add("h1", worker))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> batches.addUnmatched("h1")).hasMessage(message);
    }

    @Test
    void noHostsAreNoBatches() {
        inventory.group("web").group("web_workers", "w1");
        assertThat(fixture(WorkersYml.MAP).plan())
                .isEqualTo(new Plan("guid", List.of(), List.of()));
    }
}
