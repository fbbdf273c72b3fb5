package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jetfanout.link.Link;
import org.jetfanout.link.OtherVersion;
import org.jetfanout.link.SharedKey;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three instances at one broker, and what can happen to each of them, and between them. */
@Order(1) // takes long: begins first
class HandFaultsIT extends InstanceFaults {
    @RegisterExtension static final Fleet fleet = Fleet.start(144, WORKERS);

    @TempDir private static Path shared;
    private static BrokerProcess theBroker;
    private static Counting counting;

    @BeforeAll
    static void startBroker() throws IOException {
        counting = Counting.held(fleet, Instances.LINES);
        theBroker = BrokerProcess.start(shared.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        theBroker.close();
    }

    @BeforeEach
    void start() throws IOException {
        begin(fleet, counting, theBroker);
    }

    /** Its calls go to the other; when it goes on, it disturbs nobody. */
    @Test
    void aHandIsStoppedForLongerThanItIsWaitedFor() throws IOException {
        Instances.Instance one = instances.hand("one", broker.port(), "--threads", "2");
        instances.hand("two", broker.port());
        Instances.Instance owner = instances.run(broker.port(), "--no-local");
        instances.held(owner);
        int before = instances.logins();
        one.program().signal("STOP");
        Instances.pause(Instances.LONG);
        instances.letGo();
        one.program().signal("CONT");
        instances.wholeAndOnce(owner);
        // calls of the stopped one were given to another, and on a busy machine some of that one
        assertThat(instances.logins() - before).isBetween(0, 5 * WORKERS);
    }

    @Test
    void theOwnerIsStoppedForLongerThanItIsWaitedFor() throws IOException {
        instances.hand("one", broker.port());
        Instances.Instance owner = instances.run(broker.port(), "--no-local");
        instances.held(owner);
        int before = instances.logins();
        owner.program().signal("STOP");
        Instances.pause(Instances.LONG);
        owner.program().signal("CONT");
        instances.letGo();
        instances.wholeAndOnce(owner);
        assertThat(instances.logins() - before).isBetween(0, 5 * WORKERS);
    }

    /** Of two hands that would take it over, one does; everybody finds the run there. */
    @Test
    void theOwnerIsKilledAndAnotherInstanceTakesTheRunOver() throws IOException {
        instances.hand("one", broker.port());
        instances.hand("heir", broker.port(), "--take-over");
        instances.hand("second", broker.port(), "--take-over");
        Instances.Instance owner = instances.run(broker.port(), "--no-local");
        instances.held(owner);
        owner.kill();
        Waiting.until("another has the run", () -> instances.heirs().size() == 1);
        instances.letGo();
        Path record = instances.heirs().get(0);
        instances.wholeAndOnceAt(record);
        Program.Ended status =
                instances
                        .start(
                                "asker",
                                List.of(
                                        "status",
                                        "--broker-config",
                                        instances.site().file("one.broker.yml").toString(),
                                        instances.guid()))
                        .end();
        assertThat(status.exit()).as("%s", status).isZero();
        assertThat(status.out()).contains("12 hosts");
    }

    /** Who loses the broker. */
    enum Cut {
        OWNER,
        HAND
    }

    /** First by a reset, then by silence that is longer than it is waited for. */
    @ParameterizedTest
    @EnumSource
    void aPartition(Cut cut) throws IOException {
        Instances.Instance one = instances.hand("one", broker.port());
        Instances.Instance owner = instances.run(broker.port(), "--no-local");
        instances.held(owner);
        Instances.Instance cutOff = cut == Cut.OWNER ? owner : one;
        cutOff.broker().reset();
        Instances.pause(Duration.ofSeconds(2));
        cutOff.broker().blackHole();
        Instances.pause(Instances.LONG);
        cutOff.broker().heal();
        instances.letGo();
        instances.wholeAndOnce(owner);
    }

    /** Neither is heard, nor given anything; of the one with our key, the run says why. */
    @Test
    @SuppressWarnings("try") // it is only there to be heard
    void anotherKeyAndAnotherVersion() throws IOException {
        SharedKey.make(folder.resolve("other.key"));
        Instances.Instance stranger = instances.stranger("stranger", broker.port(), "other.key");
        try (Link newer =
                OtherVersion.hand(
                        broker.url(), folder.resolve("shared.key"), "newer", Set.of("default"))) {
            instances.site().setting("reconnect_timeout", "1s");
            Instances.Instance owner = instances.run(broker.port(), "--no-local");
            Program.Ended ended = owner.program().end();
            assertThat(ended.exit()).as("%s", ended).isEqualTo(4);
            assertThat(ended.err())
                    .contains(
                            "no hand serves zone default",
                            "newer, which speaks version 3, and this one 2")
                    .doesNotContain("stranger");
        }
        assertThat(instances.logins()).isZero();
        assertThat(stranger.program().handle().isAlive()).isTrue();
    }

    /**
     * The hand that a run is itself ends with its run, and waits for nobody: what it has of other
     * runs goes to other hands.
     */
    @Test
    void aRunThatIsAHandForAnotherOneIsCancelled() throws IOException {
        Instances.Instance other = instances.another(broker.port());
        Instances.Instance owner = instances.run(broker.port(), "--no-local");
        instances.held(owner);
        other.program().signal("TERM");
        Program.Ended cancelled = other.program().end();
        assertThat(cancelled.exit()).as("%s", cancelled).isEqualTo(130);
        instances.hand("two", broker.port());
        instances.letGo();
        instances.wholeAndOnce(owner);
    }
}
