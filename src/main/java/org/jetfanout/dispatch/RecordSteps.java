package org.jetfanout.dispatch;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.jetfanout.JetHeaders;
import org.jetfanout.pack.Bundles;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the record and result routes: they store what a worker sent, or give the batch to
 * another worker or to a later try. Thread-safe: one thread at a time works on a batch.
 */
final class RecordSteps {
    private static final Logger LOG = LoggerFactory.getLogger(RecordSteps.class);

    private final RunRecord record;
    private final RunFeed feed;
    private final Bundles bundles;
    private final Ledger ledger;
    private final DispatchEnd end;
    private final BatchResults results;
    private final Substitutes substitutes;
    private final RouteTroubles troubles;
    private final OrderOfPlays plays;

    RecordSteps(
            RunRecord record,
            RunFeed feed,
            Bundles bundles,
            Ledger ledger,
            DispatchEnd end,
            BatchResults results,
            Substitutes substitutes,
            RouteTroubles troubles,
            OrderOfPlays plays) {
        this.record = record;
        this.feed = feed;
        this.bundles = bundles;
        this.ledger = ledger;
        this.end = end;
        this.results = results;
        this.substitutes = substitutes;
        this.troubles = troubles;
        this.plays = plays;
    }

    Map<String, Processor> beans() {
        return Map.of(
                "record.append", this::append,
                "record.show", this::show,
                "record.result", this::result);
    }

    void append(Exchange exchange) throws InvalidPayloadException {
        Frame frame = record.append(exchange.getMessage().getMandatoryBody(Frame.class));
        exchange.setProperty(StepWatch.STORED, true);
        ledger.of(exchange).output().read(frame);
        exchange.getMessage().setBody(frame);
    }

    void show(Exchange exchange) throws InvalidPayloadException {
        feed.tell(new RunEvent.Output(exchange.getMessage().getMandatoryBody(Frame.class)));
    }

    void result(Exchange exchange) {
        Dispatch dispatch = ledger.of(exchange);
        String id = dispatch.message().batch().id();
        try {
            if (!dispatch.end().settle() || end.isFailed() || dispatch.isLeft()) {
                return; // nothing can be stored; the batch is queued again when the run is resumed
            }
            if (dispatch.job().laterOwner().isPresent()) {
                return; // its result is another owner's
            }
            if (dispatch.goesBack()) {
                if (plays.parks(dispatch)) {
                    return; // whoever opens the barrier queues it again
                }
                putBack(id, exchange.getMessage());
                return;
            }
            endOpen(dispatch);
            if (reassign(dispatch, exchange.getMessage())) {
                return;
            }
            plays.conclude(dispatch);
            results.store(dispatch);
            exchange.setProperty(StepWatch.STORED, true);
        } catch (IOException | RuntimeException e) {
            LOG.error("the result of batch {} cannot be stored", id);
            end.abort(e);
        } finally {
            results.putDown(id);
            plays.putDown(id);
        }
    }

    /**
     * Gives up a job that has not ended, because the routes ask for its result. The worker may
     * still have it.
     */
    private void endOpen(Dispatch dispatch) {
        if (!dispatch.job().open()) {
            return;
        }
        String why =
                "the routes requested the result of batch "
                        + dispatch.message().batch().id()
                        + " before its job had ended: they must wait until JetJob.open is false";
        dispatch.disconnected();
        dispatch.job().giveUp(why);
        dispatch.end().misconfigured();
        troubles.tell(why);
    }

    /** Sends a batch to the end of the queue. Its job waits on its worker meanwhile. */
    private void putBack(String id, Message message) {
        ledger.putBack(id);
        message.setBody(id);
        message.setHeader(JetHeaders.PUT_BACK, true);
    }

    /** Sends a batch to another worker of its group, where that is safe or the user allows it. */
    private boolean reassign(Dispatch dispatch, Message message) throws IOException {
        if (!dispatch.end().mayMove() || end.isCancelled()) {
            return false;
        }
        Worker lost = dispatch.message().batch().worker();
        Optional<Worker> other = substitutes.insteadOf(dispatch.message().batch());
        if (other.isEmpty()) {
            return false;
        }
        String id = dispatch.message().batch().id();
        bundles.store(
                dispatch.message()
                        .to(
                                other.get(),
                                record.storedBytes(id, Stream.OUTPUT),
                                record.storedBytes(id, Stream.EVENTS)));
        String detail = "moved from worker " + lost.name() + ": " + dispatch.job().end().reason();
        feed.tell(new RunEvent.State(id, other.get().name(), BatchState.QUEUED, detail));
        message.setBody(id);
        message.setHeader(JetHeaders.WORKER, other.get().name());
        message.setHeader(JetHeaders.REASSIGNED, true);
        return true;
    }
}
