package org.jetfanout.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jetfanout.ConfigurationException;
import org.jetfanout.it.faults.BrokerProcess;
import org.jetfanout.queue.Broker;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances that talk over a real broker in a process of its own. */
class LinkIT {
    private static final int SIXTY_FOUR_KIB = 1 << 16;

    @TempDir private Path folder;
    private final List<Link> links = new ArrayList<>();
    private BrokerProcess broker;
    private SharedKey key;

    @BeforeEach
    void start() throws IOException {
        Path file = folder.resolve("shared.key");
        SharedKey.make(file);
        key = SharedKey.read(file);
        broker = BrokerProcess.start(folder.resolve("broker"), "block=1000000");
    }

    @AfterEach
    void stop() {
        links.forEach(Link::close);
        broker.close();
    }

    private Broker address() {
        return Broker.of(broker.url(), Map.of());
    }

    private Link open(String name) {
        return open(name, key, Link.VERSION);
    }

    private Link open(String name, SharedKey with, int version) {
        Link link = Link.open(address(), with, name, version);
        links.add(link);
        return link;
    }

    private static JsonNode head(int value) {
        return JsonNodeFactory.instance.objectNode().put("value", value);
    }

    private static LinkMessage message(int value) {
        return new LinkMessage("TEST", head(value));
    }

    private static int value(Received received) {
        return received.message().head().path("value").asInt();
    }

    private static BlockingQueue<Received> inbox(Link link) {
        BlockingQueue<Received> inbox = new LinkedBlockingQueue<>();
        link.onMessage(inbox::add);
        return inbox;
    }

    private static Received next(BlockingQueue<Received> inbox) throws InterruptedException {
        Received received = inbox.poll(3, TimeUnit.MINUTES);
        assertThat(received).isNotNull();
        return received;
    }

    private static void awaitEachOther(Link... all) {
        for (Link link : all) {
            Waiting.until(
                    link.me().name() + " sees all",
                    () -> link.presence().all().size() == all.length);
        }
    }

    private static List<String> names(Link link) {
        return link.presence().all().stream().map(one -> one.id().name()).sorted().toList();
    }

    @Test
    void messagesArriveInOrderWithHeadAndBodyAndCanBeAnswered() throws Exception {
        Link one = open("one");
        Link two = open("two");
        BlockingQueue<Received> atOne = inbox(one);
        BlockingQueue<Received> atTwo = inbox(two);
        byte[] body = new byte[SIXTY_FOUR_KIB];
        body[7] = 7;
        for (int i = 0; i < 100; i++) {
            one.send(two.address(), new LinkMessage("TEST", head(i), body));
        }
        for (int i = 0; i < 100; i++) {
            Received received = next(atTwo);
            assertThat(value(received)).isEqualTo(i);
            assertThat(received.message().kind()).isEqualTo("TEST");
            assertThat(received.message().body()).isEqualTo(body);
            assertThat(received.sender()).isEqualTo(one.me());
            assertThat(received.from()).isEqualTo(one.address());
        }
        two.send(one.address(), message(5));
        assertThat(value(next(atOne))).isEqualTo(5);
        assertThat(one.dropped() + two.dropped()).isZero();
    }

    @Test
    void theLongestHeadPassesAndALongerOneIsRefused() throws Exception {
        Link one = open("one");
        Link two = open("two");
        BlockingQueue<Received> atTwo = inbox(two);
        ObjectNode head = JsonNodeFactory.instance.objectNode();
        head.put("keys", "k".repeat(LinkMessage.LONGEST_HEAD - 100));
        one.send(two.address(), new LinkMessage("PLAN", head, new byte[LinkMessage.LONGEST_BODY]));
        assertThat(next(atTwo).message().head()).isEqualTo(head);
        head.put("more", "k".repeat(5000));
        assertThatThrownBy(() -> one.send(two.address(), new LinkMessage("PLAN", head)))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("too long");
        assertThatThrownBy(
                        () ->
                                one.send(
                                        two.address(),
                                        new LinkMessage(
                                                "DATA",
                                                head(1),
                                                new byte[LinkMessage.LONGEST_BODY + 1])))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("too long");
        one.send(two.address(), message(3));
        assertThat(value(next(atTwo))).isEqualTo(3);
    }

