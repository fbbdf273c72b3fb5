package org.jetfanout.link;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.BackOff;
import org.jetfanout.machine.Daemons;
import org.jetfanout.queue.Broker;
import org.jetfanout.queue.BrokerConnections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This instance's line to the others at one broker. Thread-safe.
 *
 * <p>Nothing that it carries is durable. While the broker is away nothing can be sent; when it is
 * back, the link has a new address, and what was under way is lost.
 */
public final class Link implements AutoCloseable {
    /** Of what instances say to each other. Those of different versions do not talk. */
    public static final int VERSION = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    private static final String ALIVE = "ALIVE";
    private static final String GOODBYE = "GOODBYE";
    private static final String HELLO = "HELLO";
    private static final String HERE = "HERE";
    private static final String QUESTION = "question";

    /** The context of what an instance tells all. */
    private static final String ALL = "all";

    private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,62}");

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final long CLOSING_MILLIS = 3_000;

    /** A broker that has not delivered the last beats of this instance to itself hangs. */
    private static final int MOST_BEATS_ON_THE_WAY = 6;

    /** Until a lost connection is closed: its own threads still work on its end. */
    private static final long LOST_MILLIS = 2_000;

    private final Broker broker;
    private final SharedKey key;
    private final InstanceId me;
    private final int version;
    private final Patience patience;
    private final Presence presence;
    private final ForeignMessages foreign = new ForeignMessages();
    private final LastNumbers direct = new LastNumbers();
    private final LastNumbers broadcasts = new LastNumbers();
    private final LiveSenders live = new LiveSenders();
    private final List<Consumer<Received>> takers = new CopyOnWriteArrayList<>();
    private final List<Consumer<Received>> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> again = new CopyOnWriteArrayList<>();
    private final AtomicLong number = new AtomicLong();
    private final ScheduledExecutorService beats =
            Executors.newScheduledThreadPool(2, Daemons.named("link beat"));

    /** What this instance says to itself, which the broker never sees. */
    private final ExecutorService toMyself =
            Executors.newSingleThreadExecutor(Daemons.named("link to itself"));

    /** A peer that is full holds up no other. */
    private final ExecutorService greetings =
            Executors.newCachedThreadPool(Daemons.named("link greets"));

    // Mutable state
    private final Object changed = new Object();
    private LinkConnection connection;
    private String address;
    private int connections;
    private final AtomicInteger beatsOnTheWay = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Connects.
     *
     * @param name of this instance, for people
     */
    public static Link open(Broker broker, SharedKey key, String name) {
        return open(broker, key, name, VERSION);
    }

    /** Connects as an instance of another version. */
    static Link open(Broker broker, SharedKey key, String name, int version) {
        Link link = new Link(broker, key, InstanceId.starting(name), version);
        try {
            link.connect();
        } catch (Exception e) {
            link.close();
            // only now, because a connection with TLS costs a tenth of a second
            BrokerConnections.check(broker);
            throw new ConfigurationException(
                    "cannot use the broker " + broker + ": " + e.getMessage());
        }
        link.begin();
        return link;
    }

    private Link(Broker broker, SharedKey key, InstanceId me, int version) {
        this.broker = broker;
        this.key = key;
        this.me = me;
        this.version = version;
        patience = Patience.of(broker);
        presence = new Presence(me.id(), patience);
        presence.onGone(gone -> connected().ifPresent(now -> now.forget(gone.address())));
    }

    private void begin() {
        long millis = patience.beat().toMillis();
        List<ScheduledFuture<?>> work =
                List.of(
                        beats.scheduleWithFixedDelay(this::beat, 0, millis, TimeUnit.MILLISECONDS),
                        beats.scheduleWithFixedDelay(
                                this::look, millis, millis, TimeUnit.MILLISECONDS));
        LOG.debug("the link goes on: {}", work);
    }

    // ---- the connection

    private void connect() throws Exception {
        int count;
        synchronized (changed) {
            count = ++connections;
        }
        String mine = "jet-fanout.to." + me.id() + "." + count;
        LinkConnection next =
                new LinkConnection(broker, mine, message -> toMe(mine, message), this::toAll);
        try {
            next.onFailure(() -> lost(next));
        } catch (ActiveMQException e) {
            next.close();
            throw e;
        }
        beatsOnTheWay.set(0);
        synchronized (changed) {
            connection = next;
            address = mine;
            changed.notifyAll();
        }
        if (closed) {
            next.close();
        }
    }

    private void lost(LinkConnection which) {
        synchronized (changed) {
            if (connection != which || closed) {
                return;
            }
            connection = null;
        }
        LOG.warn("the link to other instances is down: waiting for the broker {}", broker);
        Daemons.start("link closes", () -> closeLost(which));
        Daemons.start("link reconnects", this::reconnect);
    }

    private static void closeLost(LinkConnection which) {
        try {
            which.fail();
            Thread.sleep(LOST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        which.close();
    }

    private void reconnect() {
        BackOff pauses = new BackOff(FIRST_PAUSE, LONGEST_PAUSE, RandomGenerator.getDefault());
        while (!closed) {
            try {
                connect();
                break;
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                LOG.debug("the broker {}: {}", broker, e.getMessage());
            }
            try {
                Thread.sleep(pauses.next().toMillis());
            } catch (InterruptedException e) {
                return;
            }
        }
        if (closed) {
            return;
        }
        LOG.info("the link to other instances is up again: {}", broker);
        beat();
        for (Runnable told : again) {
            try {
                told.run();
            } catch (RuntimeException e) {
                LOG.warn("after the broker came back: {}", e.toString());
            }
        }
    }

    private Optional<LinkConnection> connected() {
        synchronized (changed) {
            return Optional.ofNullable(connection);
        }
    }

    private LinkConnection needed() throws LinkException {
        return connected().orElseThrow(() -> new LinkException("the broker is away: " + broker));
    }

    /** The connection; empty where the broker stays away. */
    Optional<LinkConnection> connection(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (changed) {
            while (connection == null && !closed) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    break;
                }
                changed.wait(left);
            }
            return closed ? Optional.empty() : Optional.ofNullable(connection);
        }
    }

    // ---- who is there

    private void beat() {
        try {
            Optional<LinkConnection> now = connected();
            if (now.isEmpty() || closed) {
                return;
            }
            if (!now.get().isWhole()) {
                lost(now.get());
                return;
            }
            LinkMessage alive = new LinkMessage(ALIVE, presence.facts());
            presence.heard(new Instance(address(), me, version, alive.head()));
            now.get().tidy();
            tellAll(alive);
            if (beatsOnTheWay.incrementAndGet() > MOST_BEATS_ON_THE_WAY) {
                lost(now.get());
            }
        } catch (RuntimeException e) {
            LOG.warn("the link: {}", e.toString());
        }
    }

    private void look() {
        try {
            presence.sweep();
            connected().ifPresent(now -> now.giveUpStuck(patience.longestSend()));
        } catch (RuntimeException e) {
            LOG.warn("the link: {}", e.toString());
        }
    }

    // ---- what comes in

    private void toMe(String mine, ClientMessage message) {
        opened(message, "to " + mine)
                .filter(this::isUnderstood)
                .filter(envelope -> isNew(direct, envelope))
                .ifPresent(this::said);
    }

    private void said(Envelope envelope) {
        switch (envelope.message().kind()) {
            case HELLO -> greet(envelope.from(), HERE, envelope.message().head());
            case HERE -> {
                String answer = envelope.message().head().path(QUESTION).asText();
                // one broadcast at a time
                synchronized (live) {
                    live.answered(envelope.sender(), answer).forEach(this::told);
                }
            }
            default -> give(takers, envelope.received());
        }
    }

    private void greet(String to, String kind, JsonNode head) {
        try {
            greetings.execute(
                    () -> {
                        try {
                            send(to, new LinkMessage(kind, head));
                        } catch (LinkException e) {
                            LOG.debug("{} to {}: {}", kind, to, e.getMessage());
                        }
                    });
        } catch (RejectedExecutionException e) {
            // closed meanwhile
        }
    }

    private void toAll(ClientMessage message) {
        opened(message, ALL).filter(envelope -> !isMine(envelope)).ifPresent(this::toldBySomebody);
    }

    private void toldBySomebody(Envelope envelope) {
        synchronized (live) {
            if (envelope.version() != version || live.isLive(envelope.sender())) {
                // who speaks another version can only be shown
                told(envelope);
            } else {
                live.hold(envelope)
                        .ifPresent(
                                question ->
                                        greet(
                                                envelope.from(),
                                                HELLO,
                                                JsonNodeFactory.instance
                                                        .objectNode()
                                                        .put(QUESTION, question)));
            }
        }
    }

    /** Its own beats tell an instance that the broker works. */
    private boolean isMine(Envelope envelope) {
        boolean mine = envelope.sender().id().equals(me.id());
        if (mine && envelope.message().kind().equals(ALIVE)) {
            beatsOnTheWay.set(0);
        }
        return mine;
    }

    private void told(Envelope envelope) {
        if (!isNew(broadcasts, envelope)) {
            return;
        }
        switch (envelope.message().kind()) {
            case ALIVE ->
                    presence.heard(
                            new Instance(
                                    envelope.from(),
                                    envelope.sender(),
                                    envelope.version(),
                                    envelope.message().head()));
            case GOODBYE -> presence.goodbye(envelope.sender());
            default -> {
                if (isUnderstood(envelope)) {
                    give(listeners, envelope.received());
                }
            }
        }
    }

    Optional<Received> fromZone(String zone, ClientMessage message) {
        return opened(message, zoneQueue(zone)).filter(this::isUnderstood).map(Envelope::received);
    }

    private static void give(List<Consumer<Received>> takers, Received received) {
        // one at a time: what this instance says to itself comes by a thread of its own
        synchronized (takers) {
            for (Consumer<Received> taker : takers) {
                try {
                    taker.accept(received);
                } catch (RuntimeException e) {
                    LOG.warn("a message {} of {}", received.message().kind(), received.sender(), e);
                }
            }
        }
    }

    private Optional<Envelope> opened(ClientMessage message, String context) {
        try {
            if (message.getType() != Message.BYTES_TYPE) {
                foreign.drop("a message of a type that no instance sends");
            } else if (message.getBodySize() > Envelope.LONGEST) {
                foreign.drop("a message of " + message.getBodySize() + " bytes");
            } else {
                return Optional.of(Envelope.open(bytes(message), key, context));
            }
        } catch (ForeignMessageException e) {
            foreign.drop(e.getMessage());
        } catch (ActiveMQException | RuntimeException e) {
            foreign.drop("a message that cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    private static byte[] bytes(ClientMessage message) throws ActiveMQException {
        if (message.isLargeMessage()) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.getBodySize());
            message.saveToOutputStream(bytes);
            return bytes.toByteArray();
        }
        byte[] bytes = new byte[message.getBodyBuffer().readableBytes()];
        message.getBodyBuffer().readBytes(bytes);
        return bytes;
    }

    private boolean isUnderstood(Envelope envelope) {
        if (envelope.version() == version) {
            return true;
        }
        foreign.drop("a message: " + versions(envelope.sender().name(), envelope.version()));
        return false;
    }

    private String versions(String other, int others) {
        return "instance %s speaks version %d of the protocol, this one %d"
                .formatted(other, others, version);
    }

    private boolean isNew(LastNumbers numbers, Envelope envelope) {
        boolean fresh = numbers.isNew(envelope);
        if (!fresh) {
            foreign.drop("a message of " + envelope.sender().name() + " that came before");
        }
        return fresh;
    }

    /** How many messages were dropped, because no instance with this key can have sent them. */
    public long dropped() {
        return foreign.count();
    }

    // ---- what goes out

    /** Who this instance is. */
    public InstanceId me() {
        return me;
    }

    /** Where messages reach this instance. A new one after each outage of the broker. */
    public String address() {
        synchronized (changed) {
            return address;
        }
    }

    /** How long instances wait for each other. */
    public Patience patience() {
        return patience;
    }

    /** Who is there. */
    public Presence presence() {
        return presence;
    }

    /**
     * Sends a message to an instance. Messages to one address arrive in order. Waits while the
     * broker is full. What an instance sends to itself does not pass the broker.
     */
    public void send(String to, LinkMessage message) throws LinkException {
        if (to.equals(address())) {
            sendToMyself(to, message);
            return;
        }
        Instance other = presence.at(to);
        if (other != null && other.version() != version) {
            throw new LinkException(versions(other.id().name(), other.version()));
        }
        LinkConnection now = needed();
        send(now, now.toInstance(to), "to " + to, message);
    }

    private void sendToMyself(String to, LinkMessage message) throws LinkException {
        message.checkBody();
        try {
            toMyself.execute(() -> give(takers, new Received(to, me, message)));
        } catch (RejectedExecutionException e) {
            throw new LinkException("the link is closed");
        }
    }

    /**
     * Puts a message into the queue of a zone, for any one of those who take from it. It is gone
     * where nobody takes part in the zone.
     */
    public void toZone(String zone, LinkMessage message) throws LinkException {
        LinkConnection now = needed();
        String queue = zoneQueue(zone);
        send(now, now.toZone(queue), queue, message);
    }

    /** How many messages wait in the queue of a zone until somebody takes them. */
    public long waiting(String zone) throws LinkException {
        return needed().toZone(zoneQueue(zone)).waiting();
    }

    /** Tells all instances. Those that are not there never hear it. */
    public void tellAll(LinkMessage message) {
        try {
            LinkConnection now = needed();
            send(now, now.toAll(), ALL, message);
        } catch (LinkException e) {
            LOG.debug("not told: {}", e.getMessage());
        }
    }

    private void send(LinkConnection by, Outgoing way, String context, LinkMessage message)
            throws LinkException {
        way.send(
                () ->
                        new Envelope(version, by.address(), me, number.incrementAndGet(), message)
                                .sealed(key, context));
    }

    // ---- who takes it

    /**
     * Adds a taker of messages to this instance. Each taker gets all of them, in order, one at a
     * time, and leaves alone what is not for it. It must be quick.
     */
    public void onMessage(Consumer<Received> taker) {
        takers.add(taker);
    }

    /** Adds a taker of what others tell all, as {@link #onMessage}, by another thread. */
    public void onBroadcast(Consumer<Received> taker) {
        listeners.add(taker);
    }

    /** Takes part in a zone. Close what this returns when no more is taken. */
    public ZoneQueue zone(String zone) {
        zoneQueue(zone);
        return new ZoneQueue(this, zone);
    }

    String zoneQueue(String zone) {
        if (!ZONE.matcher(zone).matches()) {
            throw new IllegalArgumentException("no name of a zone: " + zone);
        }
        return "jet-fanout.zone." + version + "." + zone;
    }

    /** Adds whom to tell when the broker was away and is back: {@link #address} is a new one. */
    public void onAgain(Runnable told) {
        again.add(told);
    }

    /** Says goodbye. */
    @Override
    public void close() {
        LinkConnection last;
        synchronized (changed) {
            if (closed) {
                return;
            }
            closed = true;
            last = connection;
            changed.notifyAll();
        }
        beats.shutdownNow();
        greetings.shutdownNow();
        toMyself.shutdown();
        if (last != null) {
            // a broker that is full, or hangs, holds up nobody
            Thread closing =
                    Daemons.start(
                            "link closes",
                            () -> {
                                tellAll(new LinkMessage(GOODBYE, presence.facts()));
                                last.close();
                            });
            try {
                closing.join(CLOSING_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
