package org.jetfanout.record;

import java.time.Instant;
import java.util.Map;
import org.jetfanout.plan.Plan;

/**
 * An event of a run. The kinds below are all that exist. A {@link RunListener} receives events;
 * {@link RunFeed} passes them on.
 */
public sealed interface RunEvent {
    /** Tells a listener, by the method for this kind. */
    void tell(RunListener listener);

    /**
     * All batches are packed, or were so when another process began the run. The record has the
     * plan already: it must be there before the first batch is packed.
     */
    record Planned(Plan plan) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.planned(this);
        }
    }

    /**
     * The plan is that of a run which another process began.
     *
     * @param results what is stored of batches that have ended
     * @param begun when batches were taken up first
     */
    record Resumed(StoredResults results, Map<String, Instant> begun) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.resumed(this);
        }
    }

    /**
     * A batch is in another state, or there is more to say of the one it is in. One that moves to
     * another worker is queued again, under that one's name. Its last state comes with {@link
     * Result} instead.
     *
     * @param worker who has the batch from now on
     * @param detail why, in one line; may be empty
     */
    record State(String batch, String worker, BatchState state, String detail) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.state(this);
        }
    }

    /**
     * Output that was not seen before, for people to see: what {@link RunRecord#append} returned,
     * less what the routes keep back behind it.
     */
    record Output(Frame frame) implements RunEvent {
        @Override
        public void tell(RunListener listener) {
            listener.output(this);
        }
    }

    /** Counts of a running batch, as of now. */
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

    /**
     * The forwarded agent was asked to sign.
     *
     * @param worker who asked
     * @param fingerprint of the key
     * @param login name of the login that is signed for
     * @param hostKey fingerprint of the host's key, where it is known; may be empty
     * @param allowed whether it was signed
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