    @Test
    void nobodyIsThereAnyMore() throws Exception {
        Link one = open("one");
        Link two = open("two");
        awaitEachOther(one, two);
        String address = two.address();
        List<Instance> gone = new CopyOnWriteArrayList<>();
        one.presence().onGone(gone::add);
        assertThat(one.presence().isAlive(address)).isTrue();
        one.send(address, message(1));
        two.close();
        Waiting.until(
                "two said goodbye", () -> !one.presence().isAlive(address) && !gone.isEmpty());
        assertThat(gone).extracting(Instance::address).containsExactly(address);
        // it says goodbye before its queue ends
        Waiting.until("its queue is gone", () -> fails(() -> one.send(address, message(2))));
        assertThatThrownBy(() -> one.send(address, message(2)))
                .isInstanceOf(LinkException.class)
                .hasMessageContaining("nobody is at");
        assertThat(names(one)).containsExactly("one");
    }

    @Test
    void eachMessageOfAZoneGoesToOneTakerAndNoneIsHoarded() throws Exception {
        Link owner = open("owner");
        Link a = open("a");
        Link b = open("b");
        try (ZoneQueue atA = a.zone("eu");
                ZoneQueue atB = b.zone("eu");
                ZoneQueue other = b.zone("us")) {
            assertThat(atA.take(Duration.ofMillis(1))).isEmpty();
            assertThat(atB.take(Duration.ofMillis(1))).isEmpty();
            assertThat(other.take(Duration.ofMillis(1))).isEmpty();
            owner.toZone("eu", message(1));
            owner.toZone("eu", message(2));
            owner.toZone("eu", message(3));
            Waiting.until("three wait", () -> owner.waiting("eu") == 3);
            assertThat(value(atA.take(Duration.ofMinutes(1)).orElseThrow())).isEqualTo(1);
            assertThat(value(atB.take(Duration.ofMinutes(1)).orElseThrow())).isEqualTo(2);
            assertThat(value(atB.take(Duration.ofMinutes(1)).orElseThrow())).isEqualTo(3);
            assertThat(other.take(Duration.ofMillis(100))).isEmpty();
            Waiting.until("none waits", () -> owner.waiting("eu") == 0);
        }
        // nobody takes part: it does not pile up
        owner.toZone("eu", message(4));
        Waiting.until("none is left", () -> owner.waiting("eu") == 0);
    }

    @Test
    void allHearABroadcastButTheSender() throws Exception {
        Link one = open("one");
        Link two = open("two");
        Link three = open("three");
        BlockingQueue<Received> atOne = new LinkedBlockingQueue<>();
        BlockingQueue<Received> atTwo = new LinkedBlockingQueue<>();
        BlockingQueue<Received> atThree = new LinkedBlockingQueue<>();
        one.onBroadcast(atOne::add);
        two.onBroadcast(atTwo::add);
        three.onBroadcast(atThree::add);
        one.tellAll(message(9));
        assertThat(value(next(atTwo))).isEqualTo(9);
        Received received = next(atThree);
        three.send(received.from(), message(1));
        assertThat(atOne).isEmpty();
    }

    @Test
    void instancesSeeWhatOthersSayAboutThemselves() {
        Link one = open("one");
        Link two = open("two");
        AtomicInteger calls = new AtomicInteger(3);
        two.presence()
                .say(
                        () -> {
                            ObjectNode facts = JsonNodeFactory.instance.objectNode();
                            facts.putArray("zones").add("eu").add("us");
                            facts.putArray("roles").add("hand");
                            return facts.put("calls", calls.get());
                        });
        Waiting.until("two says 3", () -> calls(one) == 3);
        calls.set(4);
        Waiting.until("two says 4", () -> calls(one) == 4);
        Instance seen = two(one).orElseThrow();
        assertThat(seen.zones()).containsExactly("eu", "us");
        assertThat(seen.roles()).containsExactly("hand");
        assertThat(seen.understands()).isTrue();
    }

    private static Optional<Instance> two(Link link) {
        return link.presence().all().stream()
                .filter(one -> one.id().name().equals("two"))
                .findAny();
    }

