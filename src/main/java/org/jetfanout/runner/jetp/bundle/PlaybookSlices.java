package org.jetfanout.runner.jetp.bundle;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.playbook.Delegation;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.PlaybookTree;
import org.jetfanout.site.playbook.PlaybookTree.PlayEdit;

/**
 * Cuts the playbooks of a run to the plays that have a host in a batch, because jetp stops at a
 * play without hosts. Thread-safe.
 */
final class PlaybookSlices {
    /** A playbook without plays, which does nothing. */
    static final String NOTHING = "[]\n";

    private static final byte[] NO_PLAYS = NOTHING.getBytes(StandardCharsets.UTF_8);

    /** One play of the run, counted over all playbooks in order. */
    private record Step(int playbook, int number, Play play, Delegation delegation) {}

    private record Key(BitSet kept, BitSet barriers, boolean listBatch) {}

    private final List<PlaybookTree> playbooks = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    // Mutable state: texts kept for reuse, because most batches have the same plays
    private final Map<Key, List<byte[]>> texts = new ConcurrentHashMap<>();

    /**
     * Adds a playbook with the delegation of each of its plays, roles included. Must be called
     * before any slice is made.
     */
    void add(PlaybookTree tree, List<Play> plays, List<Delegation> delegations) {
        for (int i = 0; i < plays.size(); i++) {
            steps.add(new Step(playbooks.size(), i, plays.get(i), delegations.get(i)));
        }
        playbooks.add(tree);
    }

    /**
     * The numbers, counted over all playbooks, of the plays with a group that has a host of the
     * batch.
     */
    BitSet kept(Predicate<String> hasHost) {
        BitSet kept = new BitSet();
        for (int i = 0; i < steps.size(); i++) {
            kept.set(i, steps.get(i).play().groups().stream().anyMatch(hasHost));
        }
        return kept;
    }

    /** The groups that these plays name. */
    Set<String> groups(BitSet kept) {
        Set<String> groups = new LinkedHashSet<>();
        kept.stream().forEach(i -> groups.addAll(steps.get(i).play().groups()));
        return groups;
    }

    /** The delegation of these plays. */
    Delegation delegation(BitSet kept) {
        return kept.stream()
                .mapToObj(i -> steps.get(i).delegation())
                .reduce(Delegation.none(), Delegation::and);
    }

    /**
     * The text of each playbook with these plays only.
     *
     * @param barriers the plays that wait at the pipe of their number when they begin
     * @param listed the group to address instead of {@code all}; empty where {@code all} is the
     *     batch
     */
    List<byte[]> texts(BitSet kept, BitSet barriers, Optional<String> listed) {
        return texts.computeIfAbsent(
                new Key(kept, barriers, listed.isPresent()),
                key ->
                        write(
                                kept,
                                barriers,
                                i ->
                                        steps.get(i).play().groups().contains(Inventory.ALL)
                                                ? listed.stream().toList()
                                                : List.of()));
    }

    /**
     * The text of each playbook with these plays only.
     *
     * @param groups the groups that a play addresses instead of its own
     */
    List<byte[]> texts(BitSet kept, IntFunction<List<String>> groups) {
        return write(kept, new BitSet(), groups);
    }

    private List<byte[]> write(BitSet kept, BitSet barriers, IntFunction<List<String>> groups) {
        List<Map<Integer, PlayEdit>> edits = new ArrayList<>();
        List<BitSet> plays = new ArrayList<>();
        playbooks.forEach(
                playbook -> {
                    edits.add(new HashMap<>());
                    plays.add(new BitSet());
                });
        // jetp keeps ssh_user and ssh_port for the plays that follow, even in later playbooks
        Optional<String> user = Optional.empty();
        Optional<String> port = Optional.empty();
        Optional<String> sliceUser = Optional.empty();
        Optional<String> slicePort = Optional.empty();
        for (int i = 0; i < steps.size(); i++) {
            Play play = steps.get(i).play();
            user = play.sshUser().or(latest(user));
            port = play.sshPort().or(latest(port));
            if (kept.get(i)) {
                Optional<String> setUser =
                        user.equals(play.sshUser().or(latest(sliceUser))) ? Optional.empty() : user;
                Optional<String> setPort =
                        port.equals(play.sshPort().or(latest(slicePort))) ? Optional.empty() : port;
                sliceUser = user;
                slicePort = port;
                plays.get(steps.get(i).playbook()).set(steps.get(i).number());
                edits.get(steps.get(i).playbook())
                        .put(
                                steps.get(i).number(),
                                new PlayEdit(
                                        groups.apply(i), setUser, setPort, barrier(i, barriers)));
            }
        }
        List<byte[]> written = new ArrayList<>();
        for (int p = 0; p < playbooks.size(); p++) {
            written.add(
                    plays.get(p).isEmpty()
                            ? NO_PLAYS
                            : playbooks
                                    .get(p)
                                    .text(plays.get(p), edits.get(p))
                                    .getBytes(StandardCharsets.UTF_8));
        }
        return written;
    }

    /** The pipe of a play, from the folder of its playbook: {@code site/0}. */
    private static Optional<String> barrier(int step, BitSet barriers) {
        return barriers.get(step)
                ? Optional.of("../../" + RunnerFiles.BARRIERS + "/" + (step + 1))
                : Optional.empty();
    }

    private static Supplier<Optional<String>> latest(Optional<String> value) {
        return () -> value;
    }
}
