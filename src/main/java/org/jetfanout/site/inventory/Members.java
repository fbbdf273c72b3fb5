package org.jetfanout.site.inventory;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * Which hosts and groups are in which groups. All of them are numbers, so a million hosts in three
 * groups each take three million ints. Immutable.
 */
final class Members {
    /** The number of the implicit group {@code all}. */
    static final int ALL = 0;

    /** How many levels jetp looks up from a group. */
    private static final int DEEPEST = 20;

    private final int[][] groupHosts;

    /** For each host, the index at which its groups begin in {@link #hostGroups}. */
    private final int[] offsets;

    private final int[] hostGroups;
    private final int[][] subgroups;
    private final int[][] parents;

    /** For each group: itself and the groups above it, nearest first, without {@code all}. */
    private final int[][] ancestors;

    /**
     * @param names of the groups, for errors
     * @param listed the hosts that each group lists, some of them more than once
     * @param subgroups the subgroups of each group, each once
     * @param hosts how many hosts there are
     * @throws ConfigurationException where groups are nested too deep
     */
    Members(List<String> names, List<Ints> listed, List<Ints> subgroups, int hosts) {
        int count = names.size();
        this.groupHosts = new int[count][];
        this.offsets = new int[hosts + 1];
        int[] seenIn = new int[hosts];
        for (int g = 0; g < count; g++) {
            Ints all = listed.get(g);
            int[] once = new int[all.size()];
            int n = 0;
            for (int i = 0; i < all.size(); i++) {
                int host = all.get(i);
                if (seenIn[host] != g + 1) {
                    seenIn[host] = g + 1;
                    once[n++] = host;
                    offsets[host + 1]++;
                }
            }
            groupHosts[g] = n == once.length ? once : Arrays.copyOf(once, n);
        }
        for (int h = 0; h < hosts; h++) {
            offsets[h + 1] += offsets[h];
        }
        this.hostGroups = new int[offsets[hosts]];
        int[] next = Arrays.copyOf(offsets, hosts);
        for (int g = 0; g < count; g++) {
            for (int host : groupHosts[g]) {
                hostGroups[next[host]++] = g;
            }
        }
        this.subgroups = subgroups.stream().map(Ints::toArray).toArray(int[][]::new);
        this.parents = parents(this.subgroups);
        this.ancestors = ancestors(parents, names);
    }

    private static int[][] parents(int[][] subgroups) {
        Ints[] parents = new Ints[subgroups.length];
        Arrays.setAll(parents, g -> new Ints());
        for (int g = 0; g < subgroups.length; g++) {
            for (int subgroup : subgroups[g]) {
                parents[subgroup].add(g);
            }
        }
        return Arrays.stream(parents).map(Ints::toArray).toArray(int[][]::new);
    }

    private static int[][] ancestors(int[][] parents, List<String> names) {
        int[][] ancestors = new int[parents.length][];
        for (int g = 0; g < parents.length; g++) {
            BitSet seen = new BitSet();
            Ints found = new Ints();
            ArrayDeque<Integer> level = new ArrayDeque<>(List.of(g));
            seen.set(g);
            for (int depth = 0; !level.isEmpty(); depth++) {
                if (depth > DEEPEST) {
                    throw new ConfigurationException(
                            "group "
                                    + Quoted.of(names.get(g))
                                    + " is nested more than "
                                    + DEEPEST
                                    + " groups deep: jetp ignores the groups above that, such as "
                                    + Quoted.of(names.get(level.getFirst()))
                                    + ". Use fewer levels of groups");
                }
                ArrayDeque<Integer> above = new ArrayDeque<>();
                for (int group : level) {
                    if (group != ALL) {
                        found.add(group);
                    }
                    for (int parent : parents[group]) {
                        if (!seen.get(parent)) {
                            seen.set(parent);
                            above.add(parent);
                        }
                    }
                }
                level = above;
            }
            ancestors[g] = found.toArray();
        }
        return ancestors;
    }

    /** How many groups list the host themselves. */
    int groupCount(int host) {
        return offsets[host + 1] - offsets[host];
    }

    /** The first group that lists the host. */
    int firstGroup(int host) {
        return hostGroups[offsets[host]];
    }

    /** The groups that list the host themselves. */
    IntStream groups(int host) {
        return Arrays.stream(hostGroups, offsets[host], offsets[host + 1]);
    }

    /** The group itself and the groups above it, nearest first, without {@code all}. */
    IntStream ancestors(int group) {
        return Arrays.stream(ancestors[group]);
    }

    /** The groups that name this one as their subgroup. */
    IntStream parents(int group) {
        return Arrays.stream(parents[group]);
    }

    /** Whether the host is in the group or in one below it. The group must not be {@code all}. */
    boolean holds(int group, int host) {
        for (int i = offsets[host]; i < offsets[host + 1]; i++) {
            for (int above : ancestors[hostGroups[i]]) {
                if (above == group) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The hosts of these groups and of the groups below them, each once, in order. */
    BitSet hostsBelow(IntStream groups) {
        BitSet below = new BitSet();
        groups.forEach(group -> addBelow(group, below));
        BitSet found = new BitSet(offsets.length);
        below.stream().forEach(g -> Arrays.stream(groupHosts[g]).forEach(found::set));
        return found;
    }

    private void addBelow(int group, BitSet below) {
        if (!below.get(group)) {
            below.set(group);
            for (int subgroup : subgroups[group]) {
                addBelow(subgroup, below);
            }
        }
    }

    /**
     * Gives the consumer the group and the groups above it, each once and from the top down,
     * without {@code all}.
     */
    void downTo(int group, IntConsumer consumer) {
        downTo(group, new BitSet(), consumer);
    }

    private void downTo(int group, BitSet seen, IntConsumer consumer) {
        if (group == ALL || seen.get(group)) {
            return;
        }
        seen.set(group);
        for (int parent : parents[group]) {
            downTo(parent, seen, consumer);
        }
        consumer.accept(group);
    }
}
