package org.jetfanout.dispatch;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keeps the plays of a run in order over all workers: no worker begins a play before every worker
 * has ended the plays before it. If no worker completes a play because all of its hosts have
 * failed, no later play begins, as if one machine ran the playbook. Thread-safe.
 *
 * <p>A batch leaves its plays in ascending order. The barrier before a play is open when no batch
 * has an earlier play left.
 */
final class Barriers {
    private final Map<String, List<PlayOfBatch>> batches;
    private final TreeMap<Integer, State> plays = new TreeMap<>();

    // Mutable state, guarded by this
    /** The first play of each batch that it has not left, as a number; absent once it has none. */
    private final Map<String, Integer> next = new HashMap<>();

    private String stopped = "";

    /** The last play that a batch may still begin, as a number. */
    private int last = Integer.MAX_VALUE;

    /**
     * A play as one batch has it.
     *
     * @param number in the order of the run, from 1
     * @param name for people
     * @param hosts indexes of its hosts in the batch; callers must not change it
     */
    record PlayOfBatch(int number, String name, BitSet hosts) {}

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
     */
    Barriers(Map<String, List<PlayOfBatch>> batches, int passed) {
        this.batches = Map.copyOf(batches);
        batches.forEach(
                (batch, list) -> {
                    for (PlayOfBatch play : list) {
                        if (play.number() >= passed) {
                            State state =
                                    plays.computeIfAbsent(
                                            play.number(), number -> new State(play.name()));
                            state.batches++;
                            state.hosts += play.hosts().cardinality();
                            next.putIfAbsent(batch, play.number());
                        }
                    }
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
                state.completed |= completed && first;
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
    synchronized Optional<Integer> next(String batch) {
        return Optional.ofNullable(next.get(batch));
    }

    /** The plays of a batch that it has not left, in order. */
    synchronized List<PlayOfBatch> left(String batch) {
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
