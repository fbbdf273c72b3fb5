package org.jetfanout.record;

import java.util.Locale;
import java.util.Optional;

/** The state of a batch. */
public enum BatchState {
    /** Waiting for its turn. */
    QUEUED(false),
    /** Its worker is being connected to. */
    CONNECTING(false),
    /** Its job is on its worker, and waits there until others have ended. */
    WAITING(false),
    /** Its job runs and is followed. */
    RUNNING(false),
    /** Its job may run; the connection is gone and being made again. */
    RECONNECTING(false),
    /** The job came to its end and everything it said is stored. */
    ENDED(true),
    /** The worker did not take the job: nothing was started. */
    REFUSED(true),
    /**
     * The runner took neither playbook nor inventory, before any host was touched; its hosts have
     * the reason.
     */
    REJECTED(true),
    /** The job may have run, and nobody knows how far. */
    LOST(true),
    /** The job came to its end, but part of its output is missing. */
    INCOMPLETE(true),
    /** Ended by its deadline. */
    TIMED_OUT(true),
    /** Ended by the user. */
    CANCELLED(true),
    /** No worker began it, because a rule stopped the run before. */
    NOT_STARTED(true);

    private final boolean last;
    private final String word;

    BatchState(boolean last) {
        this.last = last;
        this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether nothing more is to come. */
    public boolean isLast() {
        return last;
    }

    /** Whether it came to its end in a way that somebody should look at. */
    public boolean isTrouble() {
        return last && this != ENDED;
    }

    /** Its name in files and on screens: {@code timed-out}. */
    public String word() {
        return word;
    }

    public static Optional<BatchState> of(String word) {
        for (BatchState state : values()) {
            if (state.word.equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
