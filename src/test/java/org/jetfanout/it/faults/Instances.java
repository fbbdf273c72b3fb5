package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.link.SharedKey;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Proxy;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.text.Durations;

/**
 * Instances of jet-fanout as whole programs at one broker, each with a home of its own and a proxy
 * between it and the broker, and a run whose jobs stop in their middle until they are let go. Not
 * thread-safe.
 */
final class Instances implements AutoCloseable {
    static final int LINES = 400;

    /** After that an instance counts as gone. A test need not wait as long as people should. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Longer than the broker and the others take to give an instance up. */
    static final Duration LONG = TIMEOUT.multipliedBy(3).plusSeconds(2);

    private final Fleet fleet;
    private final Path folder;
    private final ProxiedSite workers;
    private final Counting counting;
    private final Map<String, Instance> all = new TreeMap<>();

    /** An instance: its program, and the proxy that it has in the broker's place. */
    record Instance(String name, Program program, Proxy broker) {
        /** {@code kill -9}. */
        void kill() {
            program.handle().destroyForcibly();
            Waiting.until(name + " is gone", () -> !program.handle().isAlive());
        }
    }

    Instances(Fleet fleet, Path folder, Counting counting) throws IOException {
        this.fleet = fleet;
        this.folder = folder;
        this.counting = counting;
        this.workers = new ProxiedSite(fleet, folder, fleet.workers());
        site().setting("jetp", counting.runner().toString()).setting("keepalive", "2s");
        SharedKey.make(folder.resolve("shared.key"));
    }

    Site site() {
        return workers.site();
    }

    /** How many connections to workers there were. */
    int logins() {
        return workers.proxies().stream().mapToInt(Proxy::accepted).sum();
    }

    /** Starts a hand at a broker on this port. */
    Instance hand(String name, int port, String... more) throws IOException {
        return stranger(name, port, "shared.key", more);
    }

    /** Starts a hand with another key. */
    Instance stranger(String name, int port, String key, String... more) throws IOException {
        Proxy proxy = Proxy.before("127.0.0.1", port);
        Path config = config(name, "  url: tcp://127.0.0.1:" + proxy.port() + "\n", key);
        return hand(name, proxy, config, more);
    }

    /** Starts a hand with this broker.yml. */
    Instance hand(String name, String broker, String... more) throws IOException {
        return hand(name, null, config(name, broker, "shared.key"), more);
    }

