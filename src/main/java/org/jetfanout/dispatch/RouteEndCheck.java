package org.jetfanout.dispatch;

import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jetfanout.ConfigurationException;
import org.jetfanout.JetHeaders;

/**
 * Checks each message at the end of the dispatch route, also after an error: every batch that was
 * taken from the queue gets a result, and no message disappears without a line in the log.
 * Thread-safe.
 */
final class RouteEndCheck {
    private final String guid;
    private final Ledger ledger;
    private final DispatchEnd end;
    private final BatchResults results;
    private final DispatchWatch watch;
    private final RouteTroubles troubles;

    RouteEndCheck(
            String guid,
            Ledger ledger,
            DispatchEnd end,
            BatchResults results,
            DispatchWatch watch,
            RouteTroubles troubles) {
        this.guid = guid;
        this.ledger = ledger;
        this.end = end;
        this.results = results;
        this.watch = watch;
        this.troubles = troubles;
    }

    /** The steps of the route have ended. */
    void done(Exchange exchange) {
        Exception thrown = exchange.getException();
        if (end.isLeft() || end.isOver()) {
            exchange.setException(null); // who resumes the run queues it again
            return;
        }
        Dispatch dispatch = ledger.of(exchange);
        if (dispatch != null && dispatch.end().isSettled()) {
            requeue(exchange, dispatch.message().batch().id());
            return;
        }
        Optional<FailedStep> step = troubles.stepAtFault(thrown);
        exchange.setException(null);
        if (thrown != null && step.isEmpty()) {
            end.abort(CamelCauses.within(thrown));
        } else if (dispatch != null) {
            results.settle(
                    dispatch,
                    "the routes gave no result for batch "
                            + dispatch.message().batch().id()
                            + step.map(at -> "; " + at.says(CamelCauses.within(thrown)))
                                    .orElse(""));
        } else if (exchange.getProperty(Ledger.TAKEN) == null) {
            String why =
                    step.map(at -> at.says(CamelCauses.within(thrown)))
                            .orElse(
                                    "route dispatch took a batch from the queue and did not pass"
                                            + " it to 'ref: dispatch.takeUp'");
            end.fail(
                    new ConfigurationException(
                            why
                                    + "; the run record is safe. Correct the problem, then run:"
                                    + " jet-fanout resume "
                                    + guid));
        }
    }

    /** Checks that a batch that continues elsewhere or later is on the queue again. */
    private void requeue(Exchange exchange, String id) {
        Message message = exchange.getMessage();
        boolean back =
                Boolean.TRUE.equals(message.getHeader(JetHeaders.REASSIGNED))
                        || Boolean.TRUE.equals(message.getHeader(JetHeaders.PUT_BACK));
        if (back && exchange.getProperty(StepWatch.QUEUED) == null) {
            if (exchange.getException() == null) {
                troubles.tell(
                        "the routes did not put a batch back on the queue, although JetReassigned"
                                + " or JetPutBack is set");
            }
            // a message that was not acknowledged comes again by itself
            watch.queueAgain(Set.of(id));
        }
    }
}
