package org.jetfanout.plan;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Host names in ranges, for people: never longer than a few lines, however many there are. */
final class FoldedHosts {
    private static final int SHOWN_WHERE_TOO_MANY = 10;

    private FoldedHosts() {}

    /**
     * All names folded, or where that takes more than the given number of characters the first few
     * names and how many more there are.
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
