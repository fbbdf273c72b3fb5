package org.jetfanout.dispatch;

import jakarta.jms.JMSException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jetfanout.machine.Daemons;
import org.jetfanout.machine.SteadyTime;
import org.jetfanout.queue.Queue;
import org.jetfanout.queue.QueueContents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after batches that no thread has taken from the queue. If the broker is down, it waits for
 * a limited time. A batch that is no longer in the queue and was not taken by this run is queued
 * again: the broker lost it, or it expired, was purged, or another consumer took it. A batch that
 * arrives twice does no harm. If a batch cannot be queued, the run ends instead of waiting forever.
 * Batches that threads already work on need no broker. For one thread; a second thread does what
 * may have to wait for the broker.
 */
public final class QueueWatch {
    private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);

    private static final Duration MOST_BETWEEN_LOOKS = Duration.ofSeconds(5);
    private static final Duration LEAST_BETWEEN_LOOKS = Duration.ofSeconds(1);

    /** The least time that a broker may refuse messages, where its patience is shorter. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(10);

    /** The longest time to wait for the broker while the run is being cancelled. */
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(10);

    /**
     * A broker inside this process gets no answer out while the machine is overloaded or memory is
     * scarce: then all of the run is slow, and ending it would help nobody.
     */
    private static final Duration OWN_PATIENCE = Duration.ofMinutes(10);

    /** A batch that disappears this many times is given up. */
    private static final int MOST_TIMES = 3;

    /** So many batches are queued again before the broker counts as one that answers. */
    private static final int SENT_AT_ONCE = 50;

    private final Queue queue;
    private final String name;
    private final Duration patience;
    private final Consumer<Set<String>> send;
    private final InstantSource clock;
    private final Executor aside;
    private final Duration betweenLooks;

    // Mutable state
    private final AtomicBoolean due = new AtomicBoolean();

    /** What the second thread does now, and since when; null while it does nothing. */
    private final AtomicReference<Task> task = new AtomicReference<>();

    /** Since when another thread queues batches for the first time; null while it does not. */
    private volatile Task sending;

    private volatile Instant nextLook = Instant.MIN;
    private volatile String verdict;

    /** The batches that were missing at the last check. Only the second thread uses this. */
    private Set<String> suspected = Set.of();

    /** Batches that are about to be queued again, so that they cannot be in the queue yet. */
    private final Set<String> goingBack = ConcurrentHashMap.newKeySet();

    /** When some of those were queued last, or there were none. */
    private volatile Instant sent = Instant.EPOCH;

    /** How often each batch was missing, and since when. Only the second thread uses this. */
    private final Map<String, Vanished> vanished = new HashMap<>();

    /** Since when the queue has had no consumer; null while it has one. */
    private Instant unservedSince;

    /** Since when batches cannot be queued again; null while they can. */
    private volatile Instant failingSince;

    private record Task(boolean sends, Instant since) {}

    private record Vanished(Instant since, int times) {}

    /**
     * @param name of the queue
     * @param patience how long the broker may be down
     * @param send queues these batches; it may wait for the broker
     */
    public QueueWatch(Queue queue, String name, Duration patience, Consumer<Set<String>> send) {
        this(queue, name, patience, send, new SteadyTime(), QueueWatch::inItsOwnThread);
    }

    /**
     * @param aside the second thread, for what may wait for the broker
     */
    QueueWatch(
            Queue queue,
            String name,
            Duration patience,
            Consumer<Set<String>> send,
            InstantSource clock,
            Executor aside) {
        this.queue = queue;
        this.name = name;
        this.patience = patience;
        this.send = send;
        this.clock = clock;
        this.aside = aside;
        Duration part = patience.dividedBy(5);
        this.betweenLooks =
                part.compareTo(MOST_BETWEEN_LOOKS) > 0 || patience.isZero()
                        ? MOST_BETWEEN_LOOKS
                        : part.compareTo(LEAST_BETWEEN_LOOKS) < 0 ? LEAST_BETWEEN_LOOKS : part;
    }

    /** Another thread begins to queue batches for the first time. That may wait for the broker. */
    public void sending() {
        sending = new Task(true, clock.instant());
    }

    /** That thread has queued them. */
    public void sent() {
        nextLook = clock.instant().plus(betweenLooks);
        sending = null;
    }

    /**
     * Checks the queue. Callers call it often.
     *
     * @param queued the batches that no thread has taken
     * @param cancelled whether the run is being cancelled: then it does not wait for batches
     * @return why the run cannot continue, in one line; empty where it can
     */
    Optional<String> look(Set<String> queued, boolean cancelled) {
        if (queued.isEmpty()) {
            return Optional.empty();
        }
        if (queue.isBack()) {
            due.set(true);
        }
        Task first = sending;
        Task now = first == null ? task.get() : first;
        if (now == null) {
            Set<String> batches = Set.copyOf(queued);
            if (due.getAndSet(false)) {
                start(true, () -> queued(batches));
            } else if (cancelled || !clock.instant().isBefore(nextLook)) {
                start(false, () -> reconcile(batches, cancelled));
            }
        }
        Optional<String> outage =
                queue.outage()
                        .filter(away -> cancelled || away.lasts().compareTo(patience) >= 0)
                        .map(Queue.Outage::text);
        return outage.or(() -> stuck(now, queued.size(), cancelled))
                .or(() -> Optional.ofNullable(verdict));
    }

    private Optional<String> stuck(Task now, int queued, boolean cancelled) {
        if (now == null || queue.outage().isPresent()) {
            return Optional.empty();
        }
        Duration lasts = Duration.between(now.since(), clock.instant());
        return lasts.compareTo(cancelled ? cancelLimit() : limit()) < 0
                ? Optional.empty()
                : Optional.of(
                        now.sends()
                                ? ("the broker accepts no messages (its disk or the address of"
                                                + " queue %s may be full): %d batches are waiting")
                                        .formatted(name, queued)
                                : ("the broker does not answer what queue %s contains: %d batches"
                                                + " are waiting")
                                        .formatted(name, queued));
    }

    private void start(boolean sends, Runnable work) {
        task.set(new Task(sends, clock.instant()));
        aside.execute(
                () -> {
                    try {
                        work.run();
                    } finally {
                        nextLook = clock.instant().plus(betweenLooks);
                        task.set(null);
                    }
                });
    }

    /** Queues batches again, on the second thread, because that may wait for the broker. */
    void queueAgain(Set<String> batches) {
        if (goingBack.isEmpty()) {
            sent = clock.instant();
        }
        goingBack.addAll(batches);
        aside.execute(
                () -> {
                    try {
                        List<String> left = new ArrayList<>(new TreeSet<>(batches));
                        while (!left.isEmpty()) {
                            List<String> next =
                                    left.subList(0, Math.min(SENT_AT_ONCE, left.size()));
                            queued(Set.copyOf(next));
                            next.forEach(goingBack::remove);
                            next.clear();
                            sent = clock.instant();
                        }
                    } finally {
                        goingBack.removeAll(batches);
                    }
                });
    }

    /** Batches that need not be in the queue, because they are on their way to it. */
    private Set<String> onTheirWay() {
        return clock.instant().isBefore(sent.plus(limit())) ? Set.copyOf(goingBack) : Set.of();
    }

    private static void inItsOwnThread(Runnable work) {
        Daemons.start("queue watch", work);
    }

    private void queued(Set<String> batches) {
        try {
            send.accept(batches);
            failingSince = null;
            LOG.info("queued again: batches {}", new TreeSet<>(batches));
        } catch (RuntimeException e) {
            LOG.warn("cannot queue batches {} again: {}", batches, e.getMessage());
            Instant now = clock.instant();
            failingSince = failingSince == null ? now : failingSince;
            if (!now.isBefore(failingSince.plus(limit()))) {
                verdict = "cannot queue batches again: " + e.getMessage();
            }
            due.set(true);
        }
    }

    private Duration cancelLimit() {
        return queue.isOfThisProcess() ? OWN_PATIENCE : CANCEL_PATIENCE;
    }

    private Duration limit() {
        if (queue.isOfThisProcess()) {
            return OWN_PATIENCE;
        }
        return patience.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : patience;
    }

    private void reconcile(Set<String> queued, boolean cancelled) {
        try {
            Set<String> onTheirWay = onTheirWay();
            QueueContents contents = queue.contents(name);
            Set<String> missing = new HashSet<>(queued);
            missing.removeAll(contents.texts());
            missing.removeAll(onTheirWay);
            Set<String> lost = new HashSet<>(missing);
            // a thread that has just taken one may be about to note that
            lost.retainAll(suspected);
            missing.removeAll(lost);
            suspected = missing;
            vanished.keySet().retainAll(queued);
            Instant now = clock.instant();
            lost.forEach(
                    id ->
                            vanished.merge(
                                    id,
                                    new Vanished(now, 1),
                                    (before, first) ->
                                            new Vanished(before.since(), before.times() + 1)));
            judge(contents, now, cancelled);
            if (!lost.isEmpty() && verdict == null) {
                LOG.warn(
                        "batches {} are gone from the queue, and this run did not take them"
                                + " (expired, purged, or taken by another consumer)",
                        new TreeSet<>(lost));
                queued(lost);
            }
        } catch (JMSException e) {
            LOG.info("cannot browse the queue: {}", e.getMessage());
        }
    }

    private void judge(QueueContents contents, Instant now, boolean cancelled) {
        unservedSince =
                contents.consumers() > 0 ? null : unservedSince == null ? now : unservedSince;
        // after an outage, the client makes the consumers again
        if (unservedSince != null
                && !now.isBefore(
                        unservedSince.plus(cancelled ? cancelLimit() : limit().multipliedBy(2)))) {
            verdict =
                    "queue "
                            + name
                            + " has lost the consumers of this run (perhaps somebody deleted the"
                            + " queue)";
        }
        Set<String> gone = new TreeSet<>();
        vanished.forEach(
                (id, how) -> {
                    boolean late = !now.isBefore(how.since().plus(patience));
                    if (how.times() > MOST_TIMES && (cancelled || late)) {
                        gone.add(id);
                    }
                });
        if (!gone.isEmpty()) {
            verdict =
                    ("queue %s loses batches %s: jet-fanout queued them %d times, and each time"
                                    + " they were gone although this run did not take them (another"
                                    + " consumer, an expiry or a purge)")
                            .formatted(name, gone, MOST_TIMES + 1);
        }
    }
}