    private Instance hand(String name, Proxy proxy, Path config, String... more)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("hand", "--name", name));
        words.addAll(List.of("--broker-config", config.toString()));
        words.addAll(List.of(more));
        Program program = start(name, words);
        Instance instance = new Instance(name, program, proxy);
        Instance before = all.put(name, instance);
        if (before != null && before.broker() != null) {
            before.broker().close();
        }
        ProxiedSite.await(name + " is ready", program, () -> program.out().contains("is ready"));
        return instance;
    }

    /** Starts the run at a broker on this port. Its record is where {@link #record} says. */
    Instance run(int port, String... more) throws IOException {
        Proxy proxy = Proxy.before("127.0.0.1", port);
        Path config =
                config("owner", "  url: tcp://127.0.0.1:" + proxy.port() + "\n", "shared.key");
        return run(proxy, config, more);
    }

    /** Starts the run with this broker.yml. */
    Instance run(String broker, String... more) throws IOException {
        return run(null, config("owner", broker, "shared.key"), more);
    }

    private Instance run(Proxy proxy, Path config, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("--broker-config", config.toString()));
        words.addAll(List.of(more));
        Instance owner = new Instance("owner", site().start(words.toArray(String[]::new)), proxy);
        all.put("owner", owner);
        return owner;
    }

    /**
     * Starts another run, from a machine of its own, and waits until it waits for somebody: then it
     * is a hand that can take what {@link #run} has.
     */
    Instance another(int port) throws IOException {
        Path config = config("another", "  url: tcp://127.0.0.1:" + port + "\n", "shared.key");
        site().writeSettings();
        List<String> words = new ArrayList<>(List.of("--broker-config", config.toString()));
        words.addAll(List.of("--playbook", site().file("pb/site.yml").toString()));
        words.addAll(List.of("--inventory", site().file("inv").toString()));
        words.addAll(List.of("--worker-config", site().file("workers.yml").toString()));
        words.addAll(List.of("--waves", "4,8", "--approve"));
        Program program = start("another", words);
        Instance instance = new Instance("another", program, null);
        all.put("another", instance);
        ProxiedSite.await("another run", program, () -> program.out().contains("\n"));
        counting.letGo(program.out().lines().findFirst().orElseThrow());
        ProxiedSite.await(
                "it waits",
                program,
                () -> program.err().contains("waiting for jet-fanout approve"));
        return instance;
    }

    /** Goes on with the run in another process, at the same broker. */
    Instance resume() throws IOException {
        Instance before = named("owner");
        Program program = site().startCommand("resume", guid());
        Instance owner = new Instance("owner", program, before.broker());
        all.put("owner", owner);
        return owner;
    }

    /** The one of this name that was started last. */
    Instance named(String name) {
        return all.get(name);
    }

    private Path config(String name, String broker, String key) throws IOException {
        Path config =
                site().write(
                                name + ".broker.yml",
                                "broker:\n"
                                        + broker
                                        + "  shared_key: "
                                        + key
                                        + "\n  instance_timeout: "
                                        + Durations.text(TIMEOUT)
                                        + "\n");
        // it may have a password
        Files.setPosixFilePermissions(
                config, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        return config;
    }

    /** Starts a program in the home of an instance, which knows the workers. */
    Program start(String name, List<String> words) throws IOException {
        Path home = folder.resolve("home-of-" + name);
        Path known = home.resolve(".ssh/known_hosts");
        if (!Files.exists(known)) {
            Files.createDirectories(known.getParent());
            Files.copy(site().file("home/.ssh/known_hosts"), known);
        }
        return Program.start(home, folder, fleet.agent().environment(), words);
    }

    /** The records of the run in the homes of those that have taken it over. */
    List<Path> heirs() {
        String guid = guid();
        return all.keySet().stream()
                .map(
                        name ->
                                folder.resolve("home-of-" + name)
                                        .resolve("state/jet-fanout/runs")
                                        .resolve(guid))
                .filter(record -> Files.exists(record.resolve("plan.json")))
                .toList();
    }

    /** What is wrong in a record of the run: each batch ran once, and each byte is there once. */
    List<String> wrong(Path record) throws IOException {
        return counting.wrong(record, fleet.workers());
    }

    /** The folder of the run. */
    Path record() {
        return workers.record();
    }

    String guid() {
        return workers.guid();
    }

    /** Waits until the jobs of all workers are in their middle, and all that they said is here. */
    void held(Instance owner) {
        ProxiedSite.await(
                "the middle of all jobs",
                owner.program(),
                () -> {
                    Path output = record().resolve("output");
                    return Counting.list(output).stream()
                                    .filter(name -> name.endsWith(".log"))
                                    .map(name -> Counting.linesOf(output.resolve(name)))
                                    .filter(lines -> lines.size() >= LINES / 2)
                                    .count()
                            == fleet.workers();
                });
    }

    /** Lets the jobs of the run go on. */
    void letGo() throws IOException {
        counting.letGo(guid());
    }

    /** Waits for the end of the run: each batch ran once, and each byte is there once. */
    Program.Ended wholeAndOnce(Instance owner) throws IOException {
        Program.Ended ended = owner.program().end();
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(record(), fleet.workers())).isEmpty();
        assertThat(ended.outcomes()).hasSize(12).doesNotContainValue("unfinished");
        return ended;
    }

    /** Waits for the end of a run that another instance has; then as {@link #wholeAndOnce}. */
    void wholeAndOnceAt(Path record) throws IOException {
        Waiting.until("the run has ended", () -> Files.exists(record.resolve("summary.json")));
        Waiting.until("it has tidied up", () -> !Files.exists(record.resolve("bundles")));
        if (!heirs().equals(List.of(record)) || !wrong(record).isEmpty()) {
            throw new AssertionError(heirs() + ": " + wrong(record));
        }
    }

    /** Lets time pass. */
    static void pause(Duration time) {
        long before = System.nanoTime();
        Waiting.until(
                time + " passed",
                time.plusMinutes(1),
                () -> System.nanoTime() - before > time.toNanos());
    }

    /** Lines in the log of the run with these words. */
    long logged(String text) {
        return Counting.linesOf(record().resolve("jet-fanout.log")).stream()
                .filter(line -> line.contains(text))
                .count();
    }

    /** Lines in the log of a hand with these words. */
    long logged(String hand, String text) {
        Path log =
                folder.resolve("home-of-" + hand)
                        .resolve("state/jet-fanout/instances/" + hand + "/jet-fanout.log");
        return Counting.linesOf(log).stream().filter(line -> line.contains(text)).count();
    }

    @Override
    public void close() throws IOException {
        for (Instance instance : all.values()) {
            instance.kill();
            if (instance.broker() != null) {
                instance.broker().close();
            }
        }
        workers.close();
    }
}
