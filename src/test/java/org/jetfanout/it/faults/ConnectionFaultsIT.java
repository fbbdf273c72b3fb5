package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Proxy;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections that fall silent, and servers that will not serve. */
@Order(1) // takes long: begins first
class ConnectionFaultsIT {
    private static final int LINES = 1000;

    /** Of the fifth worker, whatever it is asked to run. */
    @RegisterExtension
    static final Fleet fleet =
            Fleet.start(
                    132,
                    5,
                    List.of(
                            "Include "
                                    + included(
                                            """
                                            Match LocalAddress 127.0.132.5
                                            ForceCommand exec tee "$HOME/seen"
                                            """)));

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
        for (int n = 1; n <= fleet.workers(); n++) {
            Files.deleteIfExists(login(n));
        }
        Files.deleteIfExists(fleet.home(1).resolve("logins"));
    }

    /** A file for sshd. */
    private static Path included(String text) {
        try {
            Path file = Files.createTempFile("sshd", ".conf");
            file.toFile().deleteOnExit();
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Site site(int workers) throws IOException {
        proxied = new ProxiedSite(fleet, folder, workers);
        return proxied.site()
                .setting("jetp", counting.runner().toString())
                .setting("keepalive", "1s")
                // so long a login may take on a busy machine
                .setting("connect_timeout", "6s");
    }

    /** One whose jobs stop in their middle until they are let go. */
    private Site heldSite(int workers) throws IOException {
        held = Counting.held(fleet, LINES);
        return site(workers).setting("jetp", held.runner().toString());
    }

    /** What the shell of a login on the first worker does before its command. */
    private static Path login() {
        return login(1);
    }

    private static Path login(int worker) {
        return fleet.home(worker).resolve(".bashrc");
    }

    private void wholeAndOnce(Program.Ended ended, int batches) throws IOException {
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(ended.record(""), batches)).isEmpty();
    }

    @Test
    void aBlackHoleLongerThanTheKeepAliveIsOutlived() throws IOException {
        Program run = heldSite(1).start();
        ProxiedSite.hasOutput(proxied.site(), run);
        proxied.proxy(1).blackHole();
        ProxiedSite.await("it connects again", run, () -> proxied.proxy(1).accepted() > 1);
        proxied.proxy(1).heal();
        held.letGo(proxied.guid());
        wholeAndOnce(run.end(), 1);
    }

    @Test
    void aBlackHoleLongerThanReconnectTimeoutIsALoss() throws IOException {
        Site site = heldSite(1).setting("reconnect_timeout", "2s");
        Program run = site.start();
        ProxiedSite.hasOutput(site, run);
        proxied.proxy(1).blackHole();
        Program.Ended ended = run.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
        assertThat(ended.err()).contains("no connection for");
        assertThat(ended.outcomes()).hasSize(12);
        assertThat(ended.outcomes().values()).containsOnly("unfinished");
        assertThat(counting.starts(ended.guid()).values()).containsExactly(List.of(1));

        proxied.proxy(1).heal();
        held.letGo(ended.guid());
        site.setting("jetp", counting.runner().toString()).writeSettings();
        wholeAndOnce(site.command("rerun", ended.guid(), "--lost"), 1);
    }

    @Test
    void aRestartOfSshdIsOutlived() throws IOException {
        Program run = heldSite(2).start();
        ProxiedSite.hasOutput(proxied.site(), run);
        fleet.server().halt();
        ProxiedSite.await("it is missed", run, () -> run.err().contains("reconnecting"));
        fleet.server().restart();
        held.letGo(proxied.guid());
        wholeAndOnce(run.end(), 2);
    }

    @Test
    void theBatchOfAMuteWorkerGoesToAnother() throws IOException {
        Site site = site(2).setting("reconnect_timeout", "2s");
        proxied.proxy(1).welcome(Proxy.Welcome.MUTE);
        Program.Ended ended = site.run();
        wholeAndOnce(ended, 2);
        assertThat(counting.starts(ended.guid()).values()).containsExactly(List.of(2), List.of(2));
        assertThat(ended.err()).contains("no SSH server answers within 6.0 s");
    }

    @Test
    void aWorkerThatIsMuteForAWhileIsConnectedToAgain() throws IOException {
        Program run = heldSite(1).start();
        ProxiedSite.hasOutput(proxied.site(), run);
        proxied.proxy(1).welcome(Proxy.Welcome.MUTE);
        proxied.proxy(1).reset();
        ProxiedSite.await("two tries", run, () -> proxied.proxy(1).accepted() > 2);
        proxied.proxy(1).welcome(Proxy.Welcome.FORWARD);
        held.letGo(proxied.guid());
        wholeAndOnce(run.end(), 1);
    }

    @Test
    void theBatchOfALoginThatEndsAtOnceGoesToAnother() throws IOException {
        Files.writeString(login(), "exit 3\n");
        Program.Ended ended = site(2).run();
        wholeAndOnce(ended, 2);
        assertThat(counting.starts(ended.guid()).values()).containsExactly(List.of(2), List.of(2));
        assertThat(ended.err()).contains("did not run the job script (exit code 3)");
    }

    @Test
    void connectionsThatCloseAfterTheLoginAreTriedAgain() throws IOException {
        Files.writeString(
                login(), "echo x >>~/logins; [ $(wc -l <~/logins) -gt 2 ] || kill -9 $PPID\n");
        Program.Ended ended = site(1).run();
        wholeAndOnce(ended, 1);
        assertThat(proxied.proxy(1).accepted()).isGreaterThan(2);
    }

    /** Nobody can know whether the job was started: it is lost, and not given to another. */
    @Test
    void aWorkerThatAlwaysClosesAfterTheLoginIsLost() throws IOException {
        Files.writeString(login(), "kill -9 $PPID\n");
        Site site = site(2).setting("reconnect_timeout", "2s");
        Program.Ended ended = site.run();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
        assertThat(counting.starts(ended.guid()).values()).containsExactly(List.of(2));
        assertThat(ended.outcomes().values())
                .filteredOn(outcome -> outcome.equals("unfinished"))
                .hasSize(6);

        Files.delete(login());
        wholeAndOnce(site.command("rerun", ended.guid(), "--lost"), 2);
    }

    /**
     * Two workers whose logins leave processes behind, which hold the channel open and print into
     * it; three whose logins run something else, which shows or runs what it is sent.
     */
    @Test
    void whatLoginsRunBesidesGetsNothingAndAddsNothing() throws IOException {
        String secret = "of-the-inventory-only";
        Site site = site(5).groupVars("web", "secret: " + secret + "\n");
        Files.writeString(login(1), "sleep 3001 & echo $! >>~/left\n");
        Files.writeString(
                login(2),
                "while sleep 0.01; do echo noise; echo noise >&2; done & echo $! >>~/left\n");
        Files.writeString(login(3), "exec tee ~/seen\n");
        Files.writeString(login(4), "tee ~/seen | sh -i; exit\n");
        try {
            Program.Ended ended = site.run();
            wholeAndOnce(ended, 5);
            assertThat(counting.starts(ended.guid()).values())
                    .containsOnly(List.of(1), List.of(2))
                    .hasSize(5);
            for (int n = 3; n <= 5; n++) {
                assertThat(fleet.home(n).resolve("seen")).as("what w%d saw", n).isEmptyFile();
                assertThat(ended.err())
                        .containsPattern("w" + n + ".*the login did not run the job script");
            }
            assertThat(ended.out() + ended.err()).doesNotContain(secret, "noise");

            Program.Ended live = site.command("status", ended.guid(), "--live");
            assertThat(live.exit()).as("%s", live).isEqualTo(4);
            assertThat(live.out())
                    .containsPattern("w1 +batch 0001 +ended")
                    .containsPattern("w2 +batch 0002 +ended")
                    .contains("5 ended");
            assertThat(left()).isNotEmpty().allMatch(ProcessHandle::isAlive);
        } finally {
            left().forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** What the logins left behind, as far as it is there. */
    private static List<ProcessHandle> left() {
        return Stream.of(1, 2)
                .flatMap(n -> Counting.linesOf(fleet.home(n).resolve("left")).stream())
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .toList();
    }
}
