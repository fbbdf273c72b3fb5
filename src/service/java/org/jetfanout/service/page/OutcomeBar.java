package org.jetfanout.service.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jetfanout.record.Counts;

/**
 * The hosts of a run or a worker by outcome, as a bar and in words. Immutable.
 *
 * @param text all of it, for those who do not see the bar
 * @param segments of the bar, from left to right
 * @param counts in the same order, without those that are zero
 */
record OutcomeBar(String text, List<Segment> segments, List<Count> counts) {
    /** The least width of what somebody should look at: three hosts of ten thousand are seen. */
    private static final double LEAST = 1.2;

    /**
     * @param kind names shape and colour
     * @param x where it begins, in per cent
     * @param width in per cent
     */
    record Segment(String kind, String x, String width) {}

    record Count(String kind, String number, String words) {}

    /**
     * @param over whether hosts without a result get none any more: then they are unfinished
     */
    static OutcomeBar of(Counts hosts, boolean over) {
        List<Part> parts =
                List.of(
                        new Part("failed", "failed", hosts.failed()),
                        new Part("unreachable", "unreachable", hosts.unreachable()),
                        new Part("unfinished", "unfinished", over ? hosts.unfinished() : 0),
                        new Part("not-started", "not started", hosts.notStarted()),
                        new Part("changed", "changed", hosts.changed()),
                        new Part("ok", "ok", hosts.ok()),
                        new Part("to-do", "to do", over ? 0 : hosts.unfinished()));
        List<Count> counts = new ArrayList<>();
        StringBuilder text = new StringBuilder(PageText.counted(hosts.hosts(), "host"));
        String separator = ": ";
        for (Part part : parts) {
            if (part.number > 0) {
                String number = PageText.number(part.number);
                counts.add(new Count(part.kind, number, part.words));
                text.append(separator).append(number).append(' ').append(part.words);
                separator = ", ";
            }
        }
        return new OutcomeBar(text.toString(), segments(parts, hosts.hosts()), counts);
    }

    private static List<Segment> segments(List<Part> parts, int hosts) {
        double widened = 0;
        for (Part part : parts) {
            widened += part.width(hosts);
        }
        List<Segment> segments = new ArrayList<>();
        double x = 0;
        for (Part part : parts) {
            double width = widened == 0 ? 0 : part.width(hosts) * 100 / widened;
            if (width > 0) {
                segments.add(new Segment(part.kind, per(x), per(width)));
            }
            x += width;
        }
        return segments;
    }

    private static String per(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private record Part(String kind, String words, int number) {
        double width(int hosts) {
            if (number == 0) {
                return 0;
            }
            return Math.max(LEAST, number * 100.0 / hosts);
        }
    }
}
