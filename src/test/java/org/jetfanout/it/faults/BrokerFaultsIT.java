package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.jetfanout.testkit.Fleet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances at one broker, and what can happen to it. */
@Order(1) // takes long: begins first
class BrokerFaultsIT extends InstanceFaults {
    @RegisterExtension static final Fleet fleet = Fleet.start(158, WORKERS);

    private static Counting counting;

    @BeforeAll
    static void makeRunner() throws IOException {
        counting = Counting.held(fleet, Instances.LINES);
    }

    @BeforeEach
    void start() throws IOException {
        begin(fleet, counting, BrokerProcess.start(folder.resolve("broker")));
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theBrokerIsKilledAndComesBack(boolean withItsMessages) throws IOException {
        instances.hand("one", broker.port());
        Instances.Instance owner = instances.run(broker.port());
        instances.held(owner);
        broker.kill();
        if (!withItsMessages) {
            broker.forget();
        }
        Instances.pause(Duration.ofSeconds(2));
        broker.start();
        instances.letGo();
        instances.wholeAndOnce(owner);
    }

    @Test
    void theBrokerIsStoppedForLongerThanItIsWaitedFor() throws IOException {
        instances.hand("one", broker.port());
        Instances.Instance owner = instances.run(broker.port(), "--no-local");
        instances.held(owner);
        broker.pause();
        Instances.pause(Instances.LONG);
        broker.unpause();
        instances.letGo();
        instances.wholeAndOnce(owner);
    }

    /** What others put into the queues is dropped; what they take out is sent again. */
    @Test
    void poisonedAndPurged() throws Exception {
        instances.hand("one", broker.port(), "--threads", "2");
        Instances.Instance owner = instances.run(broker.port(), "--no-local");
        ProxiedSite.await("two jobs run", owner.program(), () -> instances.logins() >= 2);
        try (QueueClient client = QueueClient.of(broker.url(), "jet-fanout.zone.2.default")) {
            client.manage("removeAllMessages");
            client.send(session -> session.createTextMessage("0002"));
            client.send(session -> session.createObjectMessage("0002"));
            client.send(QueueClient::bytes);
            client.send(QueueClient::map);
            client.send(session -> session.createTextMessage("x".repeat(20 << 20)));
            client.manage("removeAllMessages");
            client.send(QueueClient::bytes);
        }
        instances.hand("two", broker.port());
        instances.held(owner);
        instances.letGo();
        instances.wholeAndOnce(owner);
    }

    @Test
    void aBrokerThatIsFullForAWhile() throws Exception {
        instances.hand("one", broker.port());
        Instances.Instance owner = instances.run(broker.port());
        instances.held(owner);
        broker.kill();
        broker.startFull();
        Instances.pause(Duration.ofSeconds(3));
        instances.letGo();
        Instances.pause(Duration.ofSeconds(3));
        broker.kill();
        broker.start();
        instances.wholeAndOnce(owner);
    }

    /** Its defaults for queues remove messages or hold them back, and it is slow to give back. */
    @Test
    void aBrokerWhoseSettingsHinder() throws IOException {
        try (BrokerProcess hostile =
                BrokerProcess.start(folder.resolve("hostile"), "hostile=yes", "redelivery=30000")) {
            instances.hand("one", hostile.port());
            Instances.Instance owner = instances.run(hostile.port());
            instances.held(owner);
            instances.letGo();
            assertThat(instances.wholeAndOnce(owner).complaints())
                    .anyMatch(line -> line.contains("(redelivery-delay of jet-fanout.#)"));
        }
    }
}
