package org.jetfanout.it.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jetfanout.it.Fleet;
import org.jetfanout.it.Program;
import org.jetfanout.it.Site;
import org.jetfanout.ssh.Programs;

/** A site with a proxy before each of its workers, and what its one run looks like from outside. */
final class ProxiedSite implements AutoCloseable {
    private static final int SOME_BYTES = 3000;

    private final Site site;
    private final List<Proxy> proxies = new ArrayList<>();

    /**
     * @param workers how many of the fleet's
     */
    ProxiedSite(Fleet fleet, Path folder, int workers) throws IOException {
        site = new Site(fleet, folder).workers(workers);
        List<String> known = new ArrayList<>(fleet.knownHosts());
        for (int n = 1; n <= workers; n++) {
            Proxy proxy = Proxy.before(fleet.worker(n), fleet.port());
            proxies.add(proxy);
            known.add(
                    known.get(n - 1).replace("]:" + fleet.port() + " ", "]:" + proxy.port() + " "));
            site.hostVars(
                    "w" + n,
                    "jet_ssh_hostname: %s\njet_ssh_port: %d\n"
                            .formatted(fleet.worker(n), proxy.port()));
        }
        site.write("home/.ssh/known_hosts", String.join("\n", known) + "\n");
    }

    Site site() {
        return site;
    }

    /** The one before the n-th worker, from 1. */
    Proxy proxy(int n) {
        return proxies.get(n - 1);
    }

    /** The run's folder; one that is not there, while there is none. */
    Path record() {
        return record(site);
    }

    static Path record(Site site) {
        Path runs = site.file("home/state/jet-fanout/runs");
        List<String> guids = Counting.list(runs);
        return runs.resolve(guids.isEmpty() ? "none" : guids.get(0));
    }

    String guid() {
        return record().getFileName().toString();
    }

    /** Waits for something that must come before the program ends. */
    static void await(String what, Program run, BooleanSupplier condition) {
        Programs.await(
                what,
                () -> {
                    if (!run.handle().isAlive() && !condition.getAsBoolean()) {
                        throw new AssertionError("ended before " + what + ": " + run.end());
                    }
                    return condition.getAsBoolean();
                });
    }

    /** Bytes of text that the record has of all batches. */
    static long outputBytes(Site site) {
        Path output = record(site).resolve("output");
        return Counting.list(output).stream()
                .filter(name -> name.endsWith(".log"))
                .mapToLong(name -> output.resolve(name).toFile().length())
                .sum();
    }

    long outputBytes() {
        return outputBytes(site);
    }

    /** Waits until some output has arrived. */
    void hasOutput(Program run) {
        await("output arrives", run, () -> outputBytes() > SOME_BYTES);
    }

    /** Waits until more output has arrived than now. */
    void hasMoreOutput(Program run) {
        long before = outputBytes();
        await("more output arrives", run, () -> outputBytes() > before);
    }

    /** The workers have no process of the run's jobs any more. */
    static void nothingRuns(Fleet fleet, String guid) {
        for (int n = 1; n <= fleet.workers(); n++) {
            Path run = fleet.job(n, guid, "x").getParent();
            for (String batch : Counting.list(run)) {
                String leader =
                        Counting.linesOf(run.resolve(batch).resolve("pid"))
                                .get(0)
                                .split(" ", -1)[0];
                // zombies are gone, but for their parent
                Programs.await(
                        "processes of batch " + batch + " are gone",
                        () ->
                                Programs.ok("ps", "-eo", "pgid=,stat=,args=")
                                        .lines()
                                        .noneMatch(
                                                line -> line.matches(" *" + leader + " [^Z].*")));
            }
        }
    }

    static Program.Ended killed(Program run) {
        run.handle().destroyForcibly();
        return run.end();
    }

    @Override
    public void close() throws IOException {
        for (Proxy proxy : proxies) {
            proxy.close();
        }
    }
}
