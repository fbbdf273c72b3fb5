package org.jetfanout.hand;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jetfanout.it.faults.BrokerProcess;
import org.jetfanout.link.Instance;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.link.Received;
import org.jetfanout.link.SharedKey;
import org.jetfanout.link.ZoneQueue;
import org.jetfanout.machine.RandomId;
import org.jetfanout.queue.Broker;
import org.jetfanout.ssh.Chunk;
import org.jetfanout.ssh.HeldInput;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.WorkerUnreachableException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.GuardBudget;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.agent.Signature;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that a hand carries out: a real broker, a real sshd, owner and hands in one JVM. */
class CallIT {
    private static final int MEGA = 1024 * 1024;

    @TempDir private Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> waits = new CopyOnWriteArrayList<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private Duration timeout = Broker.USUAL_INSTANCE_TIMEOUT;
    private BrokerProcess broker;
    private SharedKey key;
    private Keys.Pair login;
    private Keys.Pair forHosts;
    private OpenSshServer worker;
    private SshTestBed bed;
    private Calls calls;

    private final CallWait waiting =
            new CallWait() {
                @Override
                public void on(String what) {
                    if (!waits.contains(what)) {
                        waits.add(what);
                    }
                }

                @Override
                public void ended() {
                    waits.add("runs");
                }

                @Override
                public boolean isOver() {
                    return over.get();
                }
            };

    @BeforeEach
    void start() throws IOException {
        Path file = folder.resolve("shared.key");
        SharedKey.make(file);
        key = SharedKey.read(file);
        broker = BrokerProcess.start(folder.resolve("broker"));
        login = Keys.ed25519(folder, "login");
        forHosts = Keys.ed25519(folder, "hosts");
        worker = OpenSshServer.at("127.0.0.2").authorize(login).start();
        bed = new SshTestBed(folder);
        bed.knows(worker);
        calls = new Calls(link("owner"));
    }

    @AfterEach
    void stop() throws Exception {
        calls.close();
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        worker.close();
        broker.close();
    }

    private Link link(String name) {
        Link link =
                Link.open(
                        new Broker(
                                broker.url(), "", "", Optional.empty(), Optional.empty(), timeout),
                        key,
                        name);
        open.add(link);
        return link;
    }

    private Hand hand(String name, String zone, int threads) {
        return hand(name, zone, threads, new SshConnections(bed.files(login)));
    }

    private Hand hand(String name, String zone, int threads, SshConnections ssh) {
        Hand hand = new Hand(link(name), ssh, Set.of(zone), threads);
        hand.begin();
        open.add(ssh);
        open.add(hand);
        return hand;
    }

    private CallSpec spec(String zone, String command) {
        return new CallSpec(
                "guid",
                zone,
                worker.destination("w1"),
                command,
                SshTestBed.PATIENT,
                Set.of(forHosts.fingerprint()));
    }

    private Call call(String command) {
        return calls.open(spec("eu", command), Optional.empty(), Optional.empty(), waiting);
    }

    private Call call(String command, InputStream stdin) {
        return calls.open(spec("eu", command), Optional.of(stdin), Optional.empty(), waiting);
    }

    private static void soon(Runnable task, long delay, TimeUnit unit) {
        CompletableFuture<Void> done =
                CompletableFuture.runAsync(task, CompletableFuture.delayedExecutor(delay, unit));
        assertThat(done).isNotNull();
    }

    private static String output(Call call) {
        StringBuilder text = new StringBuilder();
        while (call.hasNext()) {
            Chunk chunk = call.next();
            text.append(chunk.stderr() ? "!" : "").append(new String(chunk.bytes(), UTF_8));
        }
        return text.toString();
    }

