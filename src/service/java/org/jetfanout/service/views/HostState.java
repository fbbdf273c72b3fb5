package org.jetfanout.service.views;

import java.util.Locale;
import java.util.Optional;
import org.jetfanout.runner.Outcome;

/** The outcome of a host, or what it waits for. The order is that of what people look at first. */
public enum HostState {
    /** A task failed on it. */
    FAILED,
    /** The runner could not connect to it. */
    UNREACHABLE,
    /** It has no final result: its worker was lost, or the runner did not get to it. */
    UNFINISHED,
    /** Its batch is with its worker, and the runner has not told an outcome. */
    RUNNING,
    /** Its batch has not begun. */
    WAITING,
    /** Nobody began with it, because a rule stopped the run before. */
    NOT_STARTED,
    /** It is configured, and something was changed. */
    CHANGED,
    /** It is configured, and nothing had to change. */
    OK;

    /** Its name in JSON and addresses: {@code not_started}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name for people: {@code not started}. */
    public String words() {
        return word().replace('_', ' ');
    }

    /** Whether it is the outcome of a host that somebody should look at. */
    public boolean isTrouble() {
        return this == FAILED || this == UNREACHABLE || this == UNFINISHED || this == NOT_STARTED;
    }

    /** The state of this name; empty where there is none. */
    public static Optional<HostState> of(String word) {
        for (HostState state : values()) {
            if (state.word().equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    static HostState of(Outcome outcome) {
        return valueOf(outcome.name());
    }
}
