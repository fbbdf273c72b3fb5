package org.jetfanout.record;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of a run as one stream. Each event is written to the run record first, then passed to
 * the listeners in their order. If it cannot be written, no listener gets it, and the run ends with
 * a {@link RecordException}. A listener that throws an exception is dropped, and the run goes on.
 * Thread-safe; batches do not wait for each other.
 */
public final class RunFeed {
    private static final Logger LOG = LoggerFactory.getLogger(RunFeed.class);

    private final RunListener record;

    // Mutable state
    private final List<RunListener> listeners;

    /**
     * @param record of the run, owned by this process
     * @param listeners told in this order
     */
    public RunFeed(RunRecord record, List<? extends RunListener> listeners) {
        this.record = new Recorded(record);
        this.listeners = new CopyOnWriteArrayList<>(listeners);
    }

    /**
     * Something has happened. When this returns the record has it, as durably as the record's
     * method for it says: a batch whose {@link RunEvent.Result} was told may be acknowledged.
     */
    public void tell(RunEvent event) {
        event.tell(record);
        for (RunListener listener : listeners) {
            try {
                event.tell(listener);
            } catch (RuntimeException e) {
                drop(listener, e);
            }
        }
    }

    /** Several threads may come to know of it at once. */
    private void drop(RunListener listener, RuntimeException cause) {
        if (listeners.remove(listener)) {
            String name = listener.getClass().getName();
            LOG.warn(
                    "{} hears nothing more of this run, which goes on: {}", name, cause.toString());
            LOG.debug("{} is dropped", name, cause);
        }
    }

    /** What of it is written down: plan, output and tallies are so elsewhere. */
    private record Recorded(RunRecord record) implements RunListener {
        @Override
        public void state(RunEvent.State event) {
            record.storeState(event.batch(), event.worker(), event.state(), event.detail());
        }

        @Override
        public void result(RunEvent.Result event) {
            record.storeResult(event.result());
        }

        @Override
        public void signed(RunEvent.Signed event) {
            record.storeSignature(event);
        }
    }
}
