package org.jetfanout.dispatch;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jetfanout.plan.BatchPlay;

/**
 * Keeps the plays of a run in order over all workers: no worker begins a play before every worker
 * has ended the plays before it. If no worker completes a play because all of its hosts have
 * failed, no later play begins, as if one machine ran the playbook. Thread-safe.
 *
 * <p>A batch leaves its plays in ascending order. The barrier before a play is open when no batch
 * has an earlier play left.
 */
final class Barriers {
    private final Map<String, List<PlayOfBatch>> batches = new HashMap<>();
    private final TreeMap<Integer, State> plays = new TreeMap<>();
    private final boolean leavesOut;

    // Mutable state, guarded by this
    /** The first play of each batch that it has not left, as a number; absent once it has none. */
    private final Map<String, Integer> next = new HashMap<>();

    private String stopped = "";

    /** The last play that a batch may still begin, as a number. */
    private int last = Integer.MAX_VALUE;

    /** A play of one batch, and the places of its hosts there. */
    private record PlayOfBatch(int number, BitSet hosts) {}

    /** A play over all batches. */
    private static final class State {
        final String name;

        // Mutable state
        /** Batches that have the play and have not left it. */
        int batches;

        int hosts;
        int failed;

        /** Whether some runner came to the end of the play. */
        boolean completed;

        /** Whether some runner ended in the play although some hosts had not failed. */
        boolean cut;

        State(String name) {
            this.name = name;
        }
    }

    /** What the runner of a batch may do at a barrier. */
    enum Decision {
        /** Other batches have earlier plays left. */
        WAIT,
        /** The runner begins the play. */
        GO,
        /** The play is not run. */
        STOP
    }

    /**
     * @param batches the plays of each batch, by its id, in ascending order
     * @param passed number of the play that some batch had begun or could have begun before another
     *     process took over the run: all earlier ones have ended; 1 for a new run
     * @param leavesOut whether a play of which all hosts have failed before does not end the run
     */
    Barriers(Map<String, List<BatchPlay>> batches, int passed, boolean leavesOut) {
        this.leavesOut = leavesOut;
        batches.forEach(
                (batch, list) -> {
                    List<PlayOfBatch> own = new ArrayList<>();
                    for (BatchPlay play : list) {
                        BitSet hosts = play.places();
                        own.add(new PlayOfBatch(play.number(), hosts));
                        State state =
                                plays.computeIfAbsent(
                                        play.number(), number -> new State(play.name()));
                        if (play.number() >= passed) {
                            state.batches++;
                            state.hosts += hosts.cardinality();
                            next.putIfAbsent(batch, play.number());
                        }
                    }
                    this.batches.put(batch, own);
                });
    }

    /**
     * The runner of a batch has ended all its plays before this one.
     *
     * @param play a number; of a play of the batch, or more than any for a batch that has ended
     * @param failed indexes of the batch's hosts that count as failed by now
     * @param completed whether the runner came to the end of the last play that it began
     * @return whether this was the last one that others waited for: they may go on now
     */
    synchronized boolean arrives(String batch, int play, BitSet failed, boolean completed) {
        int front = front();
        boolean first = true;
        for (PlayOfBatch left : left(batch)) {
            if (left.number() < play) {
                BitSet lost = (BitSet) left.hosts().clone();
                lost.and(failed);
                State state = plays.get(left.number());
                state.batches--;
                state.failed += lost.cardinality();
                // it began no other one of these: their hosts had failed before
                state.completed |= first ? completed : leavesOut && !left.hosts().isEmpty();
                first = false;
            }
        }
        left(batch).stream()
                .mapToInt(PlayOfBatch::number)
                .filter(number -> number >= play)
                .min()
                .ifPresentOrElse(number -> next.put(batch, number), () -> next.remove(batch));
        return judge(front);
    }

