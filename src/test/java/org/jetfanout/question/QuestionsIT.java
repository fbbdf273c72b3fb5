package org.jetfanout.question;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jetfanout.it.faults.BrokerProcess;
import org.jetfanout.link.Link;
import org.jetfanout.link.SharedKey;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.queue.Broker;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands about runs whose records are elsewhere, over a real broker: the program asks from a
 * state folder of its own, and an instance of this JVM answers.
 */
class QuestionsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension static final Fleet fleet = Fleet.start(182, 2);

    @TempDir private Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();
    private BrokerProcess broker;
    private Path config;
    private Site site;

    @BeforeEach
    void start() throws IOException {
        SharedKey.make(folder.resolve("shared.key"));
        broker = BrokerProcess.start(folder.resolve("broker"));
        config =
                Files.writeString(
                        folder.resolve("broker.yml"),
                        "broker:\n  url: %s\n  shared_key: shared.key\n  instance_timeout: 10s\n"
                                .formatted(broker.url()));
        Files.createDirectories(folder.resolve("elsewhere"));
        site = new Site(fleet, Files.createDirectories(folder.resolve("site")));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        broker.close();
    }

    private Path runs() {
        return site.file("home/state/jet-fanout/runs");
    }

    /** An instance that answers for all runs of a folder. */
    private Link instance(String name, Path runs) {
        Link link =
                Link.open(
                        Broker.read(config, Map.of()),
                        SharedKey.read(folder.resolve("shared.key")),
                        name);
        open.add(Answers.ofAll(link, runs));
        open.add(link);
        return link;
    }

    /** A command with the state folder of another machine. */
    private Program start(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--broker-config", config.toString()));
        return Program.start(folder.resolve("elsewhere"), folder, Map.of("TZ", "Asia/Tokyo"), all);
    }

    private Program.Ended ask(String... words) throws IOException {
        return start(words).end();
    }

    private Program.Ended here(String... words) throws IOException {
        return site.environment("TZ", "Asia/Tokyo").command(words);
    }

    private void same(String... words) throws IOException {
        Program.Ended there = ask(words);
        Program.Ended own = here(words);
        assertThat(there.out()).as("%s: %s", List.of(words), there).isEqualTo(own.out());
        assertThat(there.exit()).as("%s: %s", List.of(words), there).isEqualTo(own.exit());
    }

    /** A run that has ended: everything is printed as where it is. */
    @Test
    void whatIsPrintedIsWhatItIsThere() throws Exception {
        site.behave("h03", "fail").behave("h05", "unreachable");
        Program.Ended run = site.run();
        String guid = run.guid();
        instance("keeper", runs());

        same("status", guid);
        same("status", guid.substring(0, 8), "--json");
        same("status", "last", "--watch");
        same("logs", guid, "--json");
        same("logs", guid, "--host", "h01");
        same("logs", guid, "--worker", "w1", "--grep", "=> [a-z]");
        same("logs", guid, "--failed", "--follow");
        same("logs", guid, "--host", "-x");

        Program.Ended said = ask("logs", guid, "--host", "h99");
        assertThat(said.exit()).isEqualTo(78);
        assertThat(said.complaints())
                .containsExactly(
                        "jet-fanout: run " + guid + " is at instance keeper",
                        "jet-fanout: run " + guid + " has no host 'h99'");
        assertThat(ask("pause", guid).complaints())
                .anyMatch(line -> line.endsWith("run " + guid + " has ended already"));

        Program.Ended listed = ask("runs");
        assertThat(listed.out()).isEqualTo(here("runs").out().stripTrailing() + " at keeper\n");
        assertThat(JSON.readTree(ask("runs", "--json").out()).path("instance").asText())
                .isEqualTo("keeper");
        // its own machine does not ask
        Program.Ended own = site.command("status", guid, "--broker-config", config.toString());
        assertThat(own.out()).isEqualTo(site.command("status", guid).out());
        assertThat(own.err()).isEmpty();
    }

    private static String record(Path runs, String guid, int workers, int hosts)
            throws IOException {
        List<Batch> batches = new ArrayList<>();
        for (int n = 1; n <= workers; n++) {
            int worker = n;
            batches.add(
                    new Batch(
                            "%04d".formatted(n),
                            new Worker("w" + n, "wk", "10.0.0." + n, 22, "ops"),
                            IntStream.rangeClosed(1, hosts)
                                    .mapToObj(host -> "h" + worker + "-" + host)
                                    .toList(),
                            1));
        }
        try (RunRecord record = RunRecord.create(runs, guid)) {
            record.storePlan(new Plan(guid, batches, List.of()));
            for (Batch batch : batches) {
                record.storeResult(
                        new BatchResult(
                                batch.id(),
                                batch.worker().name(),
                                BatchState.ENDED,
                                OptionalInt.of(1),
                                true,
                                batch.hosts().stream()
                                        .map(
                                                host ->
                                                        new HostResult(
                                                                host,
                                                                Outcome.FAILED,
                                                                "task 'copy' failed on " + host))
                                        .toList(),
                                Instant.EPOCH,
                                Instant.EPOCH,
                                ""));
            }
        }
        return guid;
    }

    /** Much more than is ever sent without a word of the one who asks. */
    @Test
    void aStatusOfManyHostsComesInPieces() throws Exception {
        int hosts = Integer.getInteger("jet.questions.hosts", 100_000);
        String guid = record(runs(), UUID.randomUUID().toString(), 100, hosts / 100);
        instance("keeper", runs());
        Program.Ended there = ask("status", guid, "--json");
        assertThat(there.exit()).isZero();
        assertThat(there.out().length()).isGreaterThan(hosts * 50);
        assertThat(there.out()).isEqualTo(here("status", guid, "--json").out());
    }

    @Test
    void whoHasItAndWhoHasNot() throws Exception {
        Program.Ended alone = ask("status", "last");
        assertThat(alone.exit()).isEqualTo(78);
        assertThat(alone.complaints()).hasSize(1);
        assertThat(alone.complaints().get(0)).endsWith(", and no other instance is at the broker");

        Path one = folder.resolve("one/jet-fanout/runs");
        Path two = folder.resolve("two/jet-fanout/runs");
        String first = record(one, "aaaa1111-0000-4000-8000-000000000001", 1, 1);
        String second = record(two, "aaaa2222-0000-4000-8000-000000000002", 1, 2);
        // both have a copy of it
        record(one, "bbbb0000-0000-4000-8000-000000000003", 1, 3);
        String third = record(two, "bbbb0000-0000-4000-8000-000000000003", 1, 3);
        instance("one", one);
        instance("two", two);

        Program.Ended nowhere = ask("status", "cccc");
        assertThat(nowhere.exit()).as("%s", nowhere).isEqualTo(78);
        assertThat(nowhere.complaints()).hasSize(1);
        assertThat(nowhere.complaints().get(0))
                .contains("no run 'cccc' in ")
                .endsWith(", nor at instances one, two");
        Program.Ended many = ask("logs", "aaaa");
        assertThat(many.exit()).isEqualTo(78);
        assertThat(many.complaints().get(0))
                .contains("'aaaa' matches 2 runs", first, second, "give more characters");
        assertThat(ask("status", "aaaa2").err()).contains("run " + second + " is at instance two");
        Program.Ended last = ask("status", "last");
        assertThat(last.err()).contains("run " + third + " is at instance ");

        assertThat(ask("runs").lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith(first) && line.endsWith(" at one"))
                .anyMatch(line -> line.startsWith(second) && line.endsWith(" at two"))
                .anyMatch(line -> line.startsWith(third));

        assertThat(ask("instances").lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("one "))
                .anyMatch(line -> line.startsWith("two "));
        assertThat(ask("instances", "--json").lines()).hasSize(2);
    }

    /** One that the broker reaches no more is there for some seconds, and does not answer. */
    @Test
    void oneThatIsStoppedDoesNotAnswer() throws Exception {
        Path runs = folder.resolve("one/jet-fanout/runs");
        record(runs, UUID.randomUUID().toString(), 1, 1);
        Process answering = answering("hanging", runs);
        instance("two", folder.resolve("two/jet-fanout/runs"));
        Programs.ok("kill", "-STOP", Long.toString(answering.pid()));
        try {
            // who asks must have heard it before
            Program.Ended silent = ask("status", "last");
            assertThat(silent.exit()).as("%s", silent).isIn(4, 78);
            assertThat(silent.complaints()).hasSize(1);
        } finally {
            Programs.ok("kill", "-CONT", Long.toString(answering.pid()));
        }
    }

    @Test
    void afterItsInstanceDiedAnAnswerIsSaidToBeIncomplete() throws Exception {
        String go = slow();
        Program run = site.start();
        Waiting.until("the run has begun", () -> !guids().isEmpty() && linesOf(run) > 1);
        Process answering = answering("dying", runs());
        Program follow = start("logs", guids().get(0), "--follow");
        Waiting.until("lines come", () -> !follow.out().isEmpty());
        answering.destroyForcibly().waitFor();
        Program.Ended ended = follow.end();
        assertThat(ended.exit()).as("%s", ended).isEqualTo(3);
        assertThat(ended.complaints())
                .anyMatch(
                        line ->
                                line.contains("instance dying did not answer to the end")
                                        && line.contains("what it printed is not all"));
        letGo(go);
        assertThat(run.end().exit()).isZero();
    }

    /** The process of the run answers itself, and its answers come to their end before it does. */
    @Test
    void aRunIsFollowedToItsEndAndCancelled() throws Exception {
        slow();
        Program run = site.start("--broker-config", config.toString());
        Waiting.until("the run has begun", () -> !guids().isEmpty() && linesOf(run) > 1);
        String guid = guids().get(0);
        Program follow = start("logs", guid, "--follow");
        Program watch = start("status", guid, "--watch", "--json");
        Waiting.until("lines come", () -> !follow.out().isEmpty() && !watch.out().isEmpty());
        Program.Ended cancelled = ask("cancel", guid);
        assertThat(cancelled.exit()).as("%s", cancelled).isZero();
        assertThat(cancelled.complaints())
                .contains(
                        "jet-fanout: asked process %d to cancel run %s"
                                .formatted(run.handle().pid(), guid));
        assertThat(run.end().exit()).isEqualTo(130);
        Program.Ended followed = follow.end();
        assertThat(followed.out()).as("%s", followed).isEqualTo(here("logs", guid).out());
        Program.Ended watched = watch.end();
        assertThat(watched.exit()).as("%s", watched).isZero();
        assertThat(watched.lines().get(watched.lines().size() - 1) + "\n")
                .isEqualTo(here("status", guid, "--json").out());
    }

    /** A reader who has seen enough ends the command, and what answers. */
    @Test
    void whoHasSeenEnoughEndsTheAnswer() throws Exception {
        String guid = record(runs(), UUID.randomUUID().toString(), 100, 1000);
        Link link = instance("keeper", runs());
        String line =
                Program.shellLine(
                        folder.resolve("elsewhere"),
                        Map.of(),
                        List.of("status", guid, "--json", "--broker-config", config.toString()));
        Programs.Result head = Programs.run(Map.of(), "sh", "-c", line + " | head -c 100");
        assertThat(head.output()).contains(guid);
        assertThat(link.presence().all()).isNotEmpty();
        Answers answers = (Answers) open.get(0);
        Waiting.until("nothing is answered any more", () -> answers.count() == 0);
    }

    @Test
    void aFileWithoutSharedKeyIsRefused() throws IOException {
        Files.writeString(config, "broker:\n  url: %s\n".formatted(broker.url()));
        Program.Ended refused = ask("status", "last");
        assertThat(refused.exit()).isEqualTo(78);
        assertThat(refused.complaints()).hasSize(1);
        assertThat(refused.complaints().get(0)).contains("broker.yml", "has no shared_key");
    }

    private List<String> guids() {
        String[] names = runs().toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    private static long linesOf(Program run) {
        return run.out().lines().count();
    }

    /** Its jobs say a line and wait for {@link #letGo}. */
    private String slow() throws IOException {
        String go = "go." + UUID.randomUUID();
        Path runner =
                fleet.program(
                        "slow-jetp",
                        """
                        #!/bin/sh
                        echo begun
                        until [ -e "$HOME/%s" ]; do sleep 0.1; done
                        exec %s "$@"
                        """
                                .formatted(go, fleet.jetp()));
        site.setting("jetp", runner.toString());
        return go;
    }

    private static void letGo(String go) throws IOException {
        for (int n = 1; n <= fleet.workers(); n++) {
            Files.createFile(fleet.home(n).resolve(go));
        }
    }

    private Process answering(String name, Path runs) throws IOException {
        Path ready = folder.resolve("ready-" + name);
        Process process =
                new ProcessBuilder(
                                Program.JAVA,
                                "-cp",
                                System.getProperty("java.class.path"),
                                QuestionsIT.class.getName(),
                                config.toString(),
                                folder.resolve("shared.key").toString(),
                                name,
                                runs.toString(),
                                ready.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile())
                        .start();
        open.add(process::destroyForcibly);
        Waiting.until("it answers: " + folder.resolve(name + ".log"), () -> Files.exists(ready));
        return process;
    }

    /** An instance in a process of its own. */
    public static void main(String[] args) throws Exception {
        Link link =
                Link.open(
                        Broker.read(Path.of(args[0]), Map.of()),
                        SharedKey.read(Path.of(args[1])),
                        args[2]);
        Answers.ofAll(link, Path.of(args[3]));
        Files.createFile(Path.of(args[4]));
        Thread.sleep(Long.MAX_VALUE);
    }
}
