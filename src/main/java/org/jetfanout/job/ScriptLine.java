package org.jetfanout.job;

/**
 * A line that the job script prints on start, attach or cancel, split into its words. Immutable.
 *
 * @param rest what follows the word in the line
 */
record ScriptLine(Kind kind, String rest) {
    private static final String STARTED_ALONE = "started alone";

    /** The words that the script uses. */
    enum Kind {
        /** The first line: the script runs. */
        HELLO,
        /** So many bytes of the payload are there: the rest may be sent. */
        HAS,
        /** The worker still reads the payload that it has. */
        VERIFYING,
        /** The job waits until other jobs on the worker have ended. */
        WAITING,
        /** The job runs; its logs follow. */
        STARTED,
        /** The job runs without a relay that could wait for the agent. Its logs follow. */
        STARTED_ALONE,
        /**
         * The job runs or ran; its logs follow. {@link #rest} is what {@link AgentOutage} reads.
         */
        ATTACHED,
        /** The worker does not take the job. */
        REFUSED,
        /** An owner with a higher term has been there. {@link #rest} is its term and its proof. */
        REPLACED,
        /** The job runs on another machine that shares the home. */
        ELSEWHERE,
        /** The worker knows nothing of the job. */
        NONE,
        /** Which start of the runner it is, and the last barrier that it has passed. */
        STANDS,
        /** The runner has come to a play that it must not begin yet. */
        BARRIER,
        /** The runner may begin that play. */
        PASSED,
        /** The runner was ended before that play. */
        STOPPED,
        /** The runner has ended although plays are left. */
        RUNNER_ENDED,
        /** The runner was started once more. */
        AGAIN,
        /** The last line: everything was sent. {@link #rest} is what {@link EndReport} reads. */
        END,
        /** A word without a meaning. */
        UNKNOWN
    }

    /** The line's meaning. */
    static ScriptLine of(String line) {
        return switch (line) {
            case "hello" -> new ScriptLine(Kind.HELLO, "");
            case "verifying" -> new ScriptLine(Kind.VERIFYING, "");
            case "waiting" -> new ScriptLine(Kind.WAITING, "");
            case "started" -> new ScriptLine(Kind.STARTED, "");
            case STARTED_ALONE -> new ScriptLine(Kind.STARTED_ALONE, "");
            case "none" -> new ScriptLine(Kind.NONE, "");
            default -> withRest(line);
        };
    }

    private static ScriptLine withRest(String line) {
        if (AgentOutage.attached(line).isPresent()) {
            return new ScriptLine(Kind.ATTACHED, line);
        }
        int blank = line.indexOf(' ');
        String rest = line.substring(blank + 1);
        return switch (line.substring(0, Math.max(0, blank))) {
            case "has" -> new ScriptLine(Kind.HAS, rest);
            case "refused" -> new ScriptLine(Kind.REFUSED, rest);
            case "replaced" -> new ScriptLine(Kind.REPLACED, rest);
            case "elsewhere" -> new ScriptLine(Kind.ELSEWHERE, rest);
            case "stands" -> new ScriptLine(Kind.STANDS, rest);
            case "barrier" -> new ScriptLine(Kind.BARRIER, rest);
            case "passed" -> new ScriptLine(Kind.PASSED, rest);
            case "stopped" -> new ScriptLine(Kind.STOPPED, rest);
            case "runner-ended" -> new ScriptLine(Kind.RUNNER_ENDED, rest);
            case "again" -> new ScriptLine(Kind.AGAIN, rest);
            case "end" -> new ScriptLine(Kind.END, rest);
            default -> new ScriptLine(Kind.UNKNOWN, line);
        };
    }
}
