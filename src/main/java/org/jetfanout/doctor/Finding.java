package org.jetfanout.doctor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How well one thing of this machine is. Immutable.
 *
 * @param subject its name, for programs
 * @param state how bad it is
 * @param detail what was found, and what it means; may hold text of others
 * @param advice what to do; empty where there is nothing to do
 */
public record Finding(String subject, State state, String detail, String advice) {
    /** From good to bad. */
    public enum State {
        OK,
        /** A run works, but someone should look at this. */
        WARNING,
        /** A run does not work, or not completely. */
        MISSING;

        /** The state in lower case, as it is printed. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String LINE = "%-8s %s: %s";
    private static final String INDENT = " ".repeat(9);

    static Finding ok(String subject, String detail) {
        return new Finding(subject, State.OK, detail, "");
    }

    static Finding warning(String subject, String detail, String advice) {
        return new Finding(subject, State.WARNING, detail, advice);
    }

    static Finding missing(String subject, String detail, String advice) {
        return new Finding(subject, State.MISSING, detail, advice);
    }

    /** The finding for people, without its advice. */
    public String line() {
        return LINE.formatted(state.word(), subject, detail);
    }

    /** The advice, below the line; empty where there is none. */
    public String adviceLine() {
        return advice.isEmpty() ? "" : INDENT + advice;
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("subject", subject);
        json.put("state", state.word());
        json.put("detail", detail);
        json.put("advice", advice);
        return json;
    }
}
