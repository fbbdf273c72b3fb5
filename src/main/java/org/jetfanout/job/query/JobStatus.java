package org.jetfanout.job.query;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The state of a job, as its worker reports it.
 *
 * @param batch id of the batch
 * @param state what it is doing
 * @param exitCode the runner's, once it has ended
 * @param outputSize bytes of the text log
 * @param eventsSize bytes of the event log
 */
public record JobStatus(
        String batch, State state, OptionalInt exitCode, long outputSize, long eventsSize) {
    private static final Pattern TEXT =
            Pattern.compile(
                    "job ([A-Za-z0-9][A-Za-z0-9_.-]{0,99}) (starting|waiting|running|ended|elsewhere|gone)"
                            + " exit=(\\d{1,3}|gone|-) output=(\\d{1,18}):\\S* events=(\\d{1,18}):\\S*");

    /** What a job is doing on its worker. */
    public enum State {
        /** Its bundle is on the way, or did not arrive. */
        STARTING,
        /** Other jobs on the worker must end first. */
        WAITING,
        RUNNING,
        ENDED,
        /**
         * Another machine that shares the home runs it or did so. Only that machine knows its
         * state.
         */
        ELSEWHERE,
        /** Its process disappeared without an exit code: it was killed, or the worker restarted. */
        GONE
    }

    /** Reads a line; empty where it is none about a job. */
    static Optional<JobStatus> of(String line) {
        Matcher match = TEXT.matcher(line);
        if (!match.matches()) {
            return Optional.empty();
        }
        String exit = match.group(3);
        return Optional.of(
                new JobStatus(
                        match.group(1),
                        State.valueOf(match.group(2).toUpperCase(Locale.ROOT)),
                        exit.equals("gone") || exit.equals("-")
                                ? OptionalInt.empty()
                                : OptionalInt.of(Integer.parseInt(exit)),
                        Long.parseLong(match.group(4)),
                        Long.parseLong(match.group(5))));
    }
}
