package org.jetfanout.service.stream;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.lines.LineId;
import org.jetfanout.service.lines.LinesFilter;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * What a watcher wants of a stream. Immutable.
 *
 * @param lines whether lines are sent
 * @param after the line after which the stream begins; empty for another beginning
 * @param from number of the first line, from 1
 * @param last begins with so many of the last lines; 0 where {@code from} counts
 * @param filter which lines are sent
 */
record StreamRequest(
        boolean lines, Optional<LineId> after, long from, int last, LinesFilter filter) {
    private static final Set<String> KNOWN =
            new TreeSet<>(
                    Set.of(
                            "lines", "after", "from", "last", "host", "worker", "level", "text",
                            "pattern"));
    private static final int LONGEST = 1_000;

    /**
     * Reads a request.
     *
     * @param ofRun whether it is for a run; that for the list takes no parameters
     */
    static StreamRequest of(HttpServerRequest request, boolean ofRun) {
        MultiMap given;
        try {
            given = request.params();
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, "the address has a % that begins no character");
        }
        for (String name : given.names()) {
            boolean path = name.equals("guid");
            if (!path && (!ofRun || !KNOWN.contains(name))) {
                throw new RefusedException(
                        400,
                        "unknown parameter %s%s"
                                .formatted(Quoted.of(name), NearestName.hint(name, KNOWN)));
            }
            if (given.getAll(name).size() > 1 || given.get(name).length() > LONGEST) {
                throw new RefusedException(400, name + " is given twice, or too long");
            }
        }
        String level = text(given, "level");
        if (!Set.of("", "warning", "error").contains(level)) {
            throw new RefusedException(400, "level must be warning or error");
        }
        String lines = text(given, "lines");
        if (!Set.of("", "true", "false", "yes", "no").contains(lines)) {
            throw new RefusedException(400, "lines must be true or false");
        }
        LinesFilter filter =
                new LinesFilter(
                        1,
                        0,
                        LinesFilter.MOST,
                        text(given, "host"),
                        text(given, "worker"),
                        level,
                        text(given, "text"),
                        text(given, "pattern"));
        filter.check();
        return new StreamRequest(
                !Set.of("false", "no").contains(lines),
                after(request, given),
                number(given, "from", Long.MAX_VALUE >> 1),
                (int) number(given, "last", LinesFilter.MOST),
                filter);
    }

    /** A browser that connects again names the last event that it has got: that counts. */
    private static Optional<LineId> after(HttpServerRequest request, MultiMap given) {
        String header = request.getHeader("Last-Event-ID");
        String text = header == null || header.isEmpty() ? text(given, "after") : header;
        if (text.isEmpty() || text.equals("0")) {
            return Optional.empty();
        }
        Optional<LineId> id = LineId.of(text);
        if (id.isEmpty()) {
            throw new RefusedException(400, "after must be the id of an event of this stream");
        }
        return id;
    }

    private static String text(MultiMap given, String name) {
        String value = given.get(name);
        return value == null ? "" : value;
    }

    private static long number(MultiMap given, String name, long most) {
        String text = text(given, name);
        if (text.isEmpty()) {
            return 0;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new RefusedException(400, name + " must be a number from 1 to " + most);
    }
}
