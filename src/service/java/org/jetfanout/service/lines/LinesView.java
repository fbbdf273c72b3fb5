package org.jetfanout.service.lines;

import java.time.Instant;
import java.util.List;

/**
 * Some lines of a run's output, in the order in which they arrived.
 *
 * @param lines those that the filter lets pass
 * @param next the number from which the next lines are to be asked for; one more than that of the
 *     last line that was looked at
 * @param before the number before which earlier lines are to be asked for; that of the first line
 *     that was looked at
 * @param total how many lines there are now
 * @param complete whether no more lines come: the run has ended, and all its lines are counted
 * @param more whether there are further lines in the direction of the search; with a filter, also
 *     where the search was broken off because it took long
 */
public record LinesView(
        List<ShownLine> lines, long next, long before, long total, boolean complete, boolean more) {
    /** Copies the list. */
    public LinesView {
        lines = List.copyOf(lines);
    }

    /**
     * One line. Its text has no escape codes and no secrets.
     *
     * @param number its place in the run, from 1, in order of arrival
     * @param time when the control machine received it
     * @param worker that sent it
     * @param batch of the worker
     * @param offset of its first byte in the batch's output: with the batch, it names the line for
     *     ever
     * @param host that it is about; empty where it is unknown
     * @param level info, warning or error
     * @param text what it says
     * @param cut whether it was too long and continues in the next one
     */
    public record ShownLine(
            long number,
            Instant time,
            String worker,
            String batch,
            long offset,
            String host,
            String level,
            String text,
            boolean cut) {
        /** The id of the line in streams: {@code NUMBER.BATCH.OFFSET}. */
        public String id() {
            return number + "." + batch + "." + offset;
        }
    }
}
