package org.jetfanout.it.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Proxy;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;

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

    /** The folder of a site's run. */
    static Path record(Site site) {
        Path runs = site.file("home/state/jet-fanout/runs");
        // beside them is a folder for a run that is being taken over
        List<String> guids =
                Counting.list(runs).stream().filter(name -> !name.startsWith(".")).toList();
        return runs.resolve(guids.isEmpty() ? "none" : guids.get(0));
    }

    String guid() {
        return guid(site);
    }

    static String guid(Site site) {
        return record(site).getFileName().toString();
    }

    /** Waits for something that must come before the program ends. */
    static void await(String what, Program run, BooleanSupplier condition) {
        Waiting.until(
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

    /** Waits until some output has arrived. */
    static void hasOutput(Site site, Program run) {
        await("output arrives", run, () -> outputBytes(site) > SOME_BYTES);
    }

    /** Waits until more output has arrived than there is now. */
    void hasMoreOutput(Program run) {
        long before = outputBytes(site);
        await("more output arrives", run, () -> outputBytes(site) > before);
    }

    /** What the workers still have of a run's process groups; zombies are gone. */
    static List<String> processes(Fleet fleet, String guid) {
        List<String> found = new ArrayList<>();
        for (int n = 1; n <= fleet.workers(); n++) {
            Path run = fleet.job(n, guid, "x").getParent();
            for (String batch : Counting.list(run)) {
                for (String started : Counting.linesOf(run.resolve(batch).resolve("pid"))) {
                    String leader = started.split(" ", -1)[0];
                    Programs.ok("ps", "-eo", "pgid=,stat=,args=")
                            .lines()
                            .filter(line -> line.matches(" *" + leader + " [^Z].*"))
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    static void kill(Program run) {
        run.handle().destroyForcibly();
        run.end();
    }

    /** All of them, for what is done to every one. */
    List<Proxy> proxies() {
        return proxies;
    }

    @Override
    public void close() throws IOException {
        for (Proxy proxy : proxies) {
            proxy.close();
        }
    }
}
