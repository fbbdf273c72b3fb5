package org.jetfanout.dispatch;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.jetfanout.JetHeaders;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;

/**
 * Knows which batches of a run have no result yet, and which of them a thread works on.
 * Thread-safe.
 */
final class Ledger {
    /**
     * Exchange property: the message was seen by takeUp. Its value is the id of the batch, if that
     * was taken up.
     */
    static final String TAKEN = "JetTaken";

    private static final long LOOK_MILLIS = 1000;

    // Mutable state
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /** Batches of waves that have not begun. */
    private final Set<String> later = ConcurrentHashMap.newKeySet();

    /** The batches that a thread works on. */
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    /** The dispatches of those batches, once they have begun. */
    private final Map<String, Dispatch> active = new ConcurrentHashMap<>();

    /** Batches that went back to the queue, and whose jobs wait on their workers. */
    private final Set<String> putBack = ConcurrentHashMap.newKeySet();

    /**
     * Those of them that are not on the queue, because they wait for a play, with their workers.
     */
    private final Map<String, String> parked = new ConcurrentHashMap<>();

    /** When each batch was taken up for the first time. */
    private final Map<String, Instant> started = new ConcurrentHashMap<>();

    /** Batches that some thread has worked on. */
    private final Set<String> begun = ConcurrentHashMap.newKeySet();

    private volatile boolean resumed;

    /** Says which batches must get a result, in this wave or a later one. */
    void expectLater(Plan plan) {
        plan.batches().stream().map(Batch::id).forEach(later::add);
    }

    /** Says which batches must get a result now. */
    void expect(Plan plan) {
        plan.batches().stream().map(Batch::id).forEach(open::add);
        plan.batches().stream().map(Batch::id).forEach(later::remove);
    }

    /**
     * Says that another process began the run, so that jobs may have been started.
     *
     * @param began when it took up its batches
     */
    void resumed(Map<String, Instant> began) {
        resumed = true;
        started.putAll(began);
        begun.addAll(began.keySet());
    }

    boolean isResumed() {
        return resumed;
    }

    /** The batches of this wave that have no result yet. */
    Set<String> open() {
        return Collections.unmodifiableSet(open);
    }

    /** The batches without a result on which no thread works. */
    Set<String> waiting() {
        Set<String> waiting = new TreeSet<>(open);
        waiting.removeAll(taken);
        waiting.removeAll(parked.keySet());
        return waiting;
    }

    /**
     * Takes a batch up. False where a thread works on it already or it has its result, because
     * after a crash a batch may come twice.
     */
    boolean take(String batch) {
        if (!taken.add(batch)) {
            return false;
        }
        // the thread that took it up before may have stored the result meanwhile
        if (!open.contains(batch)) {
            taken.remove(batch);
            return false;
        }
        return true;
    }

    /**
     * What happened to a batch before it was taken up now.
     *
     * @param packed whether its bundle is there, so that its job can be started
     */
    BatchPast past(String batch, boolean packed) {
        return new BatchPast(
                started.computeIfAbsent(batch, first -> Instant.now()),
                resumed || putBack.contains(batch),
                !packed);
    }

    /** The thread that has taken a batch up begins to work on it. */
    void begin(Exchange exchange, Dispatch dispatch) {
        String batch = dispatch.message().batch().id();
        begun.add(batch);
        active.put(batch, dispatch);
        exchange.setProperty(JetHeaders.JOB, dispatch);
        exchange.setProperty(TAKEN, batch);
    }

    /**
     * The dispatch of an exchange, even if a step has removed the property. Null for a message that
     * was not taken up.
     */
    Dispatch of(Exchange exchange) {
        Dispatch dispatch = exchange.getProperty(JetHeaders.JOB, Dispatch.class);
        return dispatch == null && exchange.getProperty(TAKEN) instanceof String batch
                ? active.get(batch)
                : dispatch;
    }

    /** All dispatches that threads work on now. */
    Collection<Dispatch> active() {
        return Collections.unmodifiableCollection(active.values());
    }

    /** A batch goes back to the queue, and its job waits on its worker. */
    void putBack(String batch) {
        putBack.add(batch);
    }

    /** Whether some batch on the queue wants a thread. */
    boolean isAnyQueued() {
        return open.stream()
                .anyMatch(batch -> !taken.contains(batch) && !parked.containsKey(batch));
    }

    /**
     * A batch waits for a play, away from the queue.
     *
     * @param mayHaveStarted whether its job may be on its worker
     */
    void park(Batch batch, boolean mayHaveStarted) {
        if (mayHaveStarted) {
            putBack.add(batch.id());
        }
        parked.put(batch.id(), batch.worker().name());
    }

    /** Batches that wait for a play, away from the queue, with their workers. */
    Map<String, String> parked() {
        return Collections.unmodifiableMap(parked);
    }

    /** A batch is to be queued again; false where it was not parked, or its thread still has it. */
    boolean unpark(String batch) {
        return !taken.contains(batch) && parked.remove(batch) != null;
    }

    /** Whether a thread has worked on a batch, in this process or in one before. */
    boolean hasBegun(String batch) {
        return begun.contains(batch);
    }

    /** A batch has its result. */
    void close(String batch) {
        open.remove(batch);
        later.remove(batch);
    }

    /** No thread works on a batch any more. */
    void putDown(String batch) {
        active.remove(batch);
        taken.remove(batch);
        synchronized (this) {
            notifyAll();
        }
    }

    /**
     * Waits until every batch of this wave has its result.
     *
     * @param over whether nobody waits for that any more
     */
    synchronized void awaitWave(BooleanSupplier over) throws InterruptedException {
        while (!(open.isEmpty() && taken.isEmpty()) && !over.getAsBoolean()) {
            wait(LOOK_MILLIS);
        }
    }

    /** Whether every batch has its result, also those of later waves. */
    boolean isDone() {
        return open.isEmpty() && later.isEmpty();
    }
}