    /**
     * The runner of a batch ended a play although not all of the batch's hosts in it have failed.
     */
    synchronized void cut(int play) {
        State state = plays.get(play);
        if (state != null) {
            state.cut = true;
        }
    }

    /** Looks at each play that has ended everywhere since; whether there was one. */
    private boolean judge(int before) {
        int now = front();
        for (Map.Entry<Integer, State> play : plays.subMap(before, now).entrySet()) {
            State state = play.getValue();
            if (stopped.isEmpty()
                    && (state.cut || (state.failed == state.hosts && !state.completed))) {
                last = play.getKey();
                stopped =
                        state.cut
                                ? "a worker stopped in play '%s'".formatted(state.name)
                                : "all hosts of play '%s' failed".formatted(state.name);
            }
        }
        return now > before;
    }

    /** What a batch may do that waits before a play. */
    synchronized Decision at(int play) {
        if (play > last) {
            return Decision.STOP;
        }
        return play <= front() ? Decision.GO : Decision.WAIT;
    }

    /** Number of the first play of a batch that it has not left; empty where it has none. */
    synchronized OptionalInt next(String batch) {
        Integer number = next.get(batch);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The name of a play. */
    String name(int play) {
        State state = plays.get(play);
        return state == null ? "" : state.name;
    }

    /** Number of the first play of a batch; 0 where it has none. */
    int first(String batch) {
        List<PlayOfBatch> own = batches.getOrDefault(batch, List.of());
        return own.isEmpty() ? 0 : own.get(0).number();
    }

    /** Places of the hosts of a batch in a play that are not lost. */
    BitSet hosts(String batch, int play, BitSet lost) {
        BitSet hosts = new BitSet();
        batches.getOrDefault(batch, List.of()).stream()
                .filter(own -> own.number() == play)
                .forEach(own -> hosts.or(own.hosts()));
        hosts.andNot(lost);
        return hosts;
    }

    /**
     * Number of the first play of a batch behind this one in which a host is not lost, or of one
     * whose hosts only the runner knows, before such a play.
     */
    OptionalInt following(String batch, int play, BitSet lost) {
        List<PlayOfBatch> behind =
                batches.getOrDefault(batch, List.of()).stream()
                        .filter(own -> own.number() > play)
                        .toList();
        boolean some = behind.stream().anyMatch(own -> !hosts(batch, own.number(), lost).isEmpty());
        return behind.stream()
                .filter(
                        own ->
                                some
                                        && (own.hosts().isEmpty()
                                                || !hosts(batch, own.number(), lost).isEmpty()))
                .mapToInt(PlayOfBatch::number)
                .findFirst();
    }

    /** Places of the hosts of a batch that have plays which do not run. */
    synchronized BitSet undone(String batch) {
        BitSet undone = new BitSet();
        batches.getOrDefault(batch, List.of()).stream()
                .filter(own -> own.number() > last)
                .forEach(own -> undone.or(own.hosts()));
        return undone;
    }

    /** Number of the last play that runs; {@link Integer#MAX_VALUE} where none is left out. */
    synchronized int last() {
        return last;
    }

    /** Another process found out that no play behind this one runs. */
    synchronized void stopAfter(int play, String reason) {
        last = play;
        stopped = reason;
    }

    /** The plays of a batch that it has not left, in order. */
    private List<PlayOfBatch> left(String batch) {
        Integer from = next.get(batch);
        List<PlayOfBatch> left = new ArrayList<>();
        if (from != null) {
            batches.getOrDefault(batch, List.of()).stream()
                    .filter(play -> play.number() >= from)
                    .forEach(left::add);
        }
        return left;
    }

    /** Why later plays do not run; empty where they do. */
    synchronized String stopped() {
        return stopped;
    }

    /** Number of the first play that some batch has not left. */
    synchronized int front() {
        return plays.entrySet().stream()
                .filter(play -> play.getValue().batches > 0)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(Integer.MAX_VALUE);
    }
}
