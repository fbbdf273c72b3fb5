package org.jetfanout.service.page;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jetfanout.record.Counts;
import org.jetfanout.service.views.TimelineView;

/**
 * How many hosts came to a result when: bars for those who see them, and the same as text and as a
 * table.
 *
 * @param points the bars as JSON: seconds, and a list for each outcome
 * @param text what they show, in a sentence or two
 * @param rows of the table
 */
record TimeChart(String points, String text, List<Row> rows) {
    private static final int MOST_BARS = 60;
    private static final List<String> OUTCOMES =
            List.of("failed", "unreachable", "unfinished", "changed", "ok");

    /** The hosts that came to a result until a moment, since the row before. */
    record Row(
            String time,
            int failed,
            int unreachable,
            int unfinished,
            int changed,
            int ok,
            long second) {
        private int total() {
            return failed + unreachable + unfinished + changed + ok;
        }

        private int trouble() {
            return failed + unreachable + unfinished;
        }

        private int of(String outcome) {
            return switch (outcome) {
                case "failed" -> failed;
                case "unreachable" -> unreachable;
                case "unfinished" -> unfinished;
                case "changed" -> changed;
                default -> ok;
            };
        }
    }

    /** Empty where there is too little to show. */
    static Optional<TimeChart> of(TimelineView timeline, boolean over) {
        List<TimelineView.Point> points = timeline.points();
        if (points.size() < 2) {
            return Optional.empty();
        }
        Instant from = points.get(0).time();
        Instant to = points.get(points.size() - 1).time();
        long seconds = Math.max(1, to.getEpochSecond() - from.getEpochSecond());
        long step = Math.max(1, (seconds + MOST_BARS - 1) / MOST_BARS);
        List<Row> rows = new ArrayList<>();
        Counts before = points.get(0).counts();
        int at = 1;
        for (long end = from.getEpochSecond() + step; at < points.size(); end += step) {
            Counts counts = before;
            while (at < points.size() && points.get(at).time().getEpochSecond() <= end) {
                counts = points.get(at).counts();
                at++;
            }
            boolean last = at == points.size();
            rows.add(
                    new Row(
                            PageText.clock(Instant.ofEpochSecond(end)),
                            grown(before.failed(), counts.failed()),
                            grown(before.unreachable(), counts.unreachable()),
                            last && over ? counts.unfinished() : 0,
                            grown(before.changed(), counts.changed()),
                            grown(before.ok(), counts.ok()),
                            end));
            before = counts;
        }
        return Optional.of(new TimeChart(json(rows), text(rows, from, to), rows));
    }

    private static int grown(int before, int now) {
        return Math.max(0, now - before);
    }

    private static String text(List<Row> rows, Instant from, Instant to) {
        int done = rows.stream().mapToInt(Row::total).sum();
        int trouble = rows.stream().mapToInt(Row::trouble).sum();
        Row most = rows.get(0);
        for (Row row : rows) {
            most = row.total() > most.total() ? row : most;
        }
        String first =
                rows.stream()
                        .filter(row -> row.trouble() > 0)
                        .findFirst()
                        .map(row -> ", the first of them until " + row.time())
                        .orElse("");
        return String.format(
                Locale.ROOT,
                "From %s to %s, %s came to a result, %s of them failed, unreachable or unfinished%s. Most came until %s: %s.",
                PageText.clock(from),
                PageText.clock(to),
                PageText.counted(done, "host"),
                trouble == 0 ? "none" : PageText.number(trouble),
                first,
                most.time(),
                PageText.number(most.total()));
    }

    private static String json(List<Row> rows) {
        StringBuilder json = new StringBuilder("{\"t\":").append(list(rows, "t"));
        for (String outcome : OUTCOMES) {
            json.append(",\"").append(outcome).append("\":").append(list(rows, outcome));
        }
        return json.append('}').toString();
    }

    private static String list(List<Row> rows, String what) {
        return rows.stream()
                .map(row -> what.equals("t") ? row.second() : (long) row.of(what))
                .toList()
                .toString()
                .replace(" ", "");
    }
}
