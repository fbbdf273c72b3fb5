package org.jetfanout.record;

import java.util.Locale;
import java.util.Optional;

/** The state of shipping a run to one sink. */
public enum SinkState {
    /** Records go there as they come. */
    SHIPPING,
    /** The sink did not take something: it is tried again after a while. */
    WAITING,
    /** The sink gets no more from this process: trying again cannot help. */
    STOPPED,
    /** There was nothing left to deliver when it ended. */
    DONE;

    /** Its name in files and on screens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<SinkState> of(String word) {
        for (SinkState state : values()) {
            if (state.word().equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
