package org.jetfanout.service.page;

import java.util.ArrayList;
import java.util.List;
import org.jetfanout.service.lines.LinesFilter;
import org.jetfanout.service.lines.LinesView;
import org.jetfanout.service.lines.LinesView.ShownLine;

/** The model of the lines of a run. Its accessors are the names in {@code lines.mustache}. */
record LinesPage(
        PageFrame frame,
        RunTop run,
        String host,
        String worker,
        String text,
        String pattern,
        String from,
        List<RunsPage.Option> levels,
        boolean filtered,
        String filter,
        String download,
        String problem,
        String oldest,
        String older,
        String newer,
        String newest,
        boolean follow,
        String where,
        long before,
        long next,
        long total,
        String lastId,
        boolean atEnd,
        String none,
        List<Row> rows) {
    /** So many lines are in a page that the server makes. */
    static final int LINES = 500;

    /** A longer line is cut, with a link to the whole of it. */
    static final int LONGEST = 2_000;

    record Row(
            long number,
            String address,
            String time,
            String clock,
            String on,
            String level,
            String text,
            String rest) {}

    /** What the query asks for. */
    static LinesFilter filter(PageRequest request) {
        long from = request.number("from", 0);
        long before = request.number("before", 0);
        return new LinesFilter(
                from,
                from > 0 ? 0 : before > 0 ? before : Long.MAX_VALUE,
                limit(request),
                request.query("host"),
                request.query("worker"),
                request.query("level"),
                request.query("text"),
                request.query("pattern"));
    }

    private static int limit(PageRequest request) {
        return (int) Math.max(1, Math.min(LinesFilter.MOST, request.number("limit", LINES)));
    }

    /** The filter of a request, without the place. */
    static LinkQuery query(PageRequest request) {
        return new LinkQuery()
                .with("host", request.query("host"))
                .with("worker", request.query("worker"))
                .with("level", request.query("level"))
                .with("text", request.query("text"))
                .with("pattern", request.query("pattern"));
    }

    static LinesPage of(
            PageFrame frame, RunTop run, PageRequest request, LinesView lines, String problem) {
        LinesFilter asked = filter(request);
        boolean whole = limit(request) == 1;
        String below = frame.base() + "/runs/" + run.guid() + "/lines";
        List<Row> rows = new ArrayList<>();
        for (ShownLine line : lines.lines()) {
            rows.add(row(below, request, line, whole));
        }
        boolean filtered = !asked.isOpen();
        boolean backwards = asked.before() > 0;
        boolean hasNewer = lines.next() <= lines.total();
        String where = where(lines, filtered);
        List<RunsPage.Option> levels = new ArrayList<>();
        for (String level : List.of("", "warning", "error")) {
            levels.add(
                    new RunsPage.Option(
                            level,
                            switch (level) {
                                case "warning" -> "warnings and errors";
                                case "error" -> "errors";
                                default -> "all";
                            },
                            request.query("level").equals(level)));
        }
        return new LinesPage(
                frame,
                run,
                request.query("host"),
                request.query("worker"),
                request.query("text"),
                request.query("pattern"),
                request.query("from"),
                levels,
                filtered,
                query(request).toString(),
                frame.base() + "/runs/" + run.guid() + "/lines.txt" + query(request).orNothing(),
                problem,
                "?" + query(request).with("from", "1"),
                lines.before() > 1
                        ? "?" + query(request).with("before", String.valueOf(lines.before()))
                        : "",
                hasNewer ? "?" + query(request).with("from", String.valueOf(lines.next())) : "",
                query(request).orNothing().isEmpty() ? below : query(request).orNothing(),
                backwards && !run.ended() && asked.before() == Long.MAX_VALUE,
                where,
                lines.before(),
                lines.next(),
                lines.total(),
                lines.lines().isEmpty() ? "" : lines.lines().get(lines.lines().size() - 1).id(),
                lines.complete(),
                none(run, lines, filtered),
                rows);
    }

    private static String where(LinesView lines, boolean filtered) {
        if (lines.lines().isEmpty()) {
            return PageText.counted(lines.total(), "line");
        }
        long first = lines.lines().get(0).number();
        long last = lines.lines().get(lines.lines().size() - 1).number();
        return "%s %s to %s of %s%s"
                .formatted(
                        filtered ? PageText.number(lines.lines().size()) + " lines," : "lines",
                        PageText.number(first),
                        PageText.number(last),
                        PageText.number(lines.total()),
                        lines.complete() ? "" : " so far");
    }

    private static String none(RunTop run, LinesView lines, boolean filtered) {
        if (!lines.lines().isEmpty()) {
            return "";
        }
        if (filtered) {
            return lines.more()
                    ? "No line fits so far: the search was ended because it took long. \u201cOlder\u201d or \u201cNewer\u201d goes on."
                    : "No line fits the filter.";
        }
        return run.ended()
                ? "The run said nothing."
                : "Nothing yet. Lines are here as soon as a worker says something.";
    }

    private static Row row(String below, PageRequest request, ShownLine line, boolean whole) {
        String text = line.text();
        boolean cut = !whole && text.length() > LONGEST;
        String number = String.valueOf(line.number());
        return new Row(
                line.number(),
                below
                        + "?"
                        + query(request)
                                .with("from", String.valueOf(Math.max(1, line.number() - 20)))
                        + "#L"
                        + number,
                line.time().toString(),
                PageText.clock(line.time()),
                PageText.text(line.worker(), 100),
                line.level(),
                cut ? PageText.text(text, LONGEST) : PageText.text(text),
                cut ? below + "?" + new LinkQuery().with("from", number).with("limit", "1") : "");
    }
}
