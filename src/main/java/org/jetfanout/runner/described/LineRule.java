package org.jetfanout.runner.described;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One rule for lines of a runner's output: which lines it is about, and what they mean. Immutable.
 *
 * @param line of the description at which it begins, from 1
 * @param match the lines that it is about
 * @param kind what such a line means
 * @param host the host that the line is about; empty for the host whose block has begun
 * @param reason why the host failed or was not reached; empty for the runner's default
 * @param task name of the task that begins
 * @param isFinal whether nothing more comes for the host: its result stands from then on
 */
record LineRule(
        int line,
        Pattern match,
        Kind kind,
        Optional<Template> host,
        Optional<Template> reason,
        Optional<Template> task,
        boolean isFinal) {
    /** What a line means. In the description these are words in lower case. */
    enum Kind {
        /** The host is well. */
        OK,
        /** The host is well, and something was changed on it. */
        CHANGED,
        /** Something failed on the host, and that does not matter. */
        IGNORED,
        /** The host failed. */
        FAILED,
        /** The host was not reached. */
        UNREACHABLE,
        /** The lines that follow are about this host, until another rule says more. */
        HOST,
        /** A task begins. */
        TASK,
        /** The runner has come to its end. */
        END,
        /** The line means nothing, and no rule below it is tried. */
        NOTHING;

        /** Whether the line is about one host. */
        boolean isAboutHost() {
            return switch (this) {
                case OK, CHANGED, IGNORED, FAILED, UNREACHABLE, HOST -> true;
                case TASK, END, NOTHING -> false;
            };
        }

        /** Whether the line gives a result. */
        boolean isResult() {
            return isAboutHost() && this != HOST;
        }

        /** Its word in the description, and for results and tasks also the plain event's. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the line may give a reason. */
        boolean hasReason() {
            return this == FAILED || this == UNREACHABLE;
        }
    }
}
