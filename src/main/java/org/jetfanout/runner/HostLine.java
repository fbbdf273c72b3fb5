package org.jetfanout.runner;

import java.util.List;
import java.util.Optional;

/**
 * A line of jetp's text that is about one host. Which host is what the line says: text of a task's
 * output can look like one, so results come from the events alone ({@link JetpReader}).
 *
 * @param host inventory name
 * @param failure whether it says that the host failed or was not reached
 * @param block whether a block ({@link #beginsBlock} to {@link #endsBlock}) may follow
 */
public record HostLine(String host, boolean failure, boolean block) {
    private static final String SAYS = "  ..... ";
    private static final String UNREACHED = "! connection failed to host: ";
    private static final String ERROR = "! error: ";
    private static final String FAILS = "! ";
    private static final List<String> STATES = List.of("✓ ", "… ", FAILS);
    private static final String STATE = " => ";
    private static final String FAILED = "failed";
    private static final String BLOCK = "    cmd: ";
    private static final String END_OF_BLOCK = "    rc: ";
    private static final String RULE = "-".repeat(58);

    /** The line's meaning; empty where it is about no host. Colours do not matter. */
    public static Optional<HostLine> of(String raw) {
        String line = PlainText.colourless(raw);
        if (line.startsWith(SAYS)) {
            return upTo(" : ", line, SAYS, false);
        }
        if (line.startsWith(UNREACHED)) {
            return Optional.of(
                    new HostLine(line.substring(UNREACHED.length()).strip(), true, false));
        }
        if (line.startsWith(ERROR)) {
            return upTo(": ", line, ERROR, true);
        }
        for (String state : STATES) {
            if (line.startsWith(state)) {
                return upTo(STATE, line, state, false);
            }
        }
        return Optional.empty();
    }

    /** Whether a line is the first after that of a failed command which has a block. */
    public static boolean beginsBlock(String raw) {
        return raw.startsWith(BLOCK);
    }

    /** Whether a line is the last of a block. */
    public static boolean endsBlock(String raw) {
        return raw.startsWith(END_OF_BLOCK);
    }

    /** Whether a line is the rule that stands before each task: no block goes on beyond it. */
    public static boolean isRule(String raw) {
        return raw.equals(RULE);
    }

    private static Optional<HostLine> upTo(
            String mark, String line, String start, boolean failure) {
        int at = line.indexOf(mark, start.length());
        if (at < 0) {
            return Optional.empty();
        }
        boolean failed =
                start.equals(FAILS) && line.substring(at + mark.length()).strip().equals(FAILED);
        return Optional.of(
                new HostLine(line.substring(start.length(), at), failure || failed, failed));
    }
}