    @Test
    void bringsOutputAndExitStatusAndSaysWhoLoggedIn() {
        hand("h", "eu", 4);

        try (Call call = call("echo out; sleep 0.2; echo err >&2; exit 3")) {
            assertThat(output(call)).isEqualTo("out\n!err\n");
            assertThat(call.exitStatus()).hasValue(3);
            assertThat(call.loss()).isEmpty();
            assertThat(call.loginKey()).isEqualTo(login.fingerprint());
            assertThat(call.hand()).isEqualTo("h");
            assertThat(call.encryption()).isPresent();
        }
        assertThat(calls.count()).isZero();
    }

    @Test
    void aHandMayBeThisInstance() {
        Link both = link("both");
        SshConnections ssh = new SshConnections(bed.files(login));
        Hand hand = new Hand(both, ssh, Set.of("eu"), 1);
        hand.begin();
        open.add(ssh);
        open.add(hand);
        try (Calls own = new Calls(both);
                Call call =
                        own.open(
                                spec("eu", "echo mine"),
                                Optional.empty(),
                                Optional.empty(),
                                waiting)) {
            assertThat(output(call)).isEqualTo("mine\n");
            assertThat(call.exitStatus()).hasValue(0);
        }
    }

    @Test
    void megabytesOfOutputComeWholeAndInOrder() throws Exception {
        hand("h", "eu", 4);

        MessageDigest expected = MessageDigest.getInstance("SHA-256");
        MessageDigest got = MessageDigest.getInstance("SHA-256");
        for (int i = 1; i <= 400_000; i++) {
            expected.update((i + "\n").getBytes(UTF_8));
        }
        try (Call call = call("seq 1 400000")) {
            while (call.hasNext()) {
                got.update(call.next().bytes());
            }
            assertThat(call.exitStatus()).hasValue(0);
        }
        assertThat(HexFormat.of().formatHex(got.digest()))
                .isEqualTo(HexFormat.of().formatHex(expected.digest()));
    }

    @Test
    void megabytesOfStdinArriveWhole() throws Exception {
        hand("h", "eu", 4);
        byte[] data = new byte[5 * MEGA + 3];
        new Random(1).nextBytes(data);

        try (Call call = call("sha256sum", new ByteArrayInputStream(data))) {
            assertThat(output(call))
                    .startsWith(
                            HexFormat.of()
                                    .formatHex(MessageDigest.getInstance("SHA-256").digest(data)));
        }
    }

    @Test
    void whatIsHeldBackIsSentLaterAndDecisionsFollow() {
        hand("h", "eu", 4);
        HeldInput stdin =
                new HeldInput(new ByteArrayInputStream("one\n".getBytes(UTF_8)), true, () -> {});

        try (Call call = call("echo ready; read a; echo $a; read b; echo $b", stdin)) {
            assertThat(new String(call.next().bytes(), UTF_8)).isEqualTo("ready\n");
            stdin.letGo();
            assertThat(new String(call.next().bytes(), UTF_8)).isEqualTo("one\n");
            soon(() -> stdin.send("two\n".getBytes(UTF_8)), 300, TimeUnit.MILLISECONDS);
            assertThat(output(call)).isEqualTo("two\n");
            assertThat(call.exitStatus()).hasValue(0);
        }
    }

