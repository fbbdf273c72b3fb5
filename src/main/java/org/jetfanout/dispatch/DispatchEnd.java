package org.jetfanout.dispatch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when the dispatch of a run is over: all batches have a result, the user cancels, or an
 * error stops it. After an error the jobs continue, and the run can be resumed. Thread-safe.
 */
public final class DispatchEnd {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchEnd.class);

    private final Ledger ledger;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    // Mutable state
    private volatile boolean cancelled;
    private volatile Set<String> cancelledWorkers = Set.of();
    private volatile boolean ending;
    private volatile boolean left;
    private volatile boolean queueLost;

    DispatchEnd(Ledger ledger) {
        this.ledger = ledger;
    }

    /** Waits until every batch has its result. Throws the reason where the run cannot continue. */
    public void await() {
        try {
            end.join();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    /** Says that every batch has its result. */
    void complete() {
        end.complete(null);
    }

    /**
     * Says that the run cannot continue.
     *
     * @param reason is thrown by {@link #await}
     */
    public void fail(RuntimeException reason) {
        end.completeExceptionally(reason);
        leave();
    }

    /**
     * Says that the queue has ended: no batch comes any more, and none can be acknowledged.
     *
     * @param reason in one line
     */
    public void loseQueue(String reason) {
        LOG.error("{}", reason);
        queueLost = true;
        fail(new UncheckedIOException(reason, new IOException(reason)));
    }

    /** Says that another owner has taken the run over. Its jobs are that owner's. */
    public void takenOver(String guid, long term) {
        TakenOverException reason = new TakenOverException(guid, term);
        LOG.warn("{}", reason.getMessage());
        fail(reason);
    }

    /** Says that the record cannot be written, or that there is an error in jet-fanout. */
    void abort(Exception cause) {
        LOG.error("the run cannot continue: {}", cause.toString());
        LOG.debug("the run cannot continue", cause);
        fail(
                cause instanceof RuntimeException told
                        ? told
                        : new UncheckedIOException(
                                "the run cannot continue: " + cause,
                                cause instanceof IOException io ? io : new IOException(cause)));
    }

    /**
     * Stops following jobs, which continue to run. Does nothing where all batches have a result.
     */
    public void leave() {
        left = true;
        ledger.active().forEach(Dispatch::leave);
    }

    /** Ends the jobs that run, and starts no more. */
    public void cancel() {
        cancelled = true;
        ledger.active().forEach(Dispatch::cancel);
    }

    /** Ends the jobs of these workers, and starts no more on them. */
    void cancel(Set<String> workers) {
        cancelledWorkers = Set.copyOf(workers);
        ledger.active().stream()
                .filter(dispatch -> isCancelled(dispatch.message().batch().worker().name()))
                .forEach(Dispatch::cancel);
    }

    /** Ends the jobs that run, because a rule has stopped the run. */
    public void cancelRunning() {
        ending = true;
        ledger.active().forEach(Dispatch::cancel);
    }

    /** Ends the dispatch although some batches have no result: another process continues. */
    public void endHere() {
        end.complete(null);
    }

    /** Whether what a worker does is cancelled. */
    boolean isCancelled(String worker) {
        return cancelled || ending || cancelledWorkers.contains(worker);
    }

    /** Passes earlier requests on to a dispatch that has just begun. */
    void begun(Dispatch dispatch) {
        if (isCancelled(dispatch.message().batch().worker().name())) {
            dispatch.cancel();
        }
        if (left) {
            dispatch.leave();
        }
    }

    /** Whether the user cancels the run. */
    public boolean isCancelled() {
        return cancelled;
    }

    /** Whether following jobs was stopped. */
    public boolean isLeft() {
        return left;
    }

    /** Whether the dispatch is over, successfully or not. */
    public boolean isOver() {
        return end.isDone();
    }

    /** Whether the run cannot continue. Nothing more is stored then. */
    boolean isFailed() {
        return end.isCompletedExceptionally();
    }

    /** Whether the run cannot continue because its queue has ended. */
    public boolean hasLostQueue() {
        return queueLost;
    }
}
