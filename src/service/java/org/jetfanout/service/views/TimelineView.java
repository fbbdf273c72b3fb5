package org.jetfanout.service.views;

import java.time.Instant;
import java.util.List;
import org.jetfanout.record.Counts;

/**
 * How a run went over time, for a chart.
 *
 * @param points at most {@value #MOST}, in order of time
 */
public record TimelineView(List<Point> points) {
    /** The most points. */
    public static final int MOST = 240;

    /** Copies the list. */
    public TimelineView {
        points = List.copyOf(points);
    }

    /**
     * How the run stood at one moment.
     *
     * @param time the moment
     * @param counts of all hosts; those without a result count as unfinished
     */
    public record Point(Instant time, Counts counts) {}
}