    private static int calls(Link link) {
        return two(link).map(one -> one.facts().path("calls").asInt()).orElse(-1);
    }

    @Test
    void aSlowReaderHoldsUpItsSenderAloneAndAGoneOneHoldsUpNobody() throws Exception {
        Link sender = open("sender");
        Link slow = open("slow");
        Link quick = open("quick");
        awaitEachOther(sender, slow, quick);
        CountDownLatch free = new CountDownLatch(1);
        slow.onMessage(
                received -> {
                    try {
                        free.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        BlockingQueue<Received> atQuick = inbox(quick);
        AtomicInteger sent = new AtomicInteger();
        CompletableFuture<Exception> end = new CompletableFuture<>();
        String to = slow.address();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                while (true) {
                                    sender.send(
                                            to,
                                            new LinkMessage(
                                                    "DATA", head(1), new byte[SIXTY_FOUR_KIB]));
                                    sent.incrementAndGet();
                                }
                            } catch (LinkException e) {
                                end.complete(e);
                            }
                        });
        thread.start();
        Waiting.until(
                "the sender waits",
                () -> {
                    int before = sent.get();
                    Thread.sleep(1000);
                    return before > 0 && sent.get() == before;
                });
        // 1 MB at the broker, 1 MB at the client, and what is on the way
        assertThat(sent.get()).isLessThan(100);
        for (int i = 0; i < 50; i++) {
            sender.send(quick.address(), new LinkMessage("DATA", head(i), new byte[1 << 15]));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(value(next(atQuick))).isEqualTo(i);
        }
        assertThat(names(sender)).containsExactly("quick", "sender", "slow");
        assertThat(end).isNotDone();
        slow.close();
        assertThat(end.get(3, TimeUnit.MINUTES)).isInstanceOf(LinkException.class);
        free.countDown();
    }

