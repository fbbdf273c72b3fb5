package org.jetfanout.service.views;

import java.util.Locale;
import java.util.Optional;
import org.jetfanout.status.RunState;

/** How far a run has come, as the service shows it. */
public enum RunPhase {
    /** The service accepted it, and it has not begun. */
    WAITING,
    /** A process works on it, and there is no plan yet. */
    PLANNING,
    /** A process works on its batches. */
    RUNNING,
    /** No process works on it, and it has not ended: it can be resumed. */
    INTERRUPTED,
    /** It has ended. The exit code says whether all is well. */
    ENDED;

    /** Its name in JSON and addresses. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The phase of this name; empty where there is none. */
    public static Optional<RunPhase> of(String word) {
        for (RunPhase phase : values()) {
            if (phase.word().equals(word)) {
                return Optional.of(phase);
            }
        }
        return Optional.empty();
    }

    static RunPhase of(RunState state) {
        return valueOf(state.name());
    }
}
