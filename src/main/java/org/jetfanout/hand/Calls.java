package org.jetfanout.hand;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetfanout.link.Instance;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkException;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.link.Received;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.RandomId;
import org.jetfanout.ssh.WorkerUnreachableException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that this instance makes: the owner's side. Hands carry them out, in the zone of each
 * worker. Thread-safe.
 */
public final class Calls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Before a call is offered again to hands that lack its keys. */
    private static final Duration KEYS_PAUSE = Duration.ofSeconds(1);

    /** So many times at least, because another hand may be about to come. */
    private static final int KEYS_TRIES = 3;

    private static final int THREADS = 4;

    /** After that such a thread ends. */
    private static final Duration IDLE = Duration.ofSeconds(5);

    /** Answers that are not sent before these are forgotten: the others notice without them. */
    private static final int MOST_ANSWERS = 10_000;

    /** A command that has said all ends by itself within this time, or else is closed. */
    private static final Duration ENDING = Duration.ofSeconds(1);

    private final Link link;

    /** Calls that nobody reads any more: how to close them if their commands do not end. */
    private final Map<String, Runnable> ending = new ConcurrentHashMap<>();

    private final Map<String, Call> calls = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock;
    private final ThreadPoolExecutor answers;

    // Mutable state
    /** Counts the outages of the broker: a call in a queue is gone after one. */
    private final AtomicInteger outages = new AtomicInteger();

    /** Nothing is sent before the first call. */
    public Calls(Link link) {
        this.link = link;
        // one may have to wait for a broker that is full
        this.clock = new ScheduledThreadPoolExecutor(2, Daemons.numbered("calls"));
        this.answers =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        IDLE.toSeconds(),
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(MOST_ANSWERS),
                        Daemons.numbered("calls-answer"),
                        (task, pool) -> LOG.debug("too many answers to hands are waiting"));
        answers.allowCoreThreadTimeOut(true);
        link.onMessage(this::hear);
        link.onAgain(this::again);
        link.presence().onGone(this::gone);
        long rolling = link.patience().silence().toMillis();
        List<Future<?>> work =
                List.of(
                        clock.scheduleWithFixedDelay(
                                this::roll, rolling, rolling, TimeUnit.MILLISECONDS),
                        clock.scheduleWithFixedDelay(
                                this::look, rolling, rolling, TimeUnit.MILLISECONDS));
        LOG.debug("telling hands which calls there are: {}", work);
    }

    /**
     * Has a command carried out by a hand of its zone, and returns once it runs. It waits without
     * end while all hands of the zone are busy, but not for the first hand to come.
     *
     * @param stdin of the command; empty where it gets none. It is closed in any case
     * @param guard what the worker may do with the hand's agent; empty where it gets none
     * @param waiting follows the call until it runs
     * @throws WorkerUnreachableException for every error, as the ssh component throws it
     */
    public Call open(
            CallSpec spec,
            Optional<InputStream> stdin,
            Optional<GuardPolicy> guard,
            CallWait waiting) {
        Call opened = null;
        try {
            opened = opened(spec, stdin, guard, waiting);
            return opened;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HandSearch(link, spec).failure(Cause.LOST, "interrupted");
        } finally {
            if (opened == null) {
                stdin.ifPresent(Call::closeQuietly);
            }
        }
    }

    private Call opened(
            CallSpec spec,
            Optional<InputStream> stdin,
            Optional<GuardPolicy> guard,
            CallWait waiting)
            throws InterruptedException {
        HandSearch search = new HandSearch(link, spec);
        Set<String> lacking = new HashSet<>();
        for (int tries = 1; ; tries++) {
            String id = RandomId.next();
            Call call = new Call(id, spec, stdin, guard, this, link);
            calls.put(id, call);
            boolean open = false;
            try {
                search.run(call, waiting, outages::get);
                waiting.ended();
                order(call, search);
                while (!call.awaitOpen(LOOK)) {
                    if (waiting.isOver()) {
                        throw search.failure(Cause.LOST, "closed before the command ran");
                    }
                }
                open = call.lacks().isEmpty();
            } finally {
                if (!open) {
                    call.abandon();
                }
            }
            if (open) {
                return call;
            }
            lacking.add(call.takenBy());
            if (tries >= KEYS_TRIES && search.hands().stream().allMatch(lacking::contains)) {
                throw WorkerUnreachableException.told(Cause.CHANNEL, call.lacks());
            }
            waiting.on("waits for a hand with the keys for hosts: " + call.lacks());
            Thread.sleep(KEYS_PAUSE.toMillis());
        }
    }

    private static void order(Call call, HandSearch search) {
        try {
            call.order();
        } catch (LinkException e) {
            // it may have been sent
            throw search.failure(Cause.LOST, e.getMessage());
        }
    }

    /** How many calls there are now. */
    public int count() {
        return calls.size();
    }

    /** Does this soon, on another thread: it may wait for the broker. */
    void later(Runnable task) {
        answers.execute(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        LOG.warn("the answer to a hand failed: {}", e.toString());
                    }
                });
    }

    /** Nobody reads it any more, and its command is about to end: usually nothing is to be said. */
    void closeUnlessEnded(String call, SentMessages to) {
        ending.put(call, to::sendClose);
        try {
            // it throws nothing that anybody waits for
            var unused =
                    clock.schedule(
                            () -> later(() -> closeIfEnding(call)),
                            ENDING.toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            closeIfEnding(call);
        }
    }

    private void closeIfEnding(String call) {
        Runnable closing = ending.remove(call);
        if (closing != null) {
            closing.run();
        }
    }

    void forget(Call call) {
        calls.remove(call.id());
    }

    private void hear(Received received) {
        Optional<CallWord> known = CallWord.of(received.message().kind());
        if (known.isEmpty() || !known.get().isOfHand()) {
            return;
        }
        CallWord word = known.get();
        Fields head = new Fields(received.message().head());
        if (word == CallWord.HAND_ROLL) {
            listed(received, head);
            return;
        }
        String id = head.line("call");
        Call call = calls.get(id);
        if (word == CallWord.END) {
            ending.remove(id);
        }
        if (word == CallWord.TAKEN) {
            if (call == null || !call.take(received)) {
                answer(received, id, CallWord.NO);
            }
        } else if (call != null) {
            call.hear(received, word, head);
        } else if (word == CallWord.OPENED) {
            answer(received, id, CallWord.CLOSE); // what else comes, the rolls end
        }
    }

    private void answer(Received received, String call, CallWord word) {
        later(
                () -> {
                    try {
                        link.send(
                                received.from(),
                                new LinkMessage(
                                        word.name(), SentMessages.head().put("call", call)));
                    } catch (LinkException e) {
                        LOG.debug("{} to {}: {}", word, received.sender().name(), e.toString());
                    }
                });
    }

    private void listed(Received roll, Fields head) {
        Map<String, Long> sent = CallRoll.read(head);
        for (Call call : calls.values()) {
            Long number = sent.get(call.id());
            call.listed(roll, number == null ? OptionalLong.empty() : OptionalLong.of(number));
        }
    }

    private void gone(Instance instance) {
        for (Call call : calls.values()) {
            if (call.peer().filter(instance.address()::equals).isPresent()) {
                call.lose("hand " + instance.id().name() + " is gone");
            }
        }
    }

    /** The broker was away, and whatever was under way is lost. */
    private void again() {
        outages.incrementAndGet();
        for (Call call : calls.values()) {
            if (call.peer().isPresent()) {
                call.lose("the broker was away");
            }
        }
    }

    private void look() {
        if (link.presence().isAlive(link.address())) { // else nobody can be heard
            calls.values().forEach(call -> call.look(link.patience().silence()));
        }
    }

    private void roll() {
        Map<String, ObjectNode> rolls = new HashMap<>();
        for (Call call : calls.values()) {
            call.peer().ifPresent(hand -> CallRoll.add(rolls, hand, call.id(), call.sent()));
        }
        CallRoll.send(link, CallWord.OWNER_ROLL, rolls);
    }

    /** Closes all calls. */
    @Override
    public void close() {
        calls.values().forEach(Call::close);
        clock.shutdownNow();
        ending.keySet().forEach(call -> later(() -> closeIfEnding(call)));
        answers.shutdown();
        try {
            answers.awaitTermination(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
