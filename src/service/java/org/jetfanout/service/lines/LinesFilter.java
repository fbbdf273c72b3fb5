package org.jetfanout.service.lines;

/**
 * Which lines of a run are shown. Texts are compared with what is shown.
 *
 * @param from the number of the first line that is looked at, from 1; 0 where {@code before} counts
 * @param before the search goes backwards from the line before this number; 0 where {@code from}
 *     counts; {@link Long#MAX_VALUE} for the end
 * @param limit at most this many lines
 * @param host exact name; empty for all
 * @param worker exact name; empty for all
 * @param level {@code warning} for warnings and errors, {@code error} for errors; empty for all
 * @param text part of the line, upper or lower case; empty for all
 * @param pattern a regular expression that matches a part of the line; empty for all
 */
public record LinesFilter(
        long from,
        long before,
        int limit,
        String host,
        String worker,
        String level,
        String text,
        String pattern) {
    /** The most lines of one answer. */
    public static final int MOST = 2_000;

    /** The longest pattern. */
    public static final int LONGEST_PATTERN = 1_000;

    /** Lines from this number on. */
    public static LinesFilter from(long number, int limit) {
        return new LinesFilter(number, 0, limit, "", "", "", "", "");
    }

    /** The last lines. */
    public static LinesFilter last(int limit) {
        return new LinesFilter(0, Long.MAX_VALUE, limit, "", "", "", "", "");
    }

    /** The same filter from another line on. */
    public LinesFilter at(long number, int most) {
        return new LinesFilter(number, 0, most, host, worker, level, text, pattern);
    }

    /**
     * Checks what only its use would show.
     *
     * @throws org.jetfanout.service.http.RefusedException where the pattern is none
     */
    public void check() {
        LinePattern.of(pattern);
    }

    /** Whether every line passes. */
    public boolean isOpen() {
        return host.isEmpty()
                && worker.isEmpty()
                && level.isEmpty()
                && text.isEmpty()
                && pattern.isEmpty();
    }
}
