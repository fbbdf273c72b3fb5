package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jetfanout.it.faults.ProxiedSite.await;
import static org.jetfanout.it.faults.ProxiedSite.guid;
import static org.jetfanout.it.faults.ProxiedSite.hasOutput;
import static org.jetfanout.it.faults.ProxiedSite.kill;
import static org.jetfanout.it.faults.ProxiedSite.record;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Proxy;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every fault of docs/faults.md, provoked for real. */
@Order(1) // takes long: begins first
class FaultsIT {
    private static final int LINES = 1500;
    @RegisterExtension static final Fleet fleet = Fleet.start(42, 3);
    private static Counting counting;

    @TempDir private Path folder;
    private ProxiedSite proxied;
    private Counting held;

    @BeforeAll
    static void startCounting() throws IOException {
        counting = new Counting(fleet, LINES);
    }

    @AfterEach
    void closeProxies() throws IOException {
        proxied.close();
    }

    private Site site(int workers) throws IOException {
        proxied = new ProxiedSite(fleet, folder, workers);
        return proxied.site().setting("jetp", counting.runner().toString());
    }

    /** A site whose jobs stop in their middle until they are let go. */
    private Site heldSite(int workers) throws IOException {
        held = Counting.held(fleet, LINES);
        return site(workers).setting("jetp", held.runner().toString());
    }

    /** Kills a run whose jobs are in their middle, and lets them go. */
    private void killInTheMiddle(Site site) throws IOException {
        Program run = site.start();
        hasOutput(site, run);
        kill(run);
        held.letGo(guid(site));
    }

