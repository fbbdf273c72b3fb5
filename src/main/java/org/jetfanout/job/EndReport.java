package org.jetfanout.job;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the worker reports at the end of a job: {@code exit=0 output=12:345 events=6:789}.
 *
 * @param exitCode the runner's; empty where its process disappeared without one
 * @param outputSize bytes of the text log
 * @param outputChecksum its {@code cksum}
 * @param eventsSize bytes of the event log
 * @param eventsChecksum its {@code cksum}
 */
record EndReport(
        OptionalInt exitCode,
        long outputSize,
        long outputChecksum,
        long eventsSize,
        long eventsChecksum) {
    private static final Pattern TEXT =
            Pattern.compile(
                    "exit=(\\d{1,3}|gone) output=(\\d{1,18}):(\\d{1,10})"
                            + " events=(\\d{1,18}):(\\d{1,10})");

    /** Reads a report; empty where the text is none. */
    static Optional<EndReport> of(String text) {
        Matcher match = TEXT.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                new EndReport(
                        match.group(1).equals("gone")
                                ? OptionalInt.empty()
                                : OptionalInt.of(Integer.parseInt(match.group(1))),
                        Long.parseLong(match.group(2)),
                        Long.parseLong(match.group(3)),
                        Long.parseLong(match.group(4)),
                        Long.parseLong(match.group(5))));
    }
}
