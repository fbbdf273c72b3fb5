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
     * @param listeners in the order in which they are told
     */
    public RunFeed(RunRecord record, List<? extends RunListener> listeners) {
        this.record = new Recorded(record);
        this.listeners = new CopyOnWriteArrayList<>(listeners);
    }

    /**
     * Stores an event and passes it on. When this returns, the record has the event, as durably as
     * the record's method for it says: a batch whose {@link RunEvent.Result} was told may be
     * acknowledged.
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

    /** Drops a listener. Several threads may find out at the same time that it fails. */
    private void drop(RunListener listener, RuntimeException cause) {
        if (listeners.remove(listener)) {
            String name = listener.getClass().getName();
            LOG.warn(
                    "{} hears nothing more of this run, which goes on: {}", name, cause.toString());
            LOG.debug("{} is dropped", name, cause);
        }
    }

    /** Stores the events that are stored here. Plan, output and tallies are stored elsewhere. */
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
        public void rollout(RunEvent.Rollout event) {
            record.storeRollout(event.state());
        }

        @Override
        public void signed(RunEvent.Signed event) {
            record.storeSignature(event);
        }
    }
}
