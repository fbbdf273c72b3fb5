package org.jetfanout.plan;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Shows host names as ranges, for people. The text never takes more than a few lines, however many
 * names there are.
 */
final class FoldedHosts {
    private static final int SHOWN_WHERE_TOO_MANY = 10;

    private FoldedHosts() {}

    /**
     * All names as ranges. Where that is longer than the given number of characters, the first few
     * names and the number of the others.
     */
    static String text(
            List<String> hosts, int most, Function<? super Collection<String>, String> fold) {
        String all = fold.apply(hosts);
        if (all.length() <= most || hosts.size() <= SHOWN_WHERE_TOO_MANY) {
            return all;
        }
        return fold.apply(hosts.subList(0, SHOWN_WHERE_TOO_MANY))
                + " and "
                + (hosts.size() - SHOWN_WHERE_TOO_MANY)
                + " more";
    }
}
