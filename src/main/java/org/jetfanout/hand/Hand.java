package org.jetfanout.hand;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jetfanout.link.Instance;
import org.jetfanout.link.Link;
import org.jetfanout.link.Received;
import org.jetfanout.link.ZoneQueue;
import org.jetfanout.machine.Daemons;
import org.jetfanout.ssh.SshConnections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out calls of other instances, and of this one, as long as it has free threads: the hand's
 * side. It logs in with its own keys and reads its own ssh_config and known_hosts. Thread-safe.
 */
public final class Hand implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hand.class);

    /** Each look into a queue costs two messages to the broker and two back. */
    private static final Duration TAKE = Duration.ofSeconds(10);

    /** Between tries, where a call could not be taken. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private final Link link;
    private final SshConnections ssh;

    /** An owner that is back so soon keeps its calls. */
    private final Duration ownerAway;

    private final Set<String> zones;
    private final int threads;
    private final Semaphore free;
    private final Map<String, HandledCall> calls = new ConcurrentHashMap<>();
    private final ExecutorService workers = Executors.newCachedThreadPool(Daemons.numbered("hand"));

    /** One may have to wait for a broker that is full. */
    private final ScheduledExecutorService clock =
            new ScheduledThreadPoolExecutor(2, Daemons.numbered("hand-clock"));

    // Mutable state
    private final List<Thread> takers = new ArrayList<>();
    private volatile boolean draining;

    /**
     * @param ssh its connections; whoever made them closes them
     * @param zones that it serves
     * @param threads how many calls it carries out at a time
     */
    public Hand(Link link, SshConnections ssh, Set<String> zones, int threads) {
        this.link = link;
        this.ssh = ssh;
        this.ownerAway = link.patience().silence();
        this.zones = Set.copyOf(zones);
        this.threads = threads;
        this.free = new Semaphore(threads, true);
    }

    /** Begins to take calls. */
    public synchronized void begin() {
        link.onMessage(this::hear);
        link.onAgain(() -> later(() -> endAll("the broker was away")));
        link.presence().onGone(this::gone);
        link.presence().say(this::facts);
        long rolling = ownerAway.toMillis();
        List<Future<?>> work =
                List.of(
                        clock.scheduleWithFixedDelay(
                                this::roll, rolling, rolling, TimeUnit.MILLISECONDS),
                        clock.scheduleWithFixedDelay(
                                this::look, rolling, rolling, TimeUnit.MILLISECONDS));
        LOG.debug("telling owners which calls there are: {}", work);
        for (String zone : new TreeSet<>(zones)) {
            Thread taker = Daemons.numbered("hand-zone-" + zone).newThread(() -> take(zone));
            takers.add(taker);
            taker.start();
        }
    }

    /** How many calls it carries out now. */
    public int calls() {
        return calls.size();
    }

    private ObjectNode facts() {
        ObjectNode facts = SentMessages.head();
        ArrayNode served = facts.putArray("zones");
        if (!draining) {
            new TreeSet<>(zones).forEach(served::add);
        }
        return facts.put("calls", calls.size()).put("threads", threads);
    }

    private void take(String zone) {
        try (ZoneQueue queue = link.zone(zone)) {
            while (!draining) {
                free.acquire();
                boolean taken = false;
                try {
                    Optional<Received> offer = draining ? Optional.empty() : queue.take(TAKE);
                    taken = offer.isPresent() && begin(offer.get());
                } catch (RuntimeException e) { // whatever was sent, the others go on
                    LOG.warn("zone {}: {}", zone, e.toString());
                    Thread.sleep(PAUSE.toMillis());
                } finally {
                    if (!taken) {
                        free.release();
                    }
                }
            }
            Thread.interrupted(); // it would hinder the session from being closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it begins a call. */
    private boolean begin(Received offer) {
        String id = offer.message().head().path("call").asText("");
        if (CallWord.of(offer.message().kind()).orElse(null) != CallWord.CALL
                || !ID.matcher(id).matches()) {
            LOG.debug("what {} has put into a queue is no call", offer.sender().name());
            return false;
        }
        HandledCall call = new HandledCall(id, offer, link, ssh, workers, () -> done(id));
        if (calls.putIfAbsent(id, call) != null) {
            return false;
        }
        workers.execute(call);
        return true;
    }

    private synchronized void done(String id) {
        calls.remove(id);
        free.release();
        notifyAll();
    }

    /** Closing connections may take some time, which the thread of the link has not. */
    private void later(Runnable task) {
        workers.execute(task);
    }

    private void hear(Received received) {
        Optional<CallWord> known = CallWord.of(received.message().kind());
        if (known.isEmpty() || known.get().isOfHand()) {
            return;
        }
        Fields head = new Fields(received.message().head());
        if (known.get() == CallWord.OWNER_ROLL) {
            Map<String, Long> sent = CallRoll.read(head);
            for (HandledCall call : calls.values()) {
                Long number = sent.get(call.id());
                call.listed(
                        received, number == null ? OptionalLong.empty() : OptionalLong.of(number));
            }
            return;
        }
        String id = head.line("call");
        HandledCall call = calls.get(id);
        if (call != null) {
            call.hear(received, known.get(), head);
        } else if (known.get() == CallWord.GO) {
            later(() -> HandledCall.refuseLate(link, received, id));
        }
    }

    private void gone(Instance instance) {
        String address = instance.address();
        Future<?> look =
                clock.schedule(
                        () -> {
                            if (!link.presence().isAlive(address)) {
                                closeCallsOf(address);
                            }
                        },
                        ownerAway.toMillis(),
                        TimeUnit.MILLISECONDS);
        LOG.debug("owner {} may be gone: {}", instance.id().name(), look);
    }

    private void closeCallsOf(String owner) {
        for (HandledCall call : calls.values()) {
            if (call.owner().equals(owner)) {
                call.close();
            }
        }
    }

    private void look() {
        if (link.presence().isAlive(link.address())) { // else nobody can be heard
            calls.values().forEach(HandledCall::look);
        }
    }

    private void roll() {
        Map<String, ObjectNode> rolls = new HashMap<>();
        for (HandledCall call : calls.values()) {
            CallRoll.add(rolls, call.owner(), call.id(), call.sent());
        }
        CallRoll.send(link, CallWord.HAND_ROLL, rolls);
    }

    private void endAll(String why) {
        calls.values().forEach(call -> call.stop(why));
    }

    /**
     * Takes no more calls, and waits for those that it has. Then it ends what is left: their owners
     * call other hands.
     *
     * @return whether all of them ended by themselves
     */
    public boolean drain(Duration longest) throws InterruptedException {
        draining = true;
        for (Thread taker : List.copyOf(takers)) {
            taker.interrupt();
            taker.join(2 * PAUSE.toMillis());
        }
        boolean ended = awaitNone(longest);
        endAll("hand " + link.me().name() + " is stopping");
        awaitNone(ownerAway);
        return ended;
    }

    private synchronized boolean awaitNone(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        long left = longest.toNanos();
        while (!calls.isEmpty() && left > 0) {
            wait(Math.max(1, left / 1_000_000));
            left = end - System.nanoTime();
        }
        return calls.isEmpty();
    }

    /** Ends all calls at once. */
    @Override
    public void close() {
        draining = true;
        for (Thread taker : takers) {
            taker.interrupt();
        }
        endAll("hand " + link.me().name() + " is stopping");
        try {
            awaitNone(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clock.shutdownNow();
        workers.shutdownNow();
    }
}
