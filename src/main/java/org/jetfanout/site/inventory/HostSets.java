package org.jetfanout.site.inventory;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Some sets of the hosts of an inventory. Whoever asks for many hosts pays for each host once,
 * whatever the number of sets. Immutable.
 */
public final class HostSets {
    private final NameIndex hosts;

    /** Numbers of hosts. */
    private final List<BitSet> sets;

    HostSets(NameIndex hosts, List<BitSet> sets) {
        this.hosts = hosts;
        this.sets = List.copyOf(sets);
    }

    /** For each set, which of these hosts are in it: places in the list, from 0. */
    public List<BitSet> among(List<String> names) {
        List<BitSet> found = new ArrayList<>(sets.size());
        sets.forEach(set -> found.add(new BitSet()));
        for (int place = 0; place < names.size(); place++) {
            Optional<Integer> number = hosts.number(names.get(place));
            for (int set = 0; number.isPresent() && set < sets.size(); set++) {
                if (sets.get(set).get(number.get())) {
                    found.get(set).set(place);
                }
            }
        }
        return found;
    }
}
