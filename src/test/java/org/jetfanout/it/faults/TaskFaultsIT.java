package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.HostSite;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Proxy;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands and files for hosts, where something between does not work. These are the faults that
 * other tools for many hosts are known for: a gateway that is killed, one that freezes, gateways
 * with different rights, names that no range describes, and a large file for many hosts.
 */
@Order(1) // takes long: begins first
class TaskFaultsIT {
    private static final int SIZE = 60_000_000;

    /** A command that goes on when the test lets it, so that no host is done too early. */
    private static final String HELD = "echo begun; until [ -e go ]; do sleep 0.1; done; echo done";

    @RegisterExtension static final Fleet fleet = Fleet.start(240, 2);

    @TempDir private Path folder;
    private final List<Proxy> proxies = new ArrayList<>();
    private HostSite site;

    @BeforeEach
    void makeSite() throws IOException {
        site = site(6);
    }

    private HostSite site(int hosts) throws IOException {
        HostSite made = new HostSite(fleet, folder, hosts);
        Path known = made.site().file("home/.ssh/known_hosts");
        for (int n = 1; n <= 2; n++) {
            Proxy proxy = Proxy.before(fleet.worker(n), fleet.port());
            proxies.add(proxy);
            String line = fleet.knownHosts().get(n - 1);
            Files.writeString(
                    known,
                    line.replace("]:" + fleet.port() + " ", "]:" + proxy.port() + " ") + "\n",
                    java.nio.file.StandardOpenOption.APPEND);
            made.site()
                    .hostVars(
                            "w" + n,
                            "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                                    .formatted(fleet.worker(n), proxy.port()));
            Programs.ok("rm", "-rf", fleet.hostHome(n).resolve("to").toString());
            TestUser.own(Files.createDirectory(fleet.hostHome(n).resolve("to")));
            Files.writeString(fleet.hostHome(n).resolve(".bashrc"), "cd ~/to\n");
        }
        made.site().setting("keepalive", "1s").setting("reconnect_timeout", "3s");
        return made;
    }

    @AfterEach
    void closeProxies() throws IOException {
        for (Proxy proxy : proxies) {
            proxy.close();
        }
    }

    private Path file(int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return Files.write(folder.resolve("app.tar.gz"), bytes);
    }

    private static void ended(Program.Ended run, int exit) {
        assertThat(run.exit()).as("%s", run).isEqualTo(exit);
        assertThat(run.err()).as("%s", run).doesNotContain("\tat ", "Exception");
    }

    private static void await(String what, Program run, java.util.concurrent.Callable<Boolean> is) {
        ProxiedSite.await(
                what,
                run,
                () -> {
                    try {
                        return is.call();
                    } catch (Exception e) {
                        return false;
                    }
                });
    }

    private static void begun(Program run, int hosts) {
        await(
                "each host has begun",
                run,
                () -> run.out().lines().filter(line -> line.endsWith(": begun")).count() == hosts);
    }

    /** Lets the commands on the hosts go on, which run in this folder. */
    private static void letGo() throws IOException {
        for (int n = 1; n <= 2; n++) {
            Files.createFile(fleet.hostHome(n).resolve("to/go"));
        }
    }

    /** The part of the file that a worker has. */
    private long part(int worker) throws IOException {
        String guid = ProxiedSite.guid(site.site());
        return Files.size(fleet.job(worker, guid, "000" + worker).resolve("part"));
    }

    /** As where the machine is switched off: its connections, its job, and its port. */
    private void kill(int worker) {
        Proxy proxy = proxies.get(worker - 1);
        proxy.welcome(Proxy.Welcome.RESET);
        Path jobs =
                fleet.home(worker).resolve(".jet-fanout").resolve(ProxiedSite.guid(site.site()));
        for (String batch : Counting.list(jobs)) {
            for (String line : Counting.linesOf(jobs.resolve(batch).resolve("pid"))) {
                Programs.run(Map.of(), "sh", "-c", "kill -9 -- -" + line.split(" ", -1)[0]);
            }
        }
        proxy.reset();
    }

    private static Map<String, String> half(String odd, String even) {
        Map<String, String> outcomes = new TreeMap<>();
        for (int n = 1; n <= 6; n++) {
            outcomes.put("h00" + n, n % 2 == 1 ? odd : even);
        }
        return outcomes;
    }

    /** Each of its hosts is accounted for, and the exit code says so. */
    @Test
    void aWorkerKilledInTheMiddle() throws IOException {
        Program run = site.start("exec", "--", HELD);
        begun(run, 6);
        kill(1);
        letGo();
        Program.Ended ended = run.end();
        ended(ended, 4);
        assertThat(ended.outcomes()).isEqualTo(half("unfinished", "ok"));
        assertThat(ended.err()).contains("h[001,003,005]");
    }

    /** A job whose file is not there was not started, so nothing keeps the other from it. */
    @Test
    void aWorkerKilledWhileItGetsTheFile() throws IOException {
        Path file = file(SIZE);
        proxies.get(0).holdAfter(SIZE / 2);
        Program run = site.start("copy", file.toString(), "./");
        await("a part", run, () -> part(1) > 1_000_000);
        kill(1);
        proxies.get(0).heal();
        Program.Ended ended = run.end();
        ended(ended, 0);
        assertThat(ended.outcomes()).hasSize(6);
        assertThat(ended.outcomes().values()).isSubsetOf("changed", "ok");
        for (int n = 1; n <= 2; n++) {
            assertThat(fleet.hostHome(n).resolve("to/app.tar.gz")).hasSameBinaryContentAs(file);
        }
    }

    @Test
    void aBrokenConnectionGoesOnWithTheFile() throws IOException {
        Path file = file(SIZE);
        proxies.get(0).holdAfter(SIZE / 2);
        Program run = site.start("copy", file.toString(), "./");
        await("a part", run, () -> part(1) > 1_000_000);
        proxies.get(0).reset();
        proxies.get(0).heal();
        Program.Ended ended = run.end();
        ended(ended, 0);
        assertThat(ended.outcomes().values()).isSubsetOf("changed", "ok");
        assertThat(fleet.hostHome(1).resolve("to/app.tar.gz")).hasSameBinaryContentAs(file);
        assertThat(proxies.get(0).accepted()).isGreaterThan(1);
    }

    /** It accepts connections, and says nothing any more. */
    @Test
    void aFrozenWorkerHoldsUpNobody() throws IOException {
        Program run = site.start("exec", "--", HELD);
        begun(run, 6);
        proxies.get(0).welcome(Proxy.Welcome.MUTE);
        proxies.get(0).blackHole();
        letGo();
        Program.Ended ended = run.end();
        ended(ended, 4);
        assertThat(ended.outcomes()).isEqualTo(half("unfinished", "ok"));
    }

    @Test
    void frozenHostsHoldUpNobody() throws IOException {
        Program run = site.start("exec", "--timeout", "15s", "--", HELD);
        begun(run, 6);
        fleet.hostServer().freezeConnections();
        try {
            Program.Ended ended = run.end();
            ended(ended, 2);
            assertThat(ended.outcomes()).isEqualTo(half("failed", "failed"));
        } finally {
            letGo();
            fleet.hostServer().thawConnections();
        }
    }

    /** The hosts that one of them may not log in to say so. The others are done. */
    @Test
    void workersWithDifferentRights() throws IOException {
        Keys.Pair other = Keys.ed25519(folder, "key-of-nobody");
        fleet.agent().add(other);
        site.site()
                .group("odd", List.of("h001", "h003", "h005"))
                .group("even", List.of("h002", "h004", "h006"))
                .group("wk1", List.of("w1"))
                .group("wk2", List.of("w2"))
                .setting("map", "[ { from: odd, to: wk1 }, { from: even, to: wk2 } ]")
                .setting("groups", "{ wk1: { agent_keys: [ '" + other.fingerprint() + "' ] } }");
        Program.Ended run = site.run("exec", "--", "true");
        ended(run, 4);
        assertThat(run.outcomes()).isEqualTo(half("unreachable", "ok"));
        assertThat(run.err()).contains("Permission denied (publickey");
        Program.Ended copy = site.run("copy", file(1000).toString(), "./");
        ended(copy, 4);
        assertThat(copy.outcomes().values()).isSubsetOf("unreachable", "changed", "ok");
        assertThat(copy.outcomes()).containsEntry("h001", "unreachable");
    }

    /**
     * ClusterShell's issue 560: names that no range describes. Nothing may be quadratic in them.
     */
    @Test
    void namesThatNoRangeDescribes() throws IOException {
        Path ssh = fleet.program("mute-ssh", "#!/bin/sh\necho here\n");
        Random random = new Random(560);
        Set<String> names = new LinkedHashSet<>();
        while (names.size() < 1177) {
            StringBuilder name = new StringBuilder("n");
            while (name.length() < 12) {
                name.append((char) ('a' + random.nextInt(26)));
            }
            names.add(name.toString());
        }
        site.site().group("web", List.copyOf(names)).setting("runner", "{ exec: " + ssh + " }");
        // it is killed after some minutes; 17 minutes there
        Program.Ended run = site.run("exec", "-q", "--", "true");
        ended(run, 0);
        assertThat(run.outcomes()).hasSize(1177);
        assertThat(run.outcomes().keySet()).isEqualTo(names);
        assertThat(run.outcomes().values()).containsOnly("ok");
    }

    /** ClusterShell's issue 557, as small as it still means something. */
    @Test
    void aFileForManyHostsThroughTwoWorkers() throws IOException {
        forManyHosts(16, 4_000_000);
    }

    @Test
    @Tag("long")
    void aLargeFileForManyHostsThroughTwoWorkers() throws IOException {
        forManyHosts(142, 136_000_000);
    }

    private void forManyHosts(int hosts, int size) throws IOException {
        site = site(hosts);
        // one connection must do: a busy machine is no broken one
        site.site().setting("keepalive", null);
        // each login is a host of its own: what it got is counted, and removed
        for (int n = 1; n <= 2; n++) {
            Files.writeString(
                    fleet.hostHome(n).resolve(".bashrc"),
                    """
                    to=$(mktemp -d ~/to/XXXXXX) && cd "$to"
                    (
                    while kill -0 $$; do sleep 0.2; done
                    cksum app.tar.gz >>~/to/sums
                    rm -rf "$to"
                    ) </dev/null >/dev/null 2>&1 &
                    """);
        }
        Path file = file(size);
        String sum = Programs.ok("sh", "-c", "cd " + folder + " && cksum app.tar.gz").strip();
        Program.Ended run =
                site.start("copy", "-q", file.toString(), "./").end(Duration.ofMinutes(60));
        ended(run, 0);
        assertThat(run.outcomes()).hasSize(hosts);
        assertThat(run.outcomes().values()).containsOnly("changed");
        Map<String, Integer> sums = new HashMap<>();
        Waiting.until(
                "each host has counted",
                () -> {
                    sums.clear();
                    for (int n = 1; n <= 2; n++) {
                        Counting.linesOf(fleet.hostHome(n).resolve("to/sums"))
                                .forEach(line -> sums.merge(line, 1, Integer::sum));
                    }
                    return sums.values().stream().mapToInt(count -> count).sum() == hosts;
                });
        assertThat(sums).isEqualTo(Map.of(sum, hosts));
        assertThat(proxies.get(proxies.size() - 1).accepted()).isEqualTo(1);
    }
}
