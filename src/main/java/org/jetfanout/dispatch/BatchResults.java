package org.jetfanout.dispatch;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.Stream;
import org.slf4j.MDC;

/**
 * Makes the result of a batch from what is known of it. Each batch gets exactly one result,
 * whatever the routes did. Thread-safe for different batches.
 */
final class BatchResults {
    private final RunRecord record;
    private final RunFeed feed;
    private final Ledger ledger;
    private final DispatchEnd end;
    private final RouteTroubles troubles;
    private final OrderOfPlays plays;

    BatchResults(
            RunRecord record,
            RunFeed feed,
            Ledger ledger,
            DispatchEnd end,
            RouteTroubles troubles,
            OrderOfPlays plays) {
        this.record = record;
        this.feed = feed;
        this.ledger = ledger;
        this.end = end;
        this.troubles = troubles;
        this.plays = plays;
    }

    /** Stores the result. When this returns, the batch may be acknowledged. */
    void store(Dispatch dispatch) {
        missStored(dispatch);
        store(
                dispatch.message(),
                dispatch.end().result(),
                dispatch.output().reader().ranOutOfHosts());
    }

    /**
     * Stores the result of a batch that no worker begins, because a rule stopped the run.
     *
     * @param reason which rule, in one line
     */
    void notStarted(BatchMessage message, String reason) {
        Instant now = Instant.now();
        Batch batch = message.batch();
        List<HostResult> hosts =
                batch.hosts().stream()
                        .map(host -> new HostResult(host, Outcome.NOT_STARTED, reason))
                        .toList();
        store(
                message,
                new BatchResult(
                        batch.id(),
                        batch.worker().name(),
                        BatchState.NOT_STARTED,
                        OptionalInt.empty(),
                        true,
                        hosts,
                        now,
                        now,
                        reason),
                false);
    }

    private void store(BatchMessage message, BatchResult result, boolean ranOut) {
        feed.tell(new RunEvent.Result(result));
        ledger.close(result.batch());
        plays.ended(message, result, ranOut);
    }

    /** Notes lines that the routes were given and did not store. */
    private void missStored(Dispatch dispatch) {
        String id = dispatch.message().batch().id();
        for (Stream stream : Stream.values()) {
            if (dispatch.end().isComplete()
                    && dispatch.output().handed(stream) > record.storedBytes(id, stream)) {
                String why =
                        "the routes did not pass all output of the job of batch "
                                + id
                                + " to 'ref: record.append'";
                dispatch.end().unstored(why);
                troubles.tell(why + "; the worker still has this output");
            }
        }
    }

    /** Stores what is known of a batch for which the routes stored no result. */
    void settle(Dispatch dispatch, String why) {
        if (!dispatch.end().settle()) {
            return;
        }
        try {
            dispatch.disconnected();
            dispatch.job().giveUp(why);
            dispatch.end().misconfigured();
            store(dispatch);
            troubles.tell(why);
        } catch (RuntimeException e) {
            end.abort(e);
        } finally {
            putDown(dispatch.message().batch().id());
        }
    }

    /** The thread has finished with a batch. */
    void putDown(String batch) {
        ledger.putDown(batch);
        MDC.clear();
        endIfDone();
    }

    /** Ends the dispatch where every batch has its result. */
    void endIfDone() {
        if (ledger.isDone()) {
            end.complete();
        }
    }
}
