package org.jetfanout.plan;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jetfanout.site.inventory.HostSets;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;

/**
 * Which plays the batches of a plan have, where workers wait for each other between plays: in each
 * wave that has several batches, and hosts in several plays. Immutable.
 */
public final class BatchPlays {
    private static final BatchPlays NONE =
            new BatchPlays(List.of(), Optional.empty(), Set.of(), Set.of());

    /** The names of the plays. */
    private final List<String> plays;

    /** The hosts of each play; empty where nobody waits. */
    private final Optional<HostSets> sets;

    /** Plays that each batch may have, also without a host of its own: places in the list. */
    private final Set<Integer> everywhere;

    /** Numbers of the waves in which workers wait. */
    private final Set<Integer> waves;

    private BatchPlays(
            List<String> plays,
            Optional<HostSets> sets,
            Set<Integer> everywhere,
            Set<Integer> waves) {
        this.plays = List.copyOf(plays);
        this.sets = sets;
        this.everywhere = Set.copyOf(everywhere);
        this.waves = Set.copyOf(waves);
    }

    /** Of a run in which nobody waits. */
    public static BatchPlays none() {
        return NONE;
    }

    /** Of a run in which workers wait for each other, as far as there is something to wait for. */
    public static BatchPlays inOrder(Inventory inventory, List<Playbook> playbooks, Plan plan) {
        List<Play> plays = playbooks.stream().flatMap(book -> book.plays().stream()).toList();
        return inOrder(
                plays.stream().map(Play::name).toList(),
                inventory.sets(plays.stream().map(Play::groups).toList()),
                Set.of(),
                plan);
    }

    /**
     * Of a run in which workers wait for each other, as far as there is something to wait for.
     *
     * @param plays the names of all plays, in order
     * @param sets the hosts of each play
     * @param everywhere plays that each batch may have, also without a host of its own, because
     *     their hosts are known on the worker only: places in the list
     */
    public static BatchPlays inOrder(
            List<String> plays, HostSets sets, Set<Integer> everywhere, Plan plan) {
        if (plays.size() < 2 || plan.batches().size() < 2) {
            return NONE;
        }
        Map<Integer, List<Batch>> byWave =
                plan.batches().stream().collect(Collectors.groupingBy(Batch::wave));
        Set<Integer> waves =
                byWave.entrySet().stream()
                        .filter(wave -> wave.getValue().size() > 1)
                        .filter(wave -> haveSeveralPlays(wave.getValue(), sets, everywhere))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        return waves.isEmpty() ? NONE : new BatchPlays(plays, Optional.of(sets), everywhere, waves);
    }

    private static boolean haveSeveralPlays(
            List<Batch> batches, HostSets sets, Set<Integer> everywhere) {
        BitSet some = new BitSet();
        everywhere.forEach(some::set);
        for (Batch batch : batches) {
            List<BitSet> among = sets.among(batch.hosts());
            for (int i = 0; i < among.size(); i++) {
                if (!among.get(i).isEmpty()) {
                    some.set(i);
                }
            }
            if (some.cardinality() > 1) {
                return true;
            }
        }
        return false;
    }

    /** Whether nobody waits. */
    public boolean isNone() {
        return sets.isEmpty();
    }

    /**
     * The plays that have a host in the batch, or may have, in order; none where it waits for
     * nobody.
     */
    public List<BatchPlay> of(Batch batch) {
        List<BatchPlay> kept = new ArrayList<>();
        if (sets.isPresent() && waves.contains(batch.wave())) {
            List<BitSet> among = sets.get().among(batch.hosts());
            for (int i = 0; i < among.size(); i++) {
                if (!among.get(i).isEmpty() || everywhere.contains(i)) {
                    kept.add(BatchPlay.of(i + 1, plays.get(i), among.get(i)));
                }
            }
        }
        return kept;
    }
}