    /** The reader is there, and does not read: its sender must not wait for ever. */
    @Test
    void aMessageThatTheBrokerNeverTakesIsGivenUp() throws Exception {
        Broker impatient =
                new Broker(
                        broker.url(),
                        "",
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Duration.ofSeconds(1));
        Link sender = Link.open(impatient, key, "sender");
        Link deaf = Link.open(impatient, key, "deaf");
        links.addAll(List.of(sender, deaf));
        CountDownLatch end = new CountDownLatch(1);
        deaf.onMessage(
                received -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        String to = deaf.address();
        CompletableFuture<Integer> sent =
                CompletableFuture.supplyAsync(() -> sendUntilRefused(sender, to));
        assertThat(sent.get(2, TimeUnit.MINUTES)).isPositive();
        end.countDown();
    }

    private static int sendUntilRefused(Link sender, String to) {
        int sent = 0;
        try {
            while (true) {
                sender.send(to, new LinkMessage("DATA", head(1), new byte[SIXTY_FOUR_KIB]));
                sent++;
            }
        } catch (LinkException e) {
            return sent;
        }
    }

    /** The defaults for queues remove messages, or hold them back. */
    @Test
    void aBrokerWhoseSettingsHinder() throws Exception {
        broker.close();
        broker = BrokerProcess.start(folder.resolve("hostile"), "hostile=yes");
        Link one = open("one");
        Link two = open("two");
        awaitEachOther(one, two);
        BlockingQueue<Received> atTwo = inbox(two);
        BlockingQueue<Received> fromZone = new LinkedBlockingQueue<>();
        for (int i = 0; i < 50; i++) {
            one.send(two.address(), message(i));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(value(next(atTwo))).isEqualTo(i);
        }
        try (ZoneQueue zone = two.zone("eu")) {
            assertThat(zone.take(Duration.ofMillis(1))).isEmpty(); // it is there
            for (int i = 0; i < 3; i++) {
                one.toZone("eu", message(i));
            }
            Waiting.until(
                    "all three come",
                    () -> {
                        zone.take(Duration.ofSeconds(1)).ifPresent(fromZone::add);
                        return fromZone.size() == 3;
                    });
        }
    }

    @Test
    void whenTheBrokerComesBackEachHasANewAddressAndGoesOn() throws Exception {
        Link one = open("one");
        Link two = open("two");
        awaitEachOther(one, two);
        BlockingQueue<Received> atTwo = inbox(two);
        CountDownLatch again = new CountDownLatch(2);
        one.onAgain(again::countDown);
        two.onAgain(again::countDown);
        String before = two.address();
        try (ZoneQueue zone = two.zone("eu")) {
            assertThat(zone.take(Duration.ofMillis(1))).isEmpty();
            broker.kill();
            Waiting.until("one notices", () -> fails(() -> one.send(before, message(1))));
            assertThat(fails(() -> one.toZone("eu", message(1)))).isTrue();
            assertThat(zone.take(Duration.ofMillis(300))).isEmpty();
            broker.forget();
            broker.start();
            assertThat(again.await(2, TimeUnit.MINUTES)).isTrue();
            assertThat(two.address()).isNotEqualTo(before);
            Waiting.until("one sees two", () -> one.presence().isAlive(two.address()));
            assertThat(one.presence().isAlive(before)).isFalse();
            one.send(two.address(), message(2));
            assertThat(value(next(atTwo))).isEqualTo(2);
            assertThat(zone.take(Duration.ofMillis(1))).isEmpty();
            one.toZone("eu", message(3));
            assertThat(value(zone.take(Duration.ofMinutes(1)).orElseThrow())).isEqualTo(3);
            assertThat(one.dropped() + two.dropped()).isZero();
        }
    }

    private interface Sending {
        void send() throws LinkException;
    }

    private static boolean fails(Sending sending) {
        try {
            sending.send();
            return false;
        } catch (LinkException e) {
            return true;
        }
    }

    @Test
    void aBrokerThatHangsIsLeft() throws Exception {
        Link one = open("one");
        Link two = open("two");
        awaitEachOther(one, two);
        CountDownLatch again = new CountDownLatch(2);
        one.onAgain(again::countDown);
        two.onAgain(again::countDown);
        broker.pause();
        Waiting.until("one notices", () -> fails(() -> one.send(two.address(), message(1))));
        Waiting.until("two notices", () -> fails(() -> two.send(one.address(), message(1))));
        broker.unpause();
        assertThat(again.await(2, TimeUnit.MINUTES)).isTrue();
        awaitEachOther(one, two);
        BlockingQueue<Received> atTwo = inbox(two);
        one.send(two.address(), message(2));
        assertThat(value(next(atTwo))).isEqualTo(2);
    }

    @Test
    void instancesOfAnotherKeyDoNotUnderstandEachOther() throws Exception {
        Path file = folder.resolve("other.key");
        SharedKey.make(file);
        Link one = open("one");
        Link two = open("two", SharedKey.read(file), Link.VERSION);
        BlockingQueue<Received> atTwo = inbox(two);
        one.send(two.address(), message(1));
        Waiting.until("both have dropped some", () -> one.dropped() > 0 && two.dropped() > 1);
        assertThat(atTwo).isEmpty();
        assertThat(names(one)).containsExactly("one");
        assertThat(names(two)).containsExactly("two");
    }

    private InstanceId sender(BytesMessage message) throws Exception {
        byte[] bytes = new byte[(int) message.getBodyLength()];
        message.readBytes(bytes);
        message.reset();
        return Envelope.open(bytes, key, "all").sender();
    }

    /** Somebody with a login at the broker, but without the key. */
    @Test
    void whatOthersPutIntoTheQueuesIsDroppedAndReplaysToo() throws Exception {
        Link one = open("one");
        Link two = open("two");
        awaitEachOther(one, two);
        BlockingQueue<Received> atOne = inbox(one);
        BlockingQueue<Received> told = new LinkedBlockingQueue<>();
        one.onBroadcast(told::add);
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(broker.url());
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                ZoneQueue zone = one.zone("eu")) {
            assertThat(zone.take(Duration.ofMillis(1))).isEmpty();
            connection.start();
            MessageConsumer spy = session.createConsumer(session.createTopic("jet-fanout.all"));
            two.tellAll(message(7));
            assertThat(value(next(told))).isEqualTo(7);
            two.send(one.address(), message(8));
            assertThat(value(next(atOne))).isEqualTo(8);
            // of the other: it does not count its own
            BytesMessage beat = (BytesMessage) spy.receive(60_000);
            while (sender(beat).equals(one.me())) {
                beat = (BytesMessage) spy.receive(60_000);
            }
            Thread.sleep(2 * one.patience().beat().toMillis());
            long before = one.dropped();
            List<Destination> queues =
                    List.of(
                            session.createQueue(one.address()),
                            session.createQueue("jet-fanout.zone.2.eu"),
                            session.createTopic("jet-fanout.all"));
            for (Destination queue : queues) {
                MessageProducer producer = session.createProducer(queue);
                producer.send(session.createTextMessage("rm -rf /"));
                producer.send(session.createMessage());
                producer.send(session.createMapMessage());
                producer.send(session.createObjectMessage("x"));
                for (int length : new int[] {0, 1, 43, 44, 1000, 1 << 20, 1 << 23}) {
                    BytesMessage bytes = session.createBytesMessage();
                    bytes.writeBytes(new byte[length]);
                    producer.send(bytes);
                }
                // what an instance has sent before, to another place or to the same
                producer.send(beat);
            }
            Waiting.until(
                    "all are dropped",
                    () -> {
                        assertThat(zone.take(Duration.ofMillis(100))).isEmpty();
                        return one.dropped() == before + 3 * 12;
                    });
            two.toZone("eu", message(9));
            assertThat(value(zone.take(Duration.ofMinutes(1)).orElseThrow())).isEqualTo(9);
            two.send(one.address(), message(10));
            assertThat(value(next(atOne))).isEqualTo(10);
            two.tellAll(message(11));
            assertThat(value(next(told))).isEqualTo(11);

            // two ends; an instance that never knew it does not believe that it is there
            two.close();
            Link three = open("three");
            BlockingQueue<Received> atThree = new LinkedBlockingQueue<>();
            three.onBroadcast(atThree::add);
            MessageProducer replay = session.createProducer(queues.get(2));
            for (Message kept = beat; kept != null; kept = spy.receive(200)) {
                replay.send(kept);
                if (three.presence().silence(three.me()).isPresent()
                        && three.presence().all().size() == 2) {
                    break;
                }
            }
            one.tellAll(message(12));
            assertThat(value(next(atThree))).isEqualTo(12);
            assertThat(names(three)).containsExactly("one", "three");
            assertThat(atThree).isEmpty();
        }
    }

