package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jetfanout.ConfigurationException;
import org.jetfanout.lease.Announcement;
import org.jetfanout.lease.Announcement.Hold;
import org.jetfanout.lease.EstateReader;
import org.jetfanout.lease.HigherTermException;
import org.jetfanout.lease.Lease;
import org.jetfanout.lease.LeaseBroker;
import org.jetfanout.lease.LeaseSession;
import org.jetfanout.lease.Redelivery;
import org.jetfanout.link.SharedKey;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has a run when its owner is killed, or stopped, or the broker forgets all. */
class LeaseIT {
    private static final String GUID = "11111111-2222-3333-4444-555555555555";
    private static final String OTHER = "11111111-2222-3333-4444-666666666666";

    /** A message that comes is there long before. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    @TempDir private Path folder;
    private BrokerProcess broker;
    private Path key;
    private Path said;
    private Process holder;

    @BeforeEach
    void begin() throws IOException {
        broker = BrokerProcess.start(folder.resolve("broker"));
        key = folder.resolve("key");
        SharedKey.make(key);
        said = folder.resolve("said");
        holder = hold();
    }

    @AfterEach
    void end() {
        holder.destroyForcibly();
        broker.close();
    }

    private Process hold() throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                LeaseHolder.class.getName(),
                                broker.url(),
                                key.toString(),
                                GUID)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()))
                        .start();
        says("held");
        return process;
    }

    private void says(String line) {
        Waiting.until("the owner says " + line, () -> Counting.linesOf(said).contains(line));
    }

    /** Some other instance that waits for the lease. */
    private Optional<Announcement> take(LeaseSession session) throws JMSException {
        Optional<Announcement> got = session.receive(GUID, LONGEST);
        if (got.isPresent()) {
            session.put(got.get().of(got.get().term() + 1, "other", Hold.KEPT));
            session.commit();
            assertThat(session.receive(GUID, LONGEST)).get().extracting("term").isEqualTo(2L);
        }
        return got;
    }

    @Test
    void anOwnerThatIsKilled() throws Exception {
        try (LeaseBroker other = LeaseHolder.broker(broker.url(), key);
                LeaseSession session = other.open()) {
            assertThat(session.receive(GUID, Duration.ofSeconds(2))).isEmpty();
            holder.destroyForcibly();
            Optional<Announcement> got = take(session);
            assertThat(got).get().extracting("owner").isEqualTo("holder");
            assertThat(session.announced())
                    .singleElement()
                    .extracting("term", "owner")
                    .containsExactly(2L, "other");
            try (LeaseSession third = other.open()) {
                assertThat(third.receive(GUID, Duration.ofSeconds(2))).isEmpty();
            }
            Path to = Files.createDirectory(folder.resolve("to"));
            Map<String, byte[]> changes = new EstateReader(other, got.get()).read(to);
            assertThat(to.resolve("request.json")).hasContent("{}");
            assertThat(to.resolve("bundles/common")).hasSize(3 << 20);
            assertThat(changes).containsOnlyKeys("bundles/0002.json");
        }
    }

    /** It hears of that as soon as it runs again. */
    @Test
    void anOwnerThatIsStopped() throws Exception {
        try (LeaseBroker other = LeaseHolder.broker(broker.url(), key);
                LeaseSession session = other.open()) {
            Programs.ok("kill", "-STOP", Long.toString(holder.pid()));
            assertThat(take(session)).isPresent();
            Programs.ok("kill", "-CONT", Long.toString(holder.pid()));
            says("replaced 2");
        }
    }

    /** The watch is the one that ends it: an end by others at that moment does not disturb it. */
    @Test
    void anEndWhileAnotherTakesTheRunOver() throws Exception {
        CompletableFuture<Lease> taken = new CompletableFuture<>();
        CompletableFuture<String> ended = new CompletableFuture<>();
        taken.complete(
                LeaseHolder.take(
                        broker.url(),
                        key,
                        OTHER,
                        term -> {
                            try {
                                CompletableFuture.runAsync(taken.join()::close).get();
                                ended.complete("term " + term);
                            } catch (InterruptedException | ExecutionException e) {
                                ended.completeExceptionally(e);
                            }
                        }));
        try (LeaseBroker other = LeaseHolder.broker(broker.url(), key);
                LeaseSession session = other.open()) {
            session.put(new Announcement(OTHER, 2, "other", Hold.KEPT, Set.of(), "", 0));
            session.commit();
            assertThat(ended.get(2, TimeUnit.MINUTES)).isEqualTo("term 2");
        }
    }

    /** The owner lives: it keeps the run, and puts all of it there again. */
    @Test
    void aBrokerThatForgets() throws Exception {
        broker.kill();
        broker.forget();
        broker.start();
        try (LeaseBroker other = LeaseHolder.broker(broker.url(), key)) {
            List<Announcement> announced = new ArrayList<>();
            Waiting.until(
                    "the run is announced again",
                    () -> {
                        try (LeaseSession session = other.open()) {
                            announced.addAll(session.announced());
                        } catch (JMSException e) {
                            return false; // a busy broker
                        }
                        return !announced.isEmpty();
                    });
            Path to = Files.createDirectory(folder.resolve("to"));
            new EstateReader(other, announced.get(0)).read(to);
            assertThat(to.resolve("bundles/common")).hasSize(3 << 20);
            holder.destroyForcibly();
            try (LeaseSession session = other.open()) {
                assertThat(take(session)).isPresent();
            }
        }
    }

