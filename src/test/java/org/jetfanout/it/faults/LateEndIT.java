package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.lease.Announcement;
import org.jetfanout.link.SharedKey;
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

/** A run has ended while its broker was away, which holds its lease and its estate therefore. */
class LateEndIT {
    @RegisterExtension static final Fleet fleet = Fleet.start(186, 1);

    @TempDir private Path folder;
    private BrokerProcess broker;
    private Site site;
    private Site other;
    private Path record;
    private final List<Program> hands = new ArrayList<>();

    @BeforeEach
    void aRunHasEnded() throws IOException {
        Programs.ok("chmod", "755", folder.toString());
        broker = BrokerProcess.start(folder.resolve("broker"));
        Path key = folder.resolve("key");
        SharedKey.make(key);
        site =
                Heir.join(
                        new Site(fleet, Files.createDirectory(folder.resolve("one"))), broker, key);
        other =
                Heir.join(
                        new Site(fleet, Files.createDirectory(folder.resolve("two"))), broker, key);
        Program.Ended run = site.run("--broker-config", "broker.yml");
        assertThat(run.exit()).as("%s", run).isZero();
        record = Heir.runs(site).resolve(run.guid());
        // as a broker has it that comes back from its journal
        LeaseHolder.take(broker.url(), site.file("key"), run.guid()).close();
        assertThat(announced()).hasSize(1);
    }

    @AfterEach
    void end() {
        hands.forEach(hand -> hand.handle().destroyForcibly());
        hands.forEach(hand -> Waiting.until("it is gone", () -> !hand.handle().isAlive()));
        broker.close();
    }

    private List<Announcement> announced() {
        try (var leases = LeaseHolder.broker(broker.url(), site.file("key"));
                var session = leases.open()) {
            return session.announced();
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    private void hand(Site at, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of("hand", "--broker-config", "broker.yml"));
        words.addAll(List.of(more));
        Program hand = at.startCommand(words.toArray(String[]::new));
        hands.add(hand);
        ProxiedSite.await("a hand is ready", hand, () -> hand.out().contains("is ready"));
    }

    private Path mark() throws IOException {
        return Files.createFile(record.resolve("still-announced"));
    }

    private void isKnown() {
        Waiting.until(
                "the broker knows the end",
                () -> {
                    try (var leases = LeaseHolder.broker(broker.url(), site.file("key"));
                            var session = leases.open()) {
                        return session.announced().isEmpty();
                    } catch (JMSException e) {
                        return false; // a busy broker
                    }
                });
    }

    /** Who would take it over asks those who are there before. */
    @Test
    void aCandidateLearnsIt() throws IOException {
        hand(site);
        hand(other, "--take-over=eu");
        isKnown();
        assertThat(Heir.runs(other).resolve(record.getFileName())).doesNotExist();
        assertThat(hands.get(1).err()).doesNotContain("take");
        assertThat(hands.get(1).handle().isAlive()).isTrue();
    }

    @Test
    void aHandOfThatMachineTellsIt() throws IOException {
        Path mark = mark();
        hand(site);
        isKnown();
        Waiting.until("the mark is gone", () -> !Files.exists(mark));
    }

    /** The hand was there while the broker was not. */
    @Test
    void aHandTellsItWhenTheBrokerIsBack() throws IOException {
        hand(site);
        broker.kill();
        Path mark = mark();
        broker.start();
        isKnown();
        Waiting.until("the mark is gone", () -> !Files.exists(mark));
    }

    @Test
    void theNextRunOfThatMachineTellsIt() throws IOException {
        Path mark = mark();
        Program.Ended run = site.run("--broker-config", "broker.yml");
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(announced()).isEmpty();
        assertThat(mark).doesNotExist();
    }

    @Test
    void resumeTellsIt() throws IOException {
        Path mark = mark();
        Program.Ended resumed = site.command("resume", record.getFileName().toString());
        assertThat(resumed.exit()).as("%s", resumed).isZero();
        assertThat(resumed.err()).contains("the broker knows now that run ");
        assertThat(announced()).isEmpty();
        assertThat(mark).doesNotExist();
    }
}
