package org.jetfanout.record;

import java.util.Locale;
import java.util.Optional;

/** The state of a batch. */
public enum BatchState {
    /** Waiting for its turn. */
    QUEUED(false),
    /** jet-fanout connects to its worker. */
    CONNECTING(false),
    /** Its job is on its worker and waits there until other jobs have ended. */
    WAITING(false),
    /** Its job runs, and jet-fanout follows it. */
    RUNNING(false),
    /** Its job may run. The connection broke, and jet-fanout connects again. */
    RECONNECTING(false),
    /** The job has ended, and all of its output is stored. */
    ENDED(true),
    /** The worker did not take the job. Nothing was started. */
    REFUSED(true),
    /**
     * The runner accepted neither playbook nor inventory, before it touched any host. The hosts
     * have the reason.
     */
    REJECTED(true),
    /** The job may have run, and it is unknown how far. */
    LOST(true),
    /** The job has ended, but part of its output is missing. */
    INCOMPLETE(true),
    /** The job was ended because it took too long. */
    TIMED_OUT(true),
    /** The user cancelled the job. */
    CANCELLED(true),
    /** No worker began it, because a rule stopped the run before. */
    NOT_STARTED(true);

    private final boolean last;
    private final String word;

    BatchState(boolean last) {
        this.last = last;
        this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the state is final. */
    public boolean isLast() {
        return last;
    }

    /** Whether the state is final and someone should look at it. */
    public boolean isTrouble() {
        return last && this != ENDED;
    }

    /** The name of the state in files and on screens: {@code timed-out}. */
    public String word() {
        return word;
    }

    /** The state of this name; empty where there is none. */
    public static Optional<BatchState> of(String word) {
        for (BatchState state : values()) {
            if (state.word.equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