    @Test
    void whatAnInstanceSaysToItselfPassesNoBroker() throws Exception {
        Link one = open("one");
        BlockingQueue<Received> atOne = new LinkedBlockingQueue<>();
        one.onMessage(atOne::add);
        broker.close();
        one.send(one.address(), message(1));
        one.send(one.address(), message(2));
        assertThat(value(next(atOne))).isEqualTo(1);
        Received second = next(atOne);
        assertThat(value(second)).isEqualTo(2);
        assertThat(second.sender()).isEqualTo(one.me());
        assertThat(second.from()).isEqualTo(one.address());
    }

    @Test
    void instancesOfTwoVersionsSeeEachOtherButDoNotTalk() throws Exception {
        Link one = open("one");
        Link two = open("two", key, Link.VERSION + 1);
        awaitEachOther(one, two);
        assertThat(two(one).orElseThrow().understands()).isFalse();
        assertThatThrownBy(() -> one.send(two.address(), message(1)))
                .isInstanceOf(LinkException.class)
                .hasMessage("instance two speaks version 3 of the protocol, this one 2");
        BlockingQueue<Received> atOne = new LinkedBlockingQueue<>();
        one.onBroadcast(atOne::add);
        two.tellAll(message(2));
        Waiting.until("one has dropped it", () -> one.dropped() == 1);
        assertThat(atOne).isEmpty();
        try (ZoneQueue taking = two.zone("eu")) {
            assertThat(taking.take(Duration.ofMillis(1))).isEmpty();
            one.toZone("eu", message(1));
            assertThat(taking.take(Duration.ofMillis(200))).isEmpty();
        }
    }

    @Test
    void aBrokerThatIsNotThere() {
        broker.kill();
        assertThatThrownBy(() -> open("one"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("refused the connection");
    }
}