    @Test
    void aStdinThatCannotBeReadIsNoWholeStdin() {
        hand("h", "eu", 4);
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("no such byte");
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int length) throws IOException {
                        throw new IOException("no such byte");
                    }
                };

        try (Call call = call("cat >/dev/null; echo whole", broken)) {
            assertThat(output(call)).isEmpty();
            assertThat(call.exitStatus()).isEmpty();
            assertThat(call.loss().orElseThrow()).hasMessageContaining("no such byte");
        }
    }

    @Test
    void aSlowReaderHoldsUpOnlyItsCommand() {
        Hand hand = hand("h", "eu", 4);
        try (Call slow = call("yes")) {
            assertThat(slow.hasNext()).isTrue();
            try (Call quick = call("echo quick")) {
                assertThat(output(quick)).isEqualTo("quick\n");
            }
        }
        Waiting.until("the connection is closed", () -> hand.calls() == 0);
    }

    @Test
    void whoClosesEndsTheConnection() {
        Hand hand = hand("h", "eu", 1);

        Call call = call("sleep 600");
        soon(call::close, 300, TimeUnit.MILLISECONDS);

        assertThat(call.hasNext()).isFalse();
        assertThat(call.exitStatus()).isEmpty();
        assertThat(call.loss().orElseThrow().reason()).isEqualTo(Cause.LOST);
        Waiting.until("the connection is closed", () -> hand.calls() == 0);
    }

    @Test
    void aCommandThatSaidAllIsClosedSoonIfItDoesNotEnd() {
        Hand hand = hand("h", "eu", 1);

        Call call = call("echo all; sleep 600");
        assertThat(new String(call.next().bytes(), UTF_8)).isEqualTo("all\n");
        call.finish();

        assertThat(call.hasNext()).isFalse();
        assertThat(calls.count()).isZero();
        Waiting.until("the connection is closed", () -> hand.calls() == 0);
    }

    @Test
    void failsAsTheSshComponentWouldAndNamesTheHand() {
        hand("h", "eu", 4);
        worker.close();

        assertThatThrownBy(() -> call("true"))
                .isInstanceOf(WorkerUnreachableException.class)
                .hasMessageContaining("hand h: worker w1")
                .hasMessageContaining("connection refused")
                .extracting(e -> ((WorkerUnreachableException) e).reason())
                .isEqualTo(Cause.CONNECT);
    }

    @Test
    void waitsForAFreeHand() {
        hand("h", "eu", 1);
        try (Call first = call("echo first; sleep 8")) {
            assertThat(first.hasNext()).isTrue();
            try (Call second = call("echo second")) {
                assertThat(output(second)).isEqualTo("second\n");
            }
        }
        assertThat(waits).contains("waits for a free hand of zone eu");
    }

    @Test
    void whoDoesNotWantItAnyMoreNeedNotWait() {
        hand("h", "eu", 1);
        try (Call first = call("sleep 60")) {
            assertThat(first.exitStatus()).isEmpty();
            soon(() -> over.set(true), 2, TimeUnit.SECONDS);
            assertThatThrownBy(() -> call("echo second"))
                    .isInstanceOf(WorkerUnreachableException.class)
                    .hasMessageContaining("nobody waits for it");
        }
        assertThat(calls.count()).isZero();
    }

    @Test
    void withoutAHandInItsZoneItFails() {
        hand("h", "us", 1);

        assertThatThrownBy(() -> call("true"))
                .isInstanceOf(WorkerUnreachableException.class)
                .hasMessageContaining("no hand serves zone eu")
                .hasMessageContaining("h of us")
                .asInstanceOf(InstanceOfAssertFactories.type(WorkerUnreachableException.class))
                .extracting(WorkerUnreachableException::reason)
                .isEqualTo(Cause.CONNECT);
    }

    @Test
    void aHandThatDrainsFinishesWhatItHasAndTakesNothing() throws Exception {
        Hand draining = hand("h1", "eu", 1);
        try (Call call = call("echo begun; sleep 2; echo done")) {
            assertThat(new String(call.next().bytes(), UTF_8)).isEqualTo("begun\n");
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return draining.drain(Duration.ofMinutes(3));
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            hand("h2", "eu", 1);
            assertThat(output(call)).isEqualTo("done\n");
            assertThat(drained.get(4, TimeUnit.MINUTES)).isTrue();
        }
        try (Call next = call("echo next")) {
            assertThat(output(next)).isEqualTo("next\n");
            assertThat(next.hand()).isEqualTo("h2");
        }
    }

    @Test
    void aHandThatStopsSaysSo() throws Exception {
        Hand hand = hand("h", "eu", 1);
        try (Call call = call("echo begun; sleep 600")) {
            assertThat(new String(call.next().bytes(), UTF_8)).isEqualTo("begun\n");
            assertThat(hand.drain(Duration.ofMillis(100))).isFalse();
            assertThat(call.hasNext()).isFalse();
            assertThat(call.loss().orElseThrow()).hasMessageContaining("hand h is stopping");
            assertThat(call.loss().orElseThrow().reason()).isEqualTo(Cause.LOST);
        }
    }

    @Test
    void whatABrokerLosesEndsTheCallAndTheNextOneGoesOn() throws IOException {
        hand("h", "eu", 1);
        try (Call call = call("echo begun; sleep 600")) {
            assertThat(new String(call.next().bytes(), UTF_8)).isEqualTo("begun\n");
            broker.kill();
            broker.start();
            assertThat(call.hasNext()).isFalse();
            assertThat(call.loss().orElseThrow().reason()).isEqualTo(Cause.LOST);
        }
        try (Call next = call("echo again")) {
            assertThat(output(next)).isEqualTo("again\n");
        }
    }

    private static void say(Link link, String word, String to, ObjectNode head) {
        try {
            link.send(to, new LinkMessage(word, head));
        } catch (LinkException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It is alive and has taken the call, but has lost it; it has no other, so sends no roll. */
    @Test
    void aHandThatForgetsTheOnlyCall() {
        Link hand = link("forgetful");
        hand.presence()
                .say(
                        () -> {
                            ObjectNode facts = SentMessages.head();
                            facts.putArray("zones").add("eu");
                            return facts;
                        });
        Thread taker =
                new Thread(
                        () -> {
                            try (ZoneQueue zone = hand.zone("eu")) {
                                Received offer = null;
                                while (offer == null) {
                                    offer = zone.take(Duration.ofSeconds(1)).orElse(null);
                                }
                                ObjectNode head = SentMessages.head().put("echo", "it");
                                head.set("call", offer.message().head().path("call"));
                                say(hand, "TAKEN", offer.from(), head);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        taker.start();
        try (Calls own = new Calls(link("impatient"))) {
            assertThatThrownBy(
                            () ->
                                    own.open(
                                            spec("eu", "true"),
                                            Optional.empty(),
                                            Optional.empty(),
                                            waiting))
                    .isInstanceOf(WorkerUnreachableException.class)
                    .hasMessageContaining("hand forgetful has said nothing of it for 15s");
        }
    }

    /** Of an owner in the place of {@link Calls}: the hand has taken its call. */
    private ObjectNode taken(Link owner, Hand hand, BlockingQueue<Received> heard)
            throws Exception {
        try (Call before = call("true")) { // the hand takes calls: none is lost on the way to it
            assertThat(output(before)).isEmpty();
        }
        String id = RandomId.next();
        owner.toZone("eu", new LinkMessage("CALL", SentMessages.head().put("call", id)));
        Received taken = heard.poll(1, TimeUnit.MINUTES);
        assertThat(taken).isNotNull();
        assertThat(taken.message().kind()).isEqualTo("TAKEN");
        assertThat(hand.calls()).isOne();
        ObjectNode go = SentMessages.head().put("call", id);
        go.set("echo", taken.message().head().path("echo"));
        return go;
    }

    private static BlockingQueue<Received> heard(Link link) {
        BlockingQueue<Received> heard = new LinkedBlockingQueue<>();
        link.onMessage(
                received -> {
                    if (!received.message().kind().endsWith("ROLL")) {
                        heard.add(received);
                    }
                });
        return heard;
    }

    /** A busy owner may be slower than a hand waits for its order. It is told. */
    @Test
    void anOrderThatComesTooLateIsRefused() throws Exception {
        Link owner = link("slow");
        BlockingQueue<Received> heard = heard(owner);
        Hand hand = hand("h", "eu", 1);
        ObjectNode go = taken(owner, hand, heard);
        String to = address(owner, "h");
        say(owner, "NO", to, SentMessages.head().put("call", go.path("call").asText()));
        Waiting.until("it is given up", () -> hand.calls() == 0);
        say(owner, "GO", to, go);
        Received answer = heard.poll(1, TimeUnit.MINUTES);
        assertThat(answer).isNotNull();
        assertThat(answer.message().kind()).isEqualTo("FAILED");
        assertThat(answer.message().head().path("n").asInt()).isOne();
        assertThat(answer.message().head().path("kind").asText()).isEqualTo("LOST");
    }

    private static String address(Link link, String name) {
        Waiting.until(name + " is there", () -> there(link, name).findFirst().isPresent());
        return there(link, name).findFirst().orElseThrow().address();
    }

    private static Stream<Instance> there(Link link, String name) {
        return link.presence().all().stream().filter(one -> one.id().name().equals(name));
    }

    /** It is alive, but does not know the call any more; it has no other, so sends no roll. */
    @Test
    void anOwnerThatForgetsItsOnlyCall() throws Exception {
        Link owner = link("forgetful");
        BlockingQueue<Received> heard = heard(owner);
        Hand hand = hand("h", "eu", 1);
        ObjectNode go = taken(owner, hand, heard);
        new CallOrder(spec("eu", "sleep 1000"), false, Optional.empty()).addTo(go);
        say(owner, "GO", address(owner, "h"), go);
        Waiting.until("it is given up", () -> hand.calls() == 0);
    }

    private GuardPolicy policy(
            GuardBudget budget, List<Signature> signatures, List<String> troubles) {
        return new GuardPolicy(
                "guid",
                "w1",
                ShownKeys.named(List.of(forHosts.fingerprint())),
                Set.of(),
                budget,
                signatures::add,
                troubles::add);
    }

    @Test
    void workersSeeKeysOfTheHandsAgentAndTheOwnerRecordsTheirUse() throws IOException {
        List<Signature> signatures = new CopyOnWriteArrayList<>();
        List<String> troubles = new CopyOnWriteArrayList<>();
        GuardBudget budget = GuardBudget.of(1);
        Keys.Pair other = Keys.ed25519(folder, "other");
        try (SshAgent agent = SshAgent.start(forHosts, other);
                OpenSshServer host = OpenSshServer.at("127.0.0.3").authorize(forHosts).start()) {
            hand("h", "eu", 1, new SshConnections(bed.agent(agent, login)));
            String hop =
                    "ssh-add -l; ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o"
                            + " UserKnownHostsFile=/dev/null -p "
                            + host.port()
                            + " "
                            + OpenSshServer.loginUser()
                            + "@127.0.0.3 echo on the host 2>/dev/null";
            try (Call call =
                    calls.open(
                            spec("eu", hop),
                            Optional.empty(),
                            Optional.of(policy(budget, signatures, troubles)),
                            waiting)) {
                assertThat(output(call))
                        .contains(forHosts.fingerprint(), "on the host")
                        .doesNotContain(other.fingerprint());
            }
        }
        assertThat(signatures).singleElement().matches(Signature::allowed);
        assertThat(signatures.get(0).fingerprint()).isEqualTo(forHosts.fingerprint());
        assertThat(budget.usage().signatures()).isEqualTo(1);
        assertThat(budget.usage().requests()).isGreaterThan(1);
        assertThat(troubles).isEmpty();
    }

    @Test
    void aHandWithoutTheKeysLeavesTheCallToOthers() throws IOException {
        try (SshAgent poor = SshAgent.start()) {
            hand("poor", "eu", 1, new SshConnections(bed.agent(poor, login)));
            GuardPolicy policy = policy(GuardBudget.of(1), new ArrayList<>(), new ArrayList<>());

            assertThatThrownBy(
                            () ->
                                    calls.open(
                                            spec("eu", "true"),
                                            Optional.empty(),
                                            Optional.of(policy),
                                            waiting))
                    .isInstanceOf(WorkerUnreachableException.class)
                    .hasMessageContaining("hand poor: its ssh-agent lacks keys for hosts")
                    .hasMessageContaining(forHosts.fingerprint());
        }
        assertThat(waits).anyMatch(text -> text.contains("waits for a hand with the keys"));
    }
}
