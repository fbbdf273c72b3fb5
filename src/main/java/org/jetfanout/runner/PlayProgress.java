package org.jetfanout.runner;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.jetfanout.plan.BatchPlay;

/**
 * How far a runner is in the plays of its batch, from the events that say that a play begins: they
 * have names of plays, which need not differ. Not thread-safe.
 */
final class PlayProgress {
    private final List<BatchPlay> plays;

    /**
     * For each host the last play that it is in, as an index of the plays; -1 where it is in none.
     */
    private final int[] last;

    // Mutable state
    /** Those that this process of the runner has not begun, as indexes. */
    private final Deque<Integer> ahead = new ArrayDeque<>();

    /** As an index; -1 before the first. */
    private int running = -1;

    private int ended = -1;

    /** Whether the events are those of the plays that we know. */
    private boolean known;

    /**
     * @param plays in the runner's order; none where they are unknown
     * @param hosts how many hosts the batch has
     */
    PlayProgress(List<BatchPlay> plays, int hosts) {
        this.plays = List.copyOf(plays);
        this.last = new int[hosts];
        Arrays.fill(last, -1);
        for (int i = 0; i < plays.size(); i++) {
            int play = i;
            ahead.add(play);
            plays.get(i).places().stream().limit(hosts).forEach(host -> last[host] = play);
        }
        this.known = !plays.isEmpty();
    }

    /** The next play begins. */
    void begins() {
        ended = running;
        if (ahead.isEmpty()) {
            known = false;
        } else {
            running = ahead.remove();
        }
    }

    /** The runner has come to its end. */
    void ends() {
        ended = plays.size() - 1;
    }

    /**
     * Another process of the runner does what the one before has left.
     *
     * @param lost places of the hosts that it leaves out
     */
    void startsAgain(BitSet lost) {
        ahead.clear();
        for (int i = running + 1; i < plays.size(); i++) {
            BitSet places = plays.get(i).places();
            boolean unknown = places.isEmpty();
            places.andNot(lost);
            if (unknown || !places.isEmpty()) {
                ahead.add(i);
            }
        }
    }

    /** Whether all plays that the host is in have ended. */
    boolean hasEnded(int host) {
        return known && last[host] >= 0 && last[host] <= ended;
    }

    /** Whether the host is in no play after the one that began last. */
    boolean isLast(int host) {
        return known && last[host] >= 0 && last[host] <= running;
    }

    /** The number of the play that began last; 0 where none has, or it is unknown. */
    int running() {
        return known && running >= 0 ? plays.get(running).number() : 0;
    }
}
