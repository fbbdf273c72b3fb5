package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers begin each play together, and a play that fails everywhere is the last one. */
@Order(1) // takes long: begins first
class PlaysInOrderIT {
    private static final int WORKERS = 8;

    /** Those of the run that has more batches than threads. */
    private static final int MANY = 20;

    private static Fleet fleet;

    @TempDir private Path folder;
    private Site site;
    private Path stamps;

    @BeforeAll
    static void startFleet() {
        fleet = Fleet.start(206, MANY);
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
    }

    @BeforeEach
    void newSite() throws IOException {
        site = new Site(fleet, Files.createDirectory(folder.resolve("site"))).workers(WORKERS);
        site.setting("env", "{ STAND_IN_SHELL: '1' }");
        stamps = Files.createTempDirectory(fleet.home(1), "stamps");
        TestUser.own(stamps);
    }

    /**
     * A play whose first task notes the time at which it runs on a host, and whose second is quick.
     */
    private String play(String name, String groups) {
        return """
               - name: %s
                 groups: [ %s ]
                 tasks:
                   - !shell
                     name: note the time
                     cmd: 'date +%%s%%N >>%s/%s'
                   - !shell
                     name: another task
                     cmd: 'true'
               """
                .formatted(name, groups, stamps, name);
    }

    /** Waits until a play has run on a host. */
    private String until(String play) {
        return "until [ -s " + stamps + "/" + play + " ]; do sleep 0.1; done";
    }

    private List<Long> stamps(String play) throws IOException {
        Path file = stamps.resolve(play);
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(Long::valueOf).sorted().toList()
                : List.of();
    }

    private void inOrder(int hosts, String... plays) throws IOException {
        long last = 0;
        for (String play : plays) {
            assertThat(stamps(play)).as(play).hasSize(hosts);
            assertThat(stamps(play).get(0))
                    .as("%s begins behind all others", play)
                    .isGreaterThan(last);
            last = stamps(play).get(hosts - 1);
        }
    }

    private static Map<String, Long> counts(Program.Ended run) throws IOException {
        return run.outcomes().values().stream()
                .collect(Collectors.groupingBy(of -> of, TreeMap::new, Collectors.counting()));
    }

    /** A batch that waits gives its thread to the next, or nobody would ever get to the barrier. */
    @Test
    void moreBatchesThanThreads() throws IOException {
        site.workers(MANY).group("web", Site.hosts(MANY));
        site.playbook(play("one", "web") + play("two", "web") + play("three", "web"));
        Program.Ended run = site.run("--threads", "2");
        assertThat(run.exit()).as("%s", run).isZero();
        inOrder(MANY, "one", "two", "three");
        assertThat(fleet.starts(run.guid())).hasSize(MANY);
        assertThat(run.complaints()).isEmpty();
    }

    @Test
    void aPlaybookWaitsForAnotherGroup() throws IOException {
        site.group("db", List.of("h01"));
        site.group("app", List.of("h02", "h03", "h04"));
        site.hostVars("h01", "stand_in: { db: 'slow:1' }\n");
        site.playbook(play("db", "db") + play("app", "app") + play("all", "web"));
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isZero();
        inOrder(1, "db");
        assertThat(stamps("app").get(0)).isGreaterThan(stamps("db").get(0));
        assertThat(stamps("all").get(0)).isGreaterThan(stamps("app").get(2));
        assertThat(Files.readString(run.record("states.ndjson")))
                .contains("waiting for other workers before play 'app'");
    }

    @Test
    void withoutOrderNobodyWaits() throws IOException {
        site.group("db", List.of("h01"));
        site.group("app", List.of("h02"));
        // the first play ends when the second one has begun elsewhere
        String db = play("db", "db").replace("cmd: 'date", "cmd: '" + until("app") + "; date");
        site.playbook(db + play("app", "app"));
        Program.Ended run = site.run("--order", "none");
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(stamps("app").get(0)).isLessThan(stamps("db").get(0));
        assertThat(Files.readString(run.record("states.ndjson"))).doesNotContain("waiting");
    }

    /** The one host of a play on its worker is dead: the worker's other hosts get their plays. */
    @Test
    void aDeadHostThatIsAloneOnItsWorker() throws IOException {
        site.group("lb", List.of("h01", "h02"));
        site.behave("h01", "unreachable");
        site.playbook(play("lb", "lb") + play("site", "web"));
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(4);
        assertThat(counts(run)).isEqualTo(Map.of("unreachable", 1L, "changed", 11L));
        assertThat(run.outcomes()).containsEntry("h01", "unreachable");
        assertThat(stamps("site")).hasSize(11);
        assertThat(run.err())
                .containsOnlyOnce("all of its hosts in play 'lb' failed: the runner starts again");
        assertThat(fleet.starts(run.guid())).hasSize(WORKERS + 1);
    }

    @Test
    void aPlayThatFailsEverywhereIsTheLast() throws IOException {
        site.group("db", List.of("h01", "h02"));
        site.group("app", List.of("h03", "h04", "h05"));
        site.hostVars("h01", "stand_in: { db: fail }\n");
        site.hostVars("h02", "stand_in: { db: fail }\n");
        site.playbook(play("db", "db") + play("app", "app"));
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        assertThat(counts(run)).isEqualTo(Map.of("failed", 2L, "not_started", 3L));
        assertThat(stamps("app")).isEmpty();
        assertThat(Files.readString(run.record("results.ndjson")))
                .contains("later plays did not run: all hosts of play 'db' failed");
    }

    @Test
    void aRollingUpdateThatFailsEverywhereEndsAllPlays() throws IOException {
        site.workers(2);
        site.setting("batch_size", "2");
        for (String host : Site.hosts(12)) {
            site.hostVars(host, "stand_in: { one: fail }\n");
        }
        site.playbook(play("one", "web") + play("two", "web"));
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(2);
        assertThat(counts(run)).isEqualTo(Map.of("failed", 4L, "not_started", 8L));
        assertThat(stamps("two")).isEmpty();
    }

    @Test
    void cancelWhileItWaits() throws IOException {
        site.group("db", List.of("h01"));
        site.hostVars("h01", "stand_in: { db: 'slow:60' }\n");
        site.playbook(play("db", "db") + play("all", "web"));
        Program run = site.start("--threads", "2");
        waiting(run);
        site.command("cancel", run.out().lines().findFirst().orElseThrow());
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(130);
        assertThat(stamps("all")).isEmpty();
    }

    @Test
    void aRunThatWasKilledWhileItWaitsGoesOn() throws IOException {
        site.group("db", List.of("h01"));
        site.hostVars("h01", "stand_in: { db: 'slow:4' }\n");
        site.playbook(play("one", "web") + play("db", "db") + play("all", "web"));
        Program run = site.start();
        waiting(run);
        run.signal("KILL");
        Program.Ended killed = run.end();
        Program.Ended resumed = site.command("resume", killed.guid());
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        inOrder(12, "one");
        inOrder(12, "all");
        assertThat(stamps("all").get(0)).isGreaterThan(stamps("db").get(0));
        assertThat(fleet.starts(killed.guid())).hasSize(WORKERS);
    }

    private void waiting(Program run) {
        Waiting.until(
                "a worker waits " + run.out() + run.err(),
                () -> {
                    String guid = run.out().lines().findFirst().orElse("none");
                    Path states =
                            site.file("home/state/jet-fanout/runs")
                                    .resolve(guid)
                                    .resolve("states.ndjson");
                    try {
                        return Files.exists(states)
                                && Files.readString(states).contains("waiting for other workers");
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
    }
}
