package org.jetfanout.dispatch;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.jetfanout.JetHeaders;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;

/**
 * Knows which batches of a run have no result yet, and which of them a thread works on.
 * Thread-safe.
 */
final class Ledger {
    /** Exchange property: the message came so far; the id of the batch where it was taken up. */
    static final String TAKEN = "JetTaken";

    // Mutable state
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /** Batches that a thread has taken up and not yet put down. */
    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    /** What those threads work on, once they have begun. */
    private final Map<String, Dispatch> active = new ConcurrentHashMap<>();

    /** Batches that went back to the queue while their jobs wait on their workers. */
    private final Set<String> putBack = ConcurrentHashMap.newKeySet();

    /** When batches were taken up first. */
    private final Map<String, Instant> started = new ConcurrentHashMap<>();

    private volatile boolean resumed;

    /** These batches are to get a result. */
    void expect(Plan plan) {
        plan.batches().stream().map(Batch::id).forEach(open::add);
    }

    /**
     * The run was begun by another process: jobs may have been started.
     *
     * @param began when that took up its batches
     */
    void resumed(Map<String, Instant> began) {
        resumed = true;
        started.putAll(began);
    }

    boolean isResumed() {
        return resumed;
    }

    /** The batches that have no result yet. */
    Set<String> open() {
        return Collections.unmodifiableSet(open);
    }

    /** Those of them that nobody works on. */
    Set<String> waiting() {
        Set<String> waiting = new TreeSet<>(open);
        waiting.removeAll(taken);
        return waiting;
    }

    /**
     * Takes a batch up; false where somebody works on it already, or it has its result: after a
     * crash the same batch may come twice.
     */
    boolean take(String batch) {
        if (!taken.add(batch)) {
            return false;
        }
        // whoever has taken it up reads how it stands
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

    /** The thread that has taken a batch up works on it. */
    void begin(Exchange exchange, Dispatch dispatch) {
        String batch = dispatch.message().batch().id();
        active.put(batch, dispatch);
        exchange.setProperty(JetHeaders.JOB, dispatch);
        exchange.setProperty(TAKEN, batch);
    }

    /**
     * What an exchange works on, also where a step has removed the property: null for a message
     * that was not taken up.
     */
    Dispatch of(Exchange exchange) {
        Dispatch dispatch = exchange.getProperty(JetHeaders.JOB, Dispatch.class);
        return dispatch == null && exchange.getProperty(TAKEN) instanceof String batch
                ? active.get(batch)
                : dispatch;
    }

    /** All that is worked on now. */
    Collection<Dispatch> active() {
        return Collections.unmodifiableCollection(active.values());
    }

    /** A batch goes back to the queue while its job waits on its worker. */
    void putBack(String batch) {
        putBack.add(batch);
    }

    /** A batch has its result. */
    void close(String batch) {
        open.remove(batch);
    }

    /** Nobody works on a batch any more. */
    void putDown(String batch) {
        active.remove(batch);
        taken.remove(batch);
    }

    /** Whether every batch has its result. */
    boolean isDone() {
        return open.isEmpty();
    }
}