    private static void wholeAndOnce(Site site, Program.Ended ended, int batches)
            throws IOException {
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(record(site), batches)).isEmpty();
    }

    @Test
    void aResetConnectionIsTakenUpAtTheRightByte() throws IOException {
        Site site = heldSite(1);
        Program run = site.start();
        hasOutput(site, run);
        proxied.proxy(1).reset();
        await("it connects again", run, () -> proxied.proxy(1).accepted() > 1);
        hasOutput(site, run);
        proxied.proxy(1).reset();
        await("it connects once more", run, () -> proxied.proxy(1).accepted() > 2);
        held.letGo(guid(site));
        wholeAndOnce(site, run.end(), 1);
        assertThat(proxied.proxy(1).accepted()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aShortBlackHoleIsWaitedOut() throws IOException {
        Site site = site(1);
        Program run = site.start();
        hasOutput(site, run);
        proxied.proxy(1).blackHole();
        long before = System.nanoTime();
        Waiting.until("2 s passed", () -> System.nanoTime() - before > 2_000_000_000L);
        proxied.proxy(1).heal();
        wholeAndOnce(site, run.end(), 1);
        assertThat(proxied.proxy(1).accepted()).isEqualTo(1);
    }

    @Test
    void aWorkerThatVanishesInTheMiddleIsLost() throws IOException {
        Site site = heldSite(2).setting("reconnect_timeout", "3s");
        Program run = site.start();
        hasOutput(site, run);
        await("both started", run, () -> counting.starts(guid(site)).size() == 2);
        proxied.proxy(1).welcome(Proxy.Welcome.RESET);
        proxied.proxy(1).reset();
        held.letGo(guid(site));
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
        assertThat(ended.err()).contains("no connection for");
        assertThat(ended.outcomes().values())
                .filteredOn(outcome -> outcome.equals("unfinished"))
                .hasSize(6);

        proxied.proxy(1).welcome(Proxy.Welcome.FORWARD);
        site.setting("jetp", counting.runner().toString()).writeSettings();
        Program.Ended again = site.command("rerun", ended.guid(), "--lost");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.outcomes()).hasSize(6);
    }

    /** Its hosts count as failed for the order of plays, and the others go on. */
    @Test
    void aLostWorkerDoesNotHoldOthersBeforeAPlay() throws IOException {
        Site site =
                site(2).setting("reconnect_timeout", "3s")
                        .setting("jetp", fleet.jetp().toString())
                        .hostVars("h01", "stand_in: { first: hang }\n")
                        .playbook(
                                """
                                - { name: first, groups: [ web ], tasks: [ !shell { cmd: "true" } ] }
                                - { name: second, groups: [ web ], tasks: [ !shell { cmd: "true" } ] }
                                """);
        Program run = site.start();
        // a batch that has not begun would move to the other worker
        await(
                "one worker waits",
                run,
                () -> run.err().contains("before play 'second'") && firstWorkerHasOutput(site));
        proxied.proxy(1).welcome(Proxy.Welcome.RESET);
        proxied.proxy(1).reset();
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
        assertThat(ended.err())
                .contains("its 6 unfinished hosts count as failed for the plays that follow");
        assertThat(ended.outcomes().values())
                .filteredOn(outcome -> outcome.equals("changed"))
                .hasSize(6);
    }

    private Program startHeldAt(Site site, SshAgent agent, Counting held) throws IOException {
        site.setting("jetp", held.runner().toString())
                .environment("SSH_AUTH_SOCK", agent.socket().toString());
        Program run = site.start();
        hasOutput(site, run);
        return run;
    }

    /** The agent has lost its keys, its socket is gone, or the worker takes none of them. */
    @ParameterizedTest
    @ValueSource(strings = {"no keys", "no agent", "wrong key"})
    void aRefusedLoginAtAReconnectIsTriedAgain(String how) throws IOException {
        Counting held = Counting.held(fleet, LINES);
        try (SshAgent agent = SshAgent.start(fleet.workerKey(), fleet.hostKey())) {
            Site site = site(1);
            Program run = startHeldAt(site, agent, held);
            Path away = agent.socket().resolveSibling("away");
            if (how.equals("no agent")) {
                Files.move(agent.socket(), away);
            } else {
                agent.empty();
                if (how.equals("wrong key")) {
                    agent.add(fleet.hostKey());
                }
            }
            proxied.proxy(1).reset();
            await("it is refused", run, () -> run.err().matches("(?s).*reconnecting.*key.*"));
            if (how.equals("no agent")) {
                Files.move(away, agent.socket());
            } else {
                agent.add(fleet.workerKey());
                agent.add(fleet.hostKey());
            }
            held.letGo(guid(site));
            wholeAndOnce(site, run.end(), 1);
        }
    }

    /** Its job is still there: it is found again, and no second one is started. */
    @Test
    void aRunThatLostAWorkerIsResumedToItsEnd() throws IOException {
        Counting held = Counting.held(fleet, LINES);
        try (SshAgent agent = SshAgent.start(fleet.workerKey(), fleet.hostKey())) {
            Site site = site(2).setting("reconnect_timeout", "2s");
            Program run = startHeldAt(site, agent, held);
            await("both started", run, () -> counting.starts(guid(site)).size() == 2);
            agent.empty();
            proxied.proxies().forEach(Proxy::reset);
            Program.Ended lost = run.end();
            assertThat(lost.exit()).as("%s", lost).isEqualTo(4);
            assertThat(lost.err())
                    .contains(
                            "to continue: jet-fanout resume " + lost.guid(), "rerun " + lost.guid())
                    .doesNotContain("\tat ");
            assertThat(Counting.list(lost.record("bundles")))
                    .containsExactlyInAnyOrder("0001.json", "0002.json", "packed");
            assertThat(site.status(lost).path("resumable").asInt()).isEqualTo(2);

            Program.Ended again = site.command("resume", lost.guid());
            assertThat(again.exit()).as("%s", again).isEqualTo(4);
            agent.add(fleet.workerKey());
            agent.add(fleet.hostKey());
            Program second = site.startCommand("resume", lost.guid());
            await("it follows", second, () -> second.err().contains("running"));
            assertThat(site.status(lost).path("state").asText()).isEqualTo("running");
            assertThat(site.status(lost).path("exitCode").isNull()).isTrue();
            held.letGo(lost.guid());
            wholeAndOnce(site, second.end(), 2);
            assertThat(site.status(lost).path("exitCode").asInt(-1)).isZero();
            assertThat(site.command("resume", lost.guid()).err()).contains("nothing to resume");
        }
    }

    @Test
    void aRunThatLostAWorkerCanBeCancelled() throws IOException {
        Counting held = Counting.held(fleet, LINES);
        try (SshAgent agent = SshAgent.start(fleet.workerKey(), fleet.hostKey())) {
            Site site = site(1).setting("reconnect_timeout", "1s");
            Program run = startHeldAt(site, agent, held);
            agent.empty();
            proxied.proxy(1).reset();
            assertThat(run.end().exit()).isEqualTo(4);
            agent.add(fleet.workerKey());
            Program.Ended cancel = site.command("cancel", guid(site));
            assertThat(cancel.exit()).as("%s", cancel).isEqualTo(130);
            nothingRuns(guid(site));
        }
    }

    /** Its job's folder is gone meanwhile: nobody knows what became of it, and that stays so. */
    @Test
    void aLostJobThatIsRemovedIsNotStartedAgain() throws IOException {
        Counting held = Counting.held(fleet, LINES);
        try (SshAgent agent = SshAgent.start(fleet.workerKey(), fleet.hostKey())) {
            Site site = site(2).setting("reconnect_timeout", "1s");
            Program run = startHeldAt(site, agent, held);
            await("both started", run, () -> counting.starts(guid(site)).size() == 2);
            agent.empty();
            proxied.proxies().forEach(Proxy::reset);
            Program.Ended lost = run.end();
            assertThat(lost.exit()).as("%s", lost).isEqualTo(4);
            agent.add(fleet.workerKey());
            fleet.forgetJobs();
            held.letGo(lost.guid());
            Program.Ended again = site.command("resume", lost.guid());
            assertThat(again.exit()).as("%s", again).isEqualTo(4);
            assertThat(again.err()).contains("the worker no longer knows the job");
            assertThat(counting.starts(lost.guid()).values())
                    .allSatisfy(on -> assertThat(on).hasSize(1));
            assertThat(site.command("resume", lost.guid()).err()).contains("nothing to resume");
        }
    }

    /** What cannot be done with one worker, whatever it is, is no matter of the others. */
    @Test
    void whatConcernsOneWorkerEndsItsBatchOnly() throws IOException {
        Site site = site(3).setting("user", null);
        site.write(
                "home/.ssh/config",
                "Host %s\n  User root\nHost *\n  User jetfan\n".formatted(fleet.worker(1)));
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(run.err()).contains("jet-fanout never logs in as root").doesNotContain("\tat ");
        assertThat(counting.wrong(record(site), 3)).isEmpty();
        assertThat(counting.starts(run.guid()).values())
                .allSatisfy(on -> assertThat(on).hasSize(1).doesNotContain(1));
    }

    @Test
    void whatConcernsOneWorkerIsItsHostsReason() throws IOException {
        Site site = site(2).setting("user", null);
        site.group("wk", List.of("w1")).group("wk2", List.of("w2"));
        site.group("web", Site.hosts(6)).group("db", List.of("d1", "d2"));
        site.setting("map", "[ { from: web, to: wk }, { from: db, to: wk2 } ]");
        site.playbook(
                "- name: one\n  groups: [ web, db ]\n  tasks:\n    - !shell\n      cmd: uptime\n");
        site.write(
                "home/.ssh/config",
                "Host %s\n  User root\nHost *\n  User jetfan\n".formatted(fleet.worker(2)));
        Program.Ended run = site.run();
        assertThat(run.exit()).as("%s", run).isEqualTo(4);
        assertThat(run.err())
                .contains("jet-fanout never logs in as root")
                .doesNotContain("internal error", "\tat ");
        assertThat(run.outcomes())
                .hasSize(8)
                .containsEntry("d1", "unfinished")
                .containsEntry("h01", "changed");
        Program.Ended again = site.command("resume", run.guid());
        assertThat(again.exit()).as("%s", again).isEqualTo(4);
        assertThat(again.err()).contains("nothing to resume");
    }

    @Test
    void aStartedBatchGoesToAnotherWorkerWhereThatIsWanted() throws IOException {
        Site site =
                heldSite(2)
                        .setting("reconnect_timeout", "2s")
                        .setting("on_worker_loss", "reassign");
        Program run = site.start();
        await("the first one has output", run, () -> firstWorkerHasOutput(site));
        await("both started", run, () -> counting.starts(guid(site)).size() == 2);
        proxied.proxy(1).welcome(Proxy.Welcome.RESET);
        proxied.proxy(1).reset();
        held.letGo(guid(site));
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(ended.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        assertThat(counting.starts(ended.guid()).values())
                .containsExactlyInAnyOrder(List.of(1, 2), List.of(2));
        // behind what the lost worker sent stands all of what the other one has
        String moved =
                counting.starts(ended.guid()).entrySet().stream()
                        .filter(start -> start.getValue().size() == 2)
                        .findFirst()
                        .orElseThrow()
                        .getKey();
        byte[] whole = Files.readAllBytes(fleet.job(2, ended.guid(), moved).resolve("output.log"));
        byte[] stored = Files.readAllBytes(ended.record("output/" + moved + ".log"));
        assertThat(stored).hasSizeGreaterThan(whole.length).endsWith(whole);
    }

    /** Its batch is the first one. */
    private static boolean firstWorkerHasOutput(Site site) {
        return record(site).resolve("output/0001.log").toFile().length() > 0;
    }

    @Test
    void aBatchWhoseWorkerNeverAnsweredGoesToAnother() throws IOException {
        Site site = site(3).setting("reconnect_timeout", "2s");
        proxied.proxy(1).welcome(Proxy.Welcome.RESET);
        Program.Ended ended = site.run();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(record(site), 3)).isEmpty();
        assertThat(counting.starts(ended.guid()).values())
                .allSatisfy(on -> assertThat(on).hasSize(1).doesNotContain(1));
        assertThat(ended.record("jet-fanout.log"))
                .content()
                .doesNotContain("\tat ", "cannot watch");
    }

    @Test
    void batchesOfLostWorkersGoToTheOneThatIsLeft() throws IOException {
        Site site = site(3).setting("reconnect_timeout", "2s");
        proxied.proxy(1).close();
        proxied.proxy(2).welcome(Proxy.Welcome.RESET);
        Program.Ended ended = site.run();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.starts(ended.guid()).values())
                .containsExactly(List.of(3), List.of(3), List.of(3));
    }

    @Test
    void allWorkersOfAGroupDown() throws IOException {
        Site site = site(2).setting("reconnect_timeout", "2s");
        proxied.proxies().forEach(proxy -> proxy.welcome(Proxy.Welcome.RESET));
        Program.Ended ended = site.run();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
        assertThat(ended.outcomes()).hasSize(12).containsValue("unfinished");
        assertThat(ended.outcomes().values()).containsOnly("unfinished");
        assertThat(ended.err())
                .contains("unfinished: 12 hosts", "rerun " + ended.guid() + " --lost");

        proxied.proxies().forEach(proxy -> proxy.welcome(Proxy.Welcome.FORWARD));
        Program.Ended again = site.command("rerun", ended.guid(), "--lost");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.outcomes()).hasSize(12);
    }

    @Test
    void twoProcessesResumeTheSameRun() throws IOException {
        Site site = heldSite(1);
        Program run = site.start();
        hasOutput(site, run);
        kill(run);
        Program first = site.startCommand("resume", guid(site));
        await(
                "the first one owns it",
                first,
                () ->
                        Counting.linesOf(record(site).resolve("owner"))
                                .contains(Long.toString(first.handle().pid())));
        Program.Ended second = site.command("resume", guid(site));
        assertThat(second.exit()).as("%s", second).isEqualTo(78);
        assertThat(second.complaints())
                .hasSize(1)
                .allMatch(line -> line.contains("is in use by process " + first.handle().pid()));
        held.letGo(guid(site));
        wholeAndOnce(site, first.end(), 1);
    }

    @Test
    void aRunThatHasEndedIsResumedWithoutEffect() throws IOException {
        Site site = site(1);
        Program.Ended run = site.run();
        Program.Ended again = site.command("resume", run.guid());
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.err()).contains("has ended: nothing to resume");
        wholeAndOnce(site, again, 1);
    }

    @Test
    void aJournalThatIsCutIsMovedAside() throws IOException {
        Site site = heldSite(2);
        killInTheMiddle(site);
        try (Stream<Path> files = Files.walk(record(site).resolve("queue"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                cut(file, file.toFile().length() / 3 * 2);
            }
        }
        wholeAndOnce(site, site.command("resume", guid(site)), 2);
        assertThat(record(site).resolve("jet-fanout.log")).content().contains("moved aside");
    }

    @Test
    void aJournalOfRubbishIsMovedAside() throws IOException {
        Site site = heldSite(2);
        killInTheMiddle(site);
        Path queue = record(site).resolve("queue");
        try (Stream<Path> files = Files.walk(queue)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7});
            }
        }
        wholeAndOnce(site, site.command("resume", guid(site)), 2);
        assertThat(record(site).resolve("jet-fanout.log")).content().contains("moved aside");
    }

    @Test
    void aRecordThatIsCutIsMended() throws IOException {
        Site site = heldSite(2);
        killInTheMiddle(site);
        cut(
                record(site).resolve("states.ndjson"),
                record(site).resolve("states.ndjson").toFile().length() - 20);
        Path output = record(site).resolve("output");
        for (String name : Counting.list(output)) {
            Path file = output.resolve(name);
            cut(file, Math.max(0, file.toFile().length() - 777));
        }
        wholeAndOnce(site, site.command("resume", guid(site)), 2);
    }

    @Test
    void aRecordWithoutItsPlanSaysSo() throws IOException {
        Site site = heldSite(1);
        killInTheMiddle(site);
        cut(record(site).resolve("plan.json"), 40);
        Program.Ended resumed = site.command("resume", guid(site));
        assertThat(resumed.exit()).as("%s", resumed).isEqualTo(1);
        assertThat(resumed.complaints()).hasSize(1).allMatch(line -> line.contains("plan.json"));
        assertThat(counting.starts(guid(site)).values()).containsExactly(List.of(1));
    }

    @Test
    void cancelFromAnotherProcess() throws IOException {
        Site site = site(2).setting("jetp", Counting.held(fleet, LINES).runner().toString());
        Program run = site.start();
        await("both started", run, () -> counting.starts(guid(site)).size() == 2);
        Program.Ended cancel = site.command("cancel", guid(site));
        assertThat(cancel.exit()).as("%s", cancel).isZero();
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(130);
        nothingRuns(guid(site));
    }

    @Test
    void cancelAfterTheControlProcessDied() throws IOException {
        Site site = site(2).setting("jetp", Counting.held(fleet, LINES).runner().toString());
        Program run = site.start();
        await("both started", run, () -> counting.starts(guid(site)).size() == 2);
        kill(run);
        Program.Ended cancel = site.command("cancel", guid(site));
        assertThat(cancel.exit()).as("%s", cancel).isEqualTo(130);
        nothingRuns(guid(site));
    }

    /** A process that was told to end may be there for a moment. */
    private static void nothingRuns(String guid) {
        Waiting.untilNone("nothing of it runs", () -> ProxiedSite.processes(fleet, guid));
    }

    private static void cut(Path file, long length) throws IOException {
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(Math.max(0, length));
        }
    }
}
