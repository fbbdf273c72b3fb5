package org.jetfanout.service.views;

import java.util.Set;

/**
 * Which hosts of a run are shown.
 *
 * @param outcomes any of these; empty for all
 * @param host part of the name; empty for all
 * @param worker exact name; empty for all
 * @param limit at most this many one by one, from 0
 * @param after the {@code next} of the page before; empty for the first page
 */
public record HostsFilter(
        Set<HostState> outcomes, String host, String worker, int limit, String after) {
    /** The most hosts of a page. */
    public static final int MOST = 5_000;

    /** The most reasons of an outcome. */
    public static final int MOST_REASONS = 50;

    /** All hosts, in pages of this size. */
    public static HostsFilter all(int limit) {
        return new HostsFilter(Set.of(), "", "", limit, "");
    }
}
