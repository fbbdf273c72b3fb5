package org.jetfanout.runner.events;

import java.util.function.Predicate;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineReader;

/**
 * Finds the host that each line {@code HOST: text} is about. Names of hosts contain no blanks, so
 * the first colon before a blank ends the name. Thread-safe where {@code known} is.
 */
public final class PlainLineReader implements LineReader {
    /** No host's name is longer. */
    private static final int LONGEST_NAME = 255;

    private static final String MARK = ": ";

    private final Predicate<String> known;

    /**
     * @param known whether a name is a host of the batch
     */
    public PlainLineReader(Predicate<String> known) {
        this.known = known;
    }

    @Override
    public LineMeaning read(String line) {
        String host = host(line);
        return !host.isEmpty() && known.test(host)
                ? new LineMeaning(host, LineMeaning.Level.INFO, false)
                : LineMeaning.NONE;
    }

    /** The text up to the mark; empty where the line has none. */
    static String host(String line) {
        int end = line.indexOf(MARK);
        return end > 0 && end <= LONGEST_NAME ? line.substring(0, end) : "";
    }

    /** What a host says in its line. */
    public static String text(String line, String host) {
        return line.substring(Math.min(line.length(), host.length() + MARK.length()));
    }
}
