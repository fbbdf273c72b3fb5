package org.jetfanout.plan;

import java.util.BitSet;

/**
 * A play as one batch has it. Immutable.
 *
 * @param number of the play over all playbooks of the run, from 1
 * @param name of the play, for people
 * @param hosts the hosts of the batch that it configures: places in the batch's list, from 0, as
 *     ranges: {@code 0-9,12}
 */
public record BatchPlay(int number, String name, String hosts) {
    /** A play that configures these hosts of the batch. */
    public static BatchPlay of(int number, String name, BitSet hosts) {
        StringBuilder text = new StringBuilder();
        for (int from = hosts.nextSetBit(0); from >= 0; ) {
            int to = hosts.nextClearBit(from) - 1;
            text.append(text.isEmpty() ? "" : ",").append(from);
            if (to > from) {
                text.append('-').append(to);
            }
            from = hosts.nextSetBit(to + 1);
        }
        return new BatchPlay(number, name, text.toString());
    }

    /** The places of its hosts in the batch's list. */
    public BitSet places() {
        BitSet places = new BitSet();
        for (String range : hosts.split(",", -1)) {
            if (!range.isEmpty()) {
                int dash = range.indexOf('-');
                int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
                places.set(from, to + 1);
            }
        }
        return places;
    }

    /** How many hosts of the batch it configures. */
    public int count() {
        return places().cardinality();
    }
}
