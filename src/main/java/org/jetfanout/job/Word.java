package org.jetfanout.job;

/**
 * A line of the job script on start, attach and cancel: the words that it has. Immutable.
 *
 * @param rest what follows the word in the line
 */
record Word(Kind kind, String rest) {
    private static final String STARTED_ALONE = "started alone";

    /** All words of the script. */
    enum Kind {
        /** The first: the script runs. */
        HELLO,
        /** The job waits until others on the worker have ended. */
        WAITING,
        /** The job runs; its logs follow. */
        STARTED,
        /** The same, without a relay that could wait for the agent. */
        STARTED_ALONE,
        /** The job runs or ran; its logs follow. {@link #rest} is what {@link Absence} reads. */
        ATTACHED,
        /** The worker does not do it. */
        REFUSED,
        /** The job runs on another machine that shares the home. */
        ELSEWHERE,
        /** The worker knows nothing of the job. */
        NONE,
        /** The last: all was sent. {@link #rest} is what {@link Seal} reads. */
        END,
        /** None that means anything. */
        UNKNOWN
    }

    /** The line's meaning. */
    static Word of(String line) {
        return switch (line) {
            case "hello" -> new Word(Kind.HELLO, "");
            case "waiting" -> new Word(Kind.WAITING, "");
            case "started" -> new Word(Kind.STARTED, "");
            case STARTED_ALONE -> new Word(Kind.STARTED_ALONE, "");
            case "none" -> new Word(Kind.NONE, "");
            default -> withRest(line);
        };
    }

    private static Word withRest(String line) {
        if (Absence.attached(line).isPresent()) {
            return new Word(Kind.ATTACHED, line);
        }
        int blank = line.indexOf(' ');
        String rest = line.substring(blank + 1);
        return switch (line.substring(0, Math.max(0, blank))) {
            case "refused" -> new Word(Kind.REFUSED, rest);
            case "elsewhere" -> new Word(Kind.ELSEWHERE, rest);
            case "end" -> new Word(Kind.END, rest);
            default -> new Word(Kind.UNKNOWN, line);
        };
    }
}
