package org.jetfanout.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jetfanout.instance.TakeOver;
import org.jetfanout.lease.LeaseBroker;
import org.jetfanout.link.SharedKey;
import org.jetfanout.queue.Broker;
import org.jetfanout.run.BrokerRequest;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;

/**
 * What waits on a machine for runs whose owner dies, as {@code hand --take-over} does. The program
 * that goes on with the run is a whole one, in the home of that machine. Thread-safe.
 */
final class Heir implements AutoCloseable {
    private final Site site;
    private final TakeOver waiting;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<Program> resumed = new CopyOnWriteArrayList<>();

    private Heir(Site site, String name) {
        this.site = site;
        Path config = site.file("broker.yml");
        Broker broker = Broker.read(config, java.util.Map.of());
        waiting =
                new TakeOver(
                        new LeaseBroker(broker, SharedKey.read(broker.sharedKey().orElseThrow())),
                        new BrokerRequest(
                                "", Optional.of(config), BrokerRequest.USUAL_PATIENCE, true),
                        name,
                        Set.of(),
                        runs(site),
                        TakeOver.Ends.UNKNOWN,
                        this::resume,
                        said::add);
        waiting.begin();
    }

    /** Begins to wait on the machine of a site that {@link #join} has prepared. */
    static Heir on(Site site, String name) {
        return new Heir(site, name);
    }

    /** Gives a site the broker, the key and a short time until an instance counts as gone. */
    static Site join(Site site, BrokerProcess broker, Path key) throws IOException {
        Path own = site.file("key");
        Files.copy(key, own, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        site.write(
                "broker.yml",
                "broker:\n  url: %s\n  shared_key: key\n  instance_timeout: 5s\n"
                        .formatted(broker.url()));
        Programs.ok("chmod", "600", site.file("broker.yml").toString());
        return site;
    }

    static Path runs(Site site) {
        return site.file("home/state/jet-fanout/runs");
    }

    private CompletableFuture<Integer> resume(Path run) throws IOException {
        Program program = site.startCommand("resume", run.getFileName().toString());
        resumed.add(program);
        return program.handle().onExit().thenApply(ended -> program.end().exit());
    }

    /** The record of a run on this machine. */
    Path record(String guid) {
        return runs(site).resolve(guid);
    }

    /** What people are told. */
    List<String> said() {
        return List.copyOf(said);
    }

    /** Waits until it has taken a run over. */
    Program takenOver() {
        Waiting.until("another takes the run over", () -> !resumed.isEmpty());
        return resumed.get(resumed.size() - 1);
    }

    @Override
    public void close() {
        waiting.close();
        resumed.forEach(program -> program.handle().destroyForcibly());
    }
}
