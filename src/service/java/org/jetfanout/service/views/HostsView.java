package org.jetfanout.service.views;

import java.util.List;
import org.jetfanout.record.Counts;

/**
 * The hosts of a run: grouped by outcome and reason, and a page of them one by one.
 *
 * @param totals of all hosts, whatever the filter says
 * @param groups by outcome, of the hosts that the filter lets pass; what people look at first comes
 *     first
 * @param hosts a page of those hosts, in the same order
 * @param matched how many hosts the filter lets pass
 * @param next where the next page begins; empty on the last one
 */
public record HostsView(
        Counts totals, List<Group> groups, List<Host> hosts, int matched, String next) {
    /** Copies the lists. */
    public HostsView {
        groups = List.copyOf(groups);
        hosts = List.copyOf(hosts);
    }

    /**
     * The hosts of one outcome.
     *
     * @param outcome theirs
     * @param count how many
     * @param ranges their names, folded to ranges; cut after a length, see {@code cut}
     * @param cut whether names were left out of the ranges
     * @param reasons the most frequent first, at most {@value HostsFilter#MOST_REASONS}
     * @param moreReasons how many further reasons there are
     */
    public record Group(
            HostState outcome,
            int count,
            String ranges,
            boolean cut,
            List<Reason> reasons,
            int moreReasons) {
        /** Copies the list. */
        public Group {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * The hosts of one outcome and reason.
     *
     * @param reason without the host's own name, for which {@code <host>} stands
     * @param count how many
     * @param ranges their names, folded to ranges
     * @param cut whether names were left out of the ranges
     */
    public record Reason(String reason, int count, String ranges, boolean cut) {}

    /**
     * One host.
     *
     * @param host inventory name
     * @param outcome or what it waits for
     * @param reason one line; empty where there is none
     * @param worker that configures it
     * @param batch it is in
     * @param wave of the batch, from 1
     * @param provisional whether the outcome is that so far: the batch has not ended
     */
    public record Host(
            String host,
            HostState outcome,
            String reason,
            String worker,
            String batch,
            int wave,
            boolean provisional) {}
}
