package org.jetfanout.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.it.Fleet;
import org.jetfanout.it.Program;
import org.jetfanout.it.Site;
import org.jetfanout.ssh.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs whose broker stops in the middle: one of the user's own, and the embedded one. */
class BrokerIT {
    private static final int LINES = 300;
    private static final int KIBI = 1 << 10;

    @RegisterExtension static final Fleet fleet = Fleet.start(176, 2);

    @TempDir private Path folder;
    private Counting counting;
    private BrokerProcess broker;
    private Site site;

    /** A runner that waits until it may go on, and a broker. */
    @BeforeEach
    void makeSite() throws IOException {
        counting = new Counting(fleet, LINES);
        Path waiting =
                fleet.program(
                        "waiting-jetp",
                        """
                        #!/bin/sh
                        : >"$HOME/here.$JET_FANOUT_GUID"
                        until [ -e "$HOME/go.$JET_FANOUT_GUID" ]; do sleep 0.1; done
                        exec %s "$@"
                        """
                                .formatted(counting.runner()));
        site = new Site(fleet, folder).setting("jetp", waiting.toString());
        broker = BrokerProcess.start(folder.resolve("broker"));
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    private String guid() {
        return ProxiedSite.guid(site);
    }

    private Path record(String name) {
        return ProxiedSite.record(site).resolve(name);
    }

    private long jobs() {
        long jobs = 0;
        for (int n = 1; n <= fleet.workers(); n++) {
            jobs += Files.exists(fleet.home(n).resolve("here." + guid())) ? 1 : 0;
        }
        return jobs;
    }

    private void letGo() throws IOException {
        for (int n = 1; n <= fleet.workers(); n++) {
            letGo(n);
        }
    }

    private void letGo(int worker) throws IOException {
        Files.createFile(fleet.home(worker).resolve("go." + guid()));
    }

    /** A run with the user's broker, which is killed when so many jobs run. */
    private Program cutOff(int jobs, String... more) throws IOException {
        String[] words = {"--broker", broker.url(), "--threads", Integer.toString(jobs)};
        Program run =
                site.start(
                        java.util.stream.Stream.of(words, more)
                                .flatMap(java.util.Arrays::stream)
                                .toArray(String[]::new));
        ProxiedSite.await("jobs run", run, () -> jobs() == jobs);
        broker.kill();
        ProxiedSite.await(
                "the broker is missed",
                run,
                () ->
                        Counting.linesOf(record("jet-fanout.log")).stream()
                                .anyMatch(line -> line.contains("is away: it is waited for")));
        return run;
    }

    private void wholeAndOnce(Program.Ended ended) throws IOException {
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(record(""), 2)).isEmpty();
        assertThat(ended.outcomes()).hasSize(12);
    }

    private void oneLine(Program.Ended ended, String... words) {
        assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
        assertThat(ended.complaints()).as("%s", ended).hasSize(1);
        assertThat(ended.complaints().get(0)).contains(words).contains("resume " + guid());
        assertThat(ended.err()).doesNotContain("\tat ", "internal error", "Exception");
    }

    /**
     * By the limit of a file's size: messages are made so large that the journal is the first file
     * that reaches it.
     */
    @Test
    void theEmbeddedBrokerStops() throws IOException {
        String queue = new String(Fleet.resource("/routes/queue.camel.yaml"), UTF_8);
        String padding = "- setHeader:\n    name: Padding\n    constant: " + "x".repeat(KIBI * 40);
        String step = "              - to:\n                  uri: \"sjms2:";
        assertThat(queue).containsOnlyOnce(step);
        site.write("routes/queue.camel.yaml", queue.replace(step, padding.indent(14) + step));
        Program run = site.start("--routes", site.file("routes").toString());
        ProxiedSite.await("jobs run", run, () -> jobs() == 2);
        Programs.ok("prlimit", "--pid", Long.toString(run.handle().pid()), "--fsize=" + KIBI * 60);
        // its message cannot be acknowledged
        letGo(1);
        oneLine(run.end(), "the queue in " + record("queue") + " has failed: ");
        letGo(2);
        wholeAndOnce(site.command("resume", guid()));
    }

    /** One batch is worked on meanwhile, and ends; the other one is in the queue. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBrokerThatIsKilledAndComesBack(boolean withItsMessages) throws IOException {
        Program run = cutOff(1);
        letGo();
        ProxiedSite.await(
                "one batch ends",
                run,
                () -> Counting.linesOf(record("batches.ndjson")).size() == 1);
        if (!withItsMessages) {
            broker.forget();
        }
        broker.start();
        wholeAndOnce(run.end());
    }

    @Test
    void aBrokerThatStaysAwayEndsTheRun() throws IOException {
        Program run = cutOff(1, "--broker-wait", "2s");
        Program.Ended ended = run.end();
        oneLine(ended, "the broker " + broker.url() + " has been away for ");

        letGo();
        Program.Ended early = site.command("resume", guid());
        assertThat(early.exit()).as("%s", early).isEqualTo(78);
        broker.start();
        wholeAndOnce(site.command("resume", guid()));
    }

    /** Who cancels does not wait for it. */
    @Test
    void cancelWhileTheBrokerIsAway() throws IOException {
        Program run = cutOff(1);
        run.signal("TERM");
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
        assertThat(ended.complaints())
                .as("%s", ended)
                .hasSize(2)
                .anyMatch(line -> line.contains(broker.url() + " has been away for "))
                .anyMatch(line -> line.contains("ending the jobs on the workers"));
    }

    @Test
    void batchesThatAreWorkedOnNeedNoBroker() throws IOException {
        Program run = cutOff(2);
        letGo();
        wholeAndOnce(run.end());
    }
}