    /** A run that nobody could take over is not begun. */
    @ParameterizedTest
    @CsvSource({"DROP, it does not keep what it has taken", "FAIL, full"})
    void aBrokerThatDropsWhatItHasTaken(String policy, String why) throws IOException {
        try (BrokerProcess dropping =
                BrokerProcess.start(folder.resolve(policy), "block=500", "policy=" + policy)) {
            assertThatThrownBy(() -> LeaseHolder.take(dropping.url(), key, OTHER))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("cannot put run " + OTHER + " into the broker: ")
                    .hasMessageContaining(why);
        }
    }

    /** It goes away before the lease is taken, and comes back. */
    @Test
    void aBrokerThatIsAwayForAMoment() throws Exception {
        broker.kill();
        CompletableFuture<Lease> taking =
                CompletableFuture.supplyAsync(() -> LeaseHolder.take(broker.url(), key, OTHER));
        // it is tried in vain meanwhile
        Thread.sleep(2500);
        assertThat(taking).isNotDone();
        broker.start();
        try (Lease lease = taking.get(2, TimeUnit.MINUTES)) {
            assertThat(lease.lifetime()).isEmpty();
        }
    }

    @Test
    void aBrokerThatLetsMessagesExpire() throws IOException {
        try (BrokerProcess dropping =
                        BrokerProcess.start(folder.resolve("expires"), "expiry=600000");
                Lease lease = LeaseHolder.take(dropping.url(), key, OTHER)) {
            assertThat(lease.lifetime().orElseThrow())
                    .isBetween(Duration.ofMinutes(8), Duration.ofMinutes(12));
        }
        try (Lease lease = LeaseHolder.take(broker.url(), key, OTHER)) {
            assertThat(lease.lifetime()).isEmpty();
        }
    }

    /** What a take-over waits for, or would not find. */
    @ParameterizedTest
    @CsvSource({"redelivery=300, SOON", "redelivery=30000, LATE", "attempts=1, NEVER"})
    void aBrokerThatGivesMessagesBackInItsWay(String setting, Redelivery expected)
            throws IOException {
        try (BrokerProcess other = BrokerProcess.start(folder.resolve("of-its-own"), setting);
                LeaseBroker leases = LeaseHolder.broker(other.url(), key)) {
            assertThat(Redelivery.of(leases, OTHER)).hasValue(expected);
        }
    }

    /** Queues of leases and estates have nothing of it. */
    @Test
    void aBrokerWhoseDefaultsForQueuesRemoveMessages() throws Exception {
        try (BrokerProcess hostile = BrokerProcess.start(folder.resolve("hostile"), "hostile=yes");
                LeaseBroker other = LeaseHolder.broker(hostile.url(), key)) {
            Lease held = LeaseHolder.take(hostile.url(), key, OTHER);
            held.change("bundles/0002.json", new byte[] {1});
            assertThat(held.await(Duration.ofMinutes(1))).isTrue();
            try (LeaseSession next = other.open();
                    LeaseSession second = other.open()) {
                // nobody gets it while it is held, however many wait
                assertThat(next.receive(OTHER, Duration.ofMillis(300))).isEmpty();
                assertThat(second.receive(OTHER, Duration.ofMillis(300))).isEmpty();
                held.close();
                Waiting.until(
                        "one of both has it",
                        () -> receive(next).or(() -> receive(second)).isPresent());
            }
            Path to = Files.createDirectory(folder.resolve("from-hostile"));
            try (LeaseSession session = other.open()) {
                Announcement known = session.announced(OTHER).orElseThrow();
                assertThat(new EstateReader(other, known).read(to)).hasSize(1);
            }
        }
    }

    private static Optional<Announcement> receive(LeaseSession from) {
        try {
            return from.receive(OTHER, Duration.ofMillis(300));
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    /** The broker is told later. */
    @Test
    void aRunThatEndsWhileTheBrokerIsAway() throws Exception {
        try (Lease lease = LeaseHolder.take(broker.url(), key, OTHER)) {
            broker.kill();
            assertThat(lease.end()).isFalse();
        }
        broker.start();
        try (LeaseBroker same = LeaseHolder.broker(broker.url(), key);
                LeaseSession session = same.open()) {
            assertThat(session.announced(OTHER)).isPresent();
            assertThat(session.leases(OTHER)).isOne();
            assertThat(Lease.end(same, OTHER, 1)).isTrue();
            assertThat(session.announced(OTHER)).isEmpty();
            assertThat(session.leases(OTHER)).isZero();
            session.put(new Announcement(OTHER, 2, "other", Hold.KEPT, Set.of(), "", 0));
            session.commit();
            assertThatThrownBy(() -> Lease.end(same, OTHER, 1))
                    .isInstanceOf(HigherTermException.class);
        }
    }

    /** What others put into its queues is not believed. */
    @Test
    void anotherKey() throws Exception {
        Path wrong = folder.resolve("wrong");
        SharedKey.make(wrong);
        try (LeaseBroker other = LeaseHolder.broker(broker.url(), wrong);
                LeaseBroker right = LeaseHolder.broker(broker.url(), key);
                LeaseSession session = other.open()) {
            Announcement forged = new Announcement(GUID, 9, "forged", Hold.KEPT, Set.of(), "x", 1);
            // it would withdraw it before we look
            Programs.signal(holder, "STOP");
            session.put(forged);
            session.commit();
            assertThat(session.announced()).hasSize(1);
            Programs.signal(holder, "CONT");
            Waiting.until(
                    "the owner has announced itself again",
                    () -> {
                        try (LeaseSession reading = right.open()) {
                            return reading.announced().size() == 1;
                        } catch (JMSException e) {
                            return false; // a busy broker
                        }
                    });
            assertThat(new String(Files.readAllBytes(said), StandardCharsets.UTF_8))
                    .doesNotContain("replaced");
        }
    }
}
