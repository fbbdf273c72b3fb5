package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.link.SharedKey;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs through hands, at a broker in a process of its own. */
@Order(1) // takes long: begins first
class HandsIT {
    private static final int WORKERS = 3;
    private static final int LINES = 400;

    @RegisterExtension static final Fleet fleet = Fleet.start(100, WORKERS);

    @TempDir private Path folder;
    private BrokerProcess broker;
    private Site site;
    private Counting counting;
    private final List<Program> hands = new ArrayList<>();

    @BeforeEach
    void makeSite() throws IOException {
        broker = BrokerProcess.start(folder.resolve("broker"));
        site = new Site(fleet, folder);
        counting = Counting.held(fleet, LINES);
        site.setting("jetp", counting.runner().toString());
        SharedKey.make(folder.resolve("shared.key"));
        Path config =
                site.write(
                        "broker.yml",
                        "broker:\n  url: %s\n  shared_key: shared.key\n".formatted(broker.url()));
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    }

    @AfterEach
    void stop() {
        hands.forEach(hand -> hand.handle().destroyForcibly());
        broker.close();
    }

    private Program hand(String name, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("hand", "--name", name));
        words.addAll(List.of("--broker-config", config()));
        words.addAll(List.of(more));
        Program hand = site.startCommand(words.toArray(String[]::new));
        hands.add(hand);
        ProxiedSite.await("it is ready", hand, () -> hand.out().contains("is ready"));
        return hand;
    }

    private String config() {
        return site.file("broker.yml").toString();
    }

    private Program run(String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("--broker-config", config()));
        words.addAll(List.of(more));
        return site.start(words.toArray(String[]::new));
    }

    /** Waits until the jobs of all workers are in their middle, and all that they said is here. */
    private void held(Program run) {
        ProxiedSite.await(
                "the middle of all jobs",
                run,
                () -> {
                    Path output = ProxiedSite.record(site).resolve("output");
                    return Counting.list(output).stream()
                                    .filter(name -> name.endsWith(".log"))
                                    .map(name -> Counting.linesOf(output.resolve(name)))
                                    .filter(lines -> lines.size() >= LINES / 2)
                                    .count()
                            == WORKERS;
                });
    }

    private void wholeAndOnce(Program run) throws IOException {
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(ProxiedSite.record(site), WORKERS)).isEmpty();
        assertThat(ended.outcomes()).hasSize(12).doesNotContainValue("unfinished");
    }

    @Test
    void oneOfTwoHandsIsKilledInTheMiddle() throws IOException {
        Program one = hand("one", "--threads", "2");
        hand("two", "--threads", "2");
        Program run = run("--no-local");
        held(run);
        one.handle().destroyForcibly();
        counting.letGo(ProxiedSite.guid(site));
        wholeAndOnce(run);
    }

    @Test
    void aHandThatIsToldToStopHandsOver() throws IOException {
        Program one = hand("one", "--drain", "1s", "--ready-file", folder + "/ready");
        assertThat(folder.resolve("ready")).exists();
        Program run = run("--no-local");
        held(run);
        hand("two");
        one.signal("TERM");
        Program.Ended stopped = one.end();
        assertThat(stopped.exit()).as("%s", stopped).isZero();
        assertThat(stopped.complaints())
                .containsExactly(
                        "jet-fanout: stopping: waiting up to 1s for 3 workers (press Ctrl-C again"
                                + " to stop at once)",
                        "jet-fanout: stopped: handed over what was still running");
        assertThat(folder.resolve("ready")).doesNotExist();
        counting.letGo(ProxiedSite.guid(site));
        wholeAndOnce(run);
    }

    @Test
    void aHandThatIsToldToStopFinishesWhatEndsInTime() throws IOException {
        Program one = hand("one", "--drain", "5m");
        Program run = run("--no-local");
        held(run);
        one.signal("TERM");
        Waiting.until("it stops", () -> one.err().contains("stopping: waiting up to 5m"));
        counting.letGo(ProxiedSite.guid(site));
        wholeAndOnce(run);
        Program.Ended stopped = one.end();
        assertThat(stopped.exit()).as("%s", stopped).isZero();
        assertThat(stopped.err()).endsWith("jet-fanout: stopped\n");
    }

    /** No other instance is there. */
    @Test
    void theRunIsAHandItself() throws IOException {
        Program run = run();
        held(run);
        counting.letGo(ProxiedSite.guid(site));
        wholeAndOnce(run);
    }

    /** What the run itself cannot reach is left to the hand of its zone. */
    @Test
    void workersOfAnotherZone() throws IOException {
        hand("eu", "--zones", "eu,us");
        site.setting("zone", "eu");
        Program run = run();
        held(run);
        counting.letGo(ProxiedSite.guid(site));
        wholeAndOnce(run);
    }

    @Test
    void whoStopsARunEndsItsJobs() throws IOException {
        hand("one");
        Program run = run("--no-local");
        held(run);
        run.signal("TERM");
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(130);
        Waiting.untilNone(
                "nothing of it runs", () -> ProxiedSite.processes(fleet, ProxiedSite.guid(site)));
    }

    /** The request of the run keeps that it is no hand itself. */
    @Test
    void anotherProcessGoesOnWithTheRun() throws IOException {
        hand("one");
        Program run = run("--no-local");
        held(run);
        ProxiedSite.kill(run);
        counting.letGo(ProxiedSite.guid(site));
        String guid = ProxiedSite.guid(site);
        assertThat(Files.readString(ProxiedSite.record(site).resolve("request.json")))
                .contains("\"noLocal\" : true");
        Program.Ended ended = site.command("resume", guid);
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(ProxiedSite.record(site), WORKERS)).isEmpty();
    }
}
