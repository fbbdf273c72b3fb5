package org.jetfanout.runner;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.BatchPlay;

/**
 * What is left to do of a batch whose runner ended before the last play: the plays from one on,
 * each with those of its hosts that are not lost.
 *
 * @param command the words of the runner's command line
 * @param plays all plays of the batch, in order
 * @param first number of the first play that is left
 * @param lost places in the batch, from 0, of the hosts that are left out
 */
public record PlaysLeft(
        List<String> command, Batch batch, List<BatchPlay> plays, int first, BitSet lost) {
    /** Copies what could change. */
    public PlaysLeft {
        command = List.copyOf(command);
        plays = List.copyOf(plays);
        lost = (BitSet) lost.clone();
    }

    /**
     * The hosts of each play that is left, by the play's number; no play is there without hosts.
     */
    public SortedMap<Integer, List<String>> hosts() {
        SortedMap<Integer, List<String>> hosts = new TreeMap<>();
        for (BatchPlay play : plays) {
            BitSet places = play.places();
            places.andNot(lost);
            if (play.number() >= first && !places.isEmpty()) {
                List<String> names = new ArrayList<>(places.cardinality());
                places.stream().forEach(place -> names.add(batch.hosts().get(place)));
                hosts.put(play.number(), names);
            }
        }
        return hosts;
    }
}
