package org.jetfanout.check;

import java.util.Locale;

/**
 * What one check of a worker found. Immutable.
 *
 * @param check its name, for programs
 * @param state how bad it is
 * @param detail for people: one line without control characters; empty where there is nothing to
 *     say
 */
public record CheckResult(String check, State state, String detail) {
    /** From good to bad. */
    public enum State {
        OK,
        /** A run would work, but someone should look at this. */
        WARNING,
        /** A run would not work. */
        FAILED;

        /** The state in lower case, as it is printed. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static CheckResult ok(String check, String detail) {
        return new CheckResult(check, State.OK, detail);
    }

    static CheckResult warning(String check, String detail) {
        return new CheckResult(check, State.WARNING, detail);
    }

    static CheckResult failed(String check, String detail) {
        return new CheckResult(check, State.FAILED, detail);
    }
}
