package org.jetfanout.site.workers;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the workers of a run wait for each other between the plays of its playbooks. */
public enum PlayOrder {
    /** No worker begins a play before all workers have ended the plays before it. */
    PLAYS,
    /** Each worker goes through the playbooks on its own. */
    NONE;

    /** The order that users call so; empty where there is none. */
    public static Optional<PlayOrder> of(String word) {
        return Stream.of(values()).filter(order -> order.word().equals(word)).findAny();
    }

    /** What users call it: {@code plays}, {@code none}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
