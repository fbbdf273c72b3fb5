package org.jetfanout.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs whose broker stops in the middle: one of the user's own, and the embedded one. */
@Order(1) // takes long: begins first
class BrokerIT {
    private static final int WORKERS = 3;
    private static final int LINES = 300;
    private static final int KIBI = 1 << 10;

    @RegisterExtension static final Fleet fleet = Fleet.start(176, WORKERS);

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
        missed(run, 1);
        return run;
    }

    private void missed(Program run, int times) {
        logged(run, "is down: waiting for it", times);
    }

    private void logged(Program run, String text, int times) {
        ProxiedSite.await(
                times + " times: the broker " + text,
                run,
                () ->
                        Counting.linesOf(record("jet-fanout.log")).stream()
                                        .filter(line -> line.contains(text))
                                        .count()
                                == times);
    }

    private void wholeAndOnce(Program.Ended ended) throws IOException {
        assertThat(ended.exit()).as("%s", ended).isZero();
        assertThat(counting.wrong(record(""), WORKERS)).isEmpty();
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
        ProxiedSite.await("jobs run", run, () -> jobs() == WORKERS);
        Programs.ok("prlimit", "--pid", Long.toString(run.handle().pid()), "--fsize=" + KIBI * 60);
        // its message cannot be acknowledged
        letGo(1);
        oneLine(run.end(), "the queue in " + record("queue") + " has failed: ");
        letGo(2);
        letGo(3);
        wholeAndOnce(site.command("resume", guid()));
    }

    /** Twice: one batch is worked on meanwhile, and ends; others are in the queue. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBrokerThatIsKilledAndComesBack(boolean withItsMessages) throws IOException {
        Program run = cutOff(1);
        for (int outage = 1; outage < WORKERS; outage++) {
            int batches = outage;
            // batch by batch, in the order of the workers
            letGo(outage);
            ProxiedSite.await(
                    "one batch ends",
                    run,
                    () -> Counting.linesOf(record("batches.ndjson")).size() == batches);
            if (!withItsMessages) {
                broker.forget();
            }
            broker.start();
            logged(run, broker.url() + " is up again", outage);
            ProxiedSite.await("the next one begins", run, () -> jobs() == batches + 1);
            if (outage + 1 < WORKERS) {
                broker.kill();
                missed(run, outage + 1);
            }
        }
        letGo(WORKERS);
        wholeAndOnce(run.end());
    }

    @Test
    void aBrokerThatStaysAwayEndsTheRun() throws IOException {
        Program run = cutOff(1, "--broker-wait", "30s");
        Program.Ended ended = run.end();
        oneLine(ended, "the broker " + broker.url() + " has been down for ");

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
                .anyMatch(line -> line.contains(broker.url() + " has been down for "))
                .anyMatch(line -> line.contains("ending the jobs on the workers"));
    }

    @Test
    void batchesThatAreWorkedOnNeedNoBroker() throws IOException {
        Program run = cutOff(WORKERS);
        letGo();
        wholeAndOnce(run.end());
    }

    /**
     * What others put into the queue: none of it is made into objects, read whole, or in the way.
     */
    @Test
    void foreignMessages() throws Exception {
        Program run = site.start("--broker", broker.url(), "--threads", "2");
        ProxiedSite.await("two jobs run", run, () -> jobs() == 2);
        try (QueueClient client = QueueClient.of(broker.url(), "jet-fanout." + guid())) {
            client.send(session -> session.createObjectMessage(endless()));
            client.send(session -> session.createObjectMessage(holder()));
            client.send(QueueClient::bytes);
            client.send(QueueClient::map);
            client.send(QueueClient::stream);
            client.send(jakarta.jms.Session::createMessage);
            client.send(session -> session.createTextMessage());
            client.send(session -> session.createTextMessage("x".repeat(KIBI * 10)));
            client.send(session -> ofRun(session.createTextMessage("0002"), "another"));
            client.send(session -> session.createTextMessage("0099"));
            for (int more = 0; more < 50; more++) {
                client.send(QueueClient::bytes);
            }
            client.send(session -> session.createTextMessage("x".repeat(KIBI * KIBI * 20)));
            client.send(session -> session.createObjectMessage("x".repeat(KIBI * KIBI)));
            // who is free now takes the third batch, and who is free then all that comes after it
            letGo(1);
            ProxiedSite.await("the third job runs", run, () -> jobs() == 3);
            letGo(2);
            ProxiedSite.await("the small ones are dropped", run, () -> client.waiting() == 2);
            letGo(3);
            wholeAndOnce(run.end());
            // the large ones: nobody took them
            assertThat(client.takeAll()).isEqualTo(2);
        }
        String log = Files.readString(record("jet-fanout.log"));
        assertThat(log.lines().filter(line -> line.contains("dropped from the queue: ")))
                .hasSize(10)
                .anyMatch(line -> line.contains("an object message"))
                .anyMatch(line -> line.contains("a bytes message"))
                .anyMatch(line -> line.contains("a map message"))
                .anyMatch(line -> line.contains("a stream message"))
                .anyMatch(line -> line.contains("without a body"))
                .anyMatch(line -> line.contains("without a text"))
                .anyMatch(line -> line.contains("10240 characters"))
                .anyMatch(line -> line.contains("of another run"))
                .anyMatch(
                        line ->
                                line.contains(
                                        "without a run, which jet-fanout did not send; further"
                                                + " messages of this kind"));
        assertThat(log).doesNotContain("\tat ", "xxxx");
        assertThat(Files.size(record("jet-fanout.log"))).isLessThan(20 * KIBI);
    }

    private static jakarta.jms.Message ofRun(jakarta.jms.Message message, String guid)
            throws jakarta.jms.JMSException {
        message.setStringProperty("JetGuid", guid);
        return message;
    }

    /** Small; whoever makes an object of it does not come to an end. */
    private static java.io.Serializable endless() {
        java.util.HashSet<Object> root = new java.util.HashSet<>();
        java.util.HashSet<Object> one = root;
        java.util.HashSet<Object> other = new java.util.HashSet<>();
        for (int depth = 0; depth < 40; depth++) {
            java.util.HashSet<Object> nextOne = new java.util.HashSet<>();
            java.util.HashSet<Object> nextOther = new java.util.HashSet<>();
            nextOne.add("foo");
            one.add(nextOne);
            one.add(nextOther);
            other.add(nextOne);
            other.add(nextOther);
            one = nextOne;
            other = nextOther;
        }
        return root;
    }

    /** What Camel sends with {@code transferExchange}: with headers and properties of its own. */
    private static org.apache.camel.support.DefaultExchangeHolder holder() {
        try (var context = new org.apache.camel.impl.DefaultCamelContext()) {
            var exchange = new org.apache.camel.support.DefaultExchange(context);
            exchange.getIn().setBody("0002");
            exchange.getIn().setHeader("JetBatch", "0002");
            return org.apache.camel.support.DefaultExchangeHolder.marshal(exchange);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"another consumer", "purge", "expiry", "deleted"})
    void whatVanishesFromTheQueueIsQueuedAgain(String how) throws Exception {
        Program run = site.start("--broker", broker.url(), "--broker-wait", "5s", "--threads", "1");
        ProxiedSite.await("a job runs", run, () -> jobs() == 1);
        try (QueueClient client = QueueClient.of(broker.url(), "jet-fanout." + guid())) {
            ProxiedSite.await("the others wait", run, () -> client.waiting() == WORKERS - 1);
            switch (how) {
                // a slow one may get what has been queued again, too
                case "another consumer" ->
                        assertThat(client.takeAll()).isGreaterThanOrEqualTo(WORKERS - 1);
                case "purge" -> client.manage("removeAllMessages");
                case "expiry" -> client.manage("expireMessages", "");
                default -> client.delete();
            }
            letGo();
            if (how.equals("deleted")) {
                oneLine(run.end(), "has lost the consumers of this run");
                wholeAndOnce(site.command("resume", guid()));
            } else {
                wholeAndOnce(run.end());
                assertThat(record("jet-fanout.log"))
                        .content()
                        // in one line, or in two where one was missed earlier than the other
                        .containsPattern("queued again: batches \\[[^\\]]*0002")
                        .containsPattern("queued again: batches \\[[^\\]]*0003");
            }
        }
    }

    /** Who cancels does not wait so long, and the run must not end before. */
    private static String wait(boolean cancel) {
        return cancel ? "5m" : "2s";
    }

    /** Who takes each batch away again and again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherConsumerThatTakesAll(boolean cancel) throws Exception {
        Program run =
                site.start(
                        "--broker", broker.url(), "--broker-wait", wait(cancel), "--threads", "1");
        ProxiedSite.await("a job runs", run, () -> jobs() == 1);
        try (QueueClient client = QueueClient.of(broker.url(), "jet-fanout." + guid())) {
            client.takeFromNowOn();
            Program.Ended ended;
            if (cancel) {
                ended = site.command("cancel", guid());
                assertThat(ended.exit()).as("%s", ended).isZero();
            }
            ended = run.end();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
            assertThat(ended.complaints())
                    .as("%s", ended)
                    .anyMatch(line -> line.contains("loses batches [000"));
        }
        letGo();
        Program.Ended resumed = site.command("resume", guid());
        assertThat(resumed.exit()).as("%s", resumed).isEqualTo(cancel ? 130 : 0);
    }

    /** It takes no message: nobody waits for ever, and who cancels waits for seconds. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBrokerOverItsDiskLimit(boolean cancel) throws Exception {
        broker.close();
        broker = BrokerProcess.start(folder.resolve("full"), "disk=0");
        Program run = site.start("--broker", broker.url(), "--broker-wait", wait(cancel));
        ProxiedSite.await("it is planned", run, () -> Files.exists(record("plan.json")));
        if (cancel) {
            assertThat(site.command("cancel", guid()).exit()).isZero();
        }
        oneLine(run.end(), "3 batches are waiting");
    }

    /** With TLS on both sides and a login; none of the secrets is anywhere else. */
    @Test
    void aBrokerThatAFileTellsOf() throws Exception {
        broker.close();
        TestCertificates certificates = TestCertificates.in(folder.resolve("certificates"));
        certificates.sign("server", "IP:127.0.0.1");
        certificates.sign("client", "DNS:client");
        broker =
                BrokerProcess.start(
                        folder.resolve("tls"),
                        "login=fan:geheim-1",
                        "acceptor=" + certificates.acceptor("server", true));
        Path file = certificates.file("broker.yml");
        Files.writeString(
                file,
                """
                broker:
                  url: %s
                  user: fan
                  password: geheim-1
                  ca: ca.pem
                  certificate: client.pem
                  key: client.key
                """
                        .formatted(broker.url()));
        Program run = site.start("--broker-config", file.toString(), "--threads", "1");
        ProxiedSite.await("a job runs", run, () -> jobs() == 1);
        assertThat(Files.readString(Path.of("/proc/" + run.handle().pid() + "/cmdline")))
                .doesNotContain("geheim");
        letGo();
        wholeAndOnce(run.end());
        assertThat(run.err()).contains("other users can read it. Run: chmod 600 " + file);
        assertThat(Programs.run(java.util.Map.of(), "grep", "-rl", "geheim", record("").toString()))
                .isEqualTo(new Programs.Result(1, ""));
        assertThat(record("request.json")).content().contains(file.toString());
    }
}
