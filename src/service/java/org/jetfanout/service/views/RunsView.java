package org.jetfanout.service.views;

import java.util.List;

/**
 * A page of the list of runs.
 *
 * @param runs newest first
 * @param next where the next page begins; empty on the last one
 * @param total how many runs there are that the filter lets pass
 */
public record RunsView(List<RunHead> runs, String next, int total) {
    /** Copies the list. */
    public RunsView {
        runs = List.copyOf(runs);
    }
}
