package org.jetfanout.record;

import java.time.Instant;
import java.util.Map;
import org.jetfanout.plan.Plan;

/**
 * An event of a run. The kinds below are all that exist. A {@link RunListener} receives events;
 * {@link RunFeed} passes them on.
 */
public sealed interface RunEvent {
    /** Calls the listener's method for this kind of event. */
    void tell(RunListener listener);

    /**
     * All batches are packed, by this process or by one that began the run. The record has had the
     * plan since before the first batch was packed.
     */
    record Planned(Plan plan) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.planned(this);
        }
    }

    /**
     * The plan belongs to a run that another process began.
     *
     * @param results the stored results of batches that have ended
     * @param begun when each batch was taken up for the first time
     */
    record Resumed(StoredResults results, Map<String, Instant> begun) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.resumed(this);
        }
    }

    /**
     * A batch has a new state, or there is more to say about its state. A batch that goes to
     * another worker is queued again, under that worker's name. The final state is told as a {@link
     * Result} instead.
     *
     * @param batch its id
     * @param worker the worker that has the batch from now on
     * @param state of the batch
     * @param detail the reason in one line; may be empty
     */
    record State(String batch, String worker, BatchState state, String detail) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.state(this);
        }
    }

    /**
     * New output for people: what {@link RunRecord#append} returned, without what the routes keep
     * back.
     */
    record Output(Frame frame) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.output(this);
        }
    }

    /** The counts of a running batch, as of now. */
    record Tally(String batch, Counts counts) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.tally(this);
        }
    }

    /** A batch has ended. */
    record Result(BatchResult result) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.result(this);
        }
    }

    /** The run goes on to another wave, waits before it, or was stopped by a rule. */
    record Rollout(RolloutState state) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.rollout(this);
        }
    }

    /**
     * A worker asked the forwarded agent to sign.
     *
     * @param worker that asked
     * @param fingerprint of the key
     * @param login name of the login that the signature is for
     * @param hostKey fingerprint of the host's key, where it is known; may be empty
     * @param allowed whether the agent may sign
     */
    record Signed(
            String worker,
            String fingerprint,
            String login,
            String hostKey,
            boolean allowed,
            Instant time)
            implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.signed(this);
        }
    }
}
