package org.jetfanout.dispatch;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jetfanout.job.Job;
import org.jetfanout.job.JobEnd;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.plan.Batch;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.PlaysPassed;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Outcome;
import org.jetfanout.runner.RunnerReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the workers of a run begin each play together. It holds a batch before a play until all
 * others have ended the plays before, and then lets all of them go on, or ends them where the play
 * does not run. {@link Barriers} decides. Without barriers it does nothing. Thread-safe.
 */
final class OrderOfPlays {
    private static final Logger LOG = LoggerFactory.getLogger(OrderOfPlays.class);

    /** No play has this number: a batch that is there has ended. */
    private static final int END = Integer.MAX_VALUE;

    /** Exit code of a runner that was ended by SIGTERM. */
    private static final int TERMINATED = 143;

    private final RunRecord record;
    private final Ledger ledger;
    private final SecondStart secondStart;
    private final Consumer<String> say;

    // Mutable state
    private volatile Optional<Barriers> barriers = Optional.empty();
    private volatile Consumer<Set<String>> queueAgain = batches -> {};

    /** Batches whose runner waits, and somebody follows it. */
    private final Map<String, Held> held = new ConcurrentHashMap<>();

    /** Makes the files with which a runner starts once more. */
    @FunctionalInterface
    interface SecondStart {
        /**
         * Makes the files for one batch.
         *
         * @param batch its id
         * @param play number of the first play
         * @param lost places of the hosts in the batch that are left out
         * @return a gzip'ed tar; empty where nothing is left to do
         */
        Optional<byte[]> files(String batch, int play, BitSet lost) throws IOException;
    }

    /**
     * @param dispatch of the batch
     * @param play number of the play that the runner waits for
     * @param go lets it begin
     */
    private record Held(Dispatch dispatch, int play, Runnable go) {}

    /**
     * @param say takes what people should know, a line each
     */
    OrderOfPlays(RunRecord record, Ledger ledger, SecondStart secondStart, Consumer<String> say) {
        this.record = record;
        this.ledger = ledger;
        this.secondStart = secondStart;
        this.say = say;
    }

    /**
     * Begins.
     *
     * @param inOrder which batch waits for which
     * @param queueing puts batches on the queue again
     */
    void begin(Barriers inOrder, Consumer<Set<String>> queueing) {
        queueAgain = queueing;
        barriers = Optional.of(inOrder);
    }

    /**
     * What a batch that nobody has begun waits for, in one line; empty where it may begin.
     *
     * @param batch its id
     */
    Optional<String> waitsFor(String batch) {
        return barriers.flatMap(
                all ->
                        all.next(batch).stream()
                                .filter(play -> at(play) == Barriers.Decision.WAIT)
                                .mapToObj(play -> waiting(all, play))
                                .findFirst());
    }

    /**
     * Why a batch that nobody has begun does not run, in one line; empty where it does.
     *
     * @param batch its id
     */
    Optional<String> stops(String batch) {
        return barriers.flatMap(
                all ->
                        all.next(batch).stream()
                                .filter(play -> at(play) == Barriers.Decision.STOP)
                                .mapToObj(play -> reason(all))
                                .findFirst());
    }

    /**
     * Looks what the runner of a batch waits for, and decides. Called by the batch's thread when
     * everything that the worker has sent was read.
     *
     * @return what it waits for, in one line; empty where it does not wait
     */
    Optional<String> look(Dispatch dispatch) {
        if (barriers.isEmpty()) {
            return Optional.empty();
        }
        Job job = dispatch.job();
        String batch = dispatch.message().batch().id();
        OptionalInt play = job.atBarrier();
        if (play.isPresent()) {
            arrives(batch, play.getAsInt(), dispatch.output().reader().lost(), true);
            return hold(batch, new Held(dispatch, play.getAsInt(), () -> job.go(play.getAsInt())));
        }
        if (job.runnerEnded().isPresent()) {
            return runnerEnded(dispatch);
        }
        held.remove(batch);
        return Optional.empty();
    }

    /** The runner has ended before the last play of its batch. */
    private Optional<String> runnerEnded(Dispatch dispatch) {
        Job job = dispatch.job();
        RunnerReader reader = dispatch.output().reader();
        if (!reader.ranOutOfHosts()) {
            job.close();
            return Optional.empty();
        }
        Barriers all = barriers.orElseThrow();
        String batch = dispatch.message().batch().id();
        BitSet lost = reader.lost();
        int play = playOf(dispatch);
        if (!all.hosts(batch, play, lost).isEmpty()) {
            all.cut(play);
        }
        OptionalInt following = all.following(batch, play, lost);
        arrives(batch, following.orElse(END), lost, false);
        if (following.isEmpty()) {
            job.close();
            return Optional.empty();
        }
        int next = following.getAsInt();
        return hold(batch, new Held(dispatch, next, () -> startAgain(dispatch, next, lost)));
    }

    /** The play in which its runner is. */
    private int playOf(Dispatch dispatch) {
        int passed = dispatch.job().passed();
        return passed > 0 ? passed : barriers.orElseThrow().first(dispatch.message().batch().id());
    }

    private void startAgain(Dispatch dispatch, int play, BitSet lost) {
        Batch batch = dispatch.message().batch();
        try {
            Optional<byte[]> files = secondStart.files(batch.id(), play, lost);
            if (files.isEmpty()) {
                dispatch.job().close();
                return;
            }
            say.accept(
                    ("worker %s: all of its hosts in play '%s' failed: the runner starts again for"
                                    + " play '%s'. Variables that tasks saved, and facts, are not"
                                    + " kept")
                            .formatted(
                                    batch.worker().name(),
                                    barriers.orElseThrow().name(playOf(dispatch)),
                                    barriers.orElseThrow().name(play)));
            dispatch.job().again(files.get());
        } catch (IOException e) {
            LOG.error(
                    "worker {}: cannot start the runner again: {}",
                    batch.worker().name(),
                    e.getMessage());
            dispatch.job().close();
        }
    }

    private Optional<String> hold(String batch, Held waits) {
        held.put(batch, waits);
        // after that, not before: whoever opens the barrier meanwhile finds it
        return decide(batch, waits) ? Optional.empty() : Optional.of(waiting(waits.play()));
    }

    /** False where it must wait. */
    private boolean decide(String batch, Held waits) {
        Barriers.Decision decision = at(waits.play());
        if (decision == Barriers.Decision.WAIT) {
            return false;
        }
        if (held.remove(batch, waits)) {
            if (decision == Barriers.Decision.GO) {
                waits.go().run();
            } else {
                waits.dispatch().job().stop();
            }
            waits.dispatch().goesOn();
        }
        return true;
    }

    private void arrives(String batch, int play, BitSet lost, boolean completed) {
        Barriers all = barriers.orElseThrow();
        passes(all, () -> all.arrives(batch, play, lost, completed));
    }

    /** Takes a step of a batch, and lets others go on where it was the last one. */
    private void passes(Barriers all, BooleanSupplier step) {
        boolean running;
        synchronized (this) {
            running = all.stopped().isEmpty();
            if (!step.getAsBoolean()) {
                return;
            }
            // before anybody goes on: who resumes the run must not judge a play that has ended
            record.storePassed(new PlaysPassed(all.front(), all.last(), all.stopped()));
        }
        if (running && !all.stopped().isEmpty()) {
            say.accept(all.stopped() + ": later plays do not run");
        }
        held.forEach(this::decide);
        letGo();
    }

    /** What a batch may do that waits before a play: nothing that is not stored. */
    private synchronized Barriers.Decision at(int play) {
        return barriers.orElseThrow().at(play);
    }

    /** Whether a batch that gives its thread away waits for a play: then nobody queues it now. */
    boolean parks(Dispatch dispatch) {
        String batch = dispatch.message().batch().id();
        if (!dispatch.isHeld() || barriers.isEmpty()) {
            return false;
        }
        held.remove(batch);
        ledger.park(dispatch.message().batch(), true);
        return true;
    }

    /** Its thread has put a batch down that may have been parked. */
    void putDown(String batch) {
        if (waitsFor(batch).isEmpty()) {
            letGo(Set.of(batch));
        }
    }

    /** Queues the parked batches that need not wait any more. */
    private void letGo() {
        letGo(
                ledger.parked().keySet().stream()
                        .filter(batch -> waitsFor(batch).isEmpty())
                        .collect(Collectors.toSet()));
    }

    /** Queues these batches where they are parked. */
    void letGo(Set<String> batches) {
        Set<String> free =
                batches.stream()
                        .filter(ledger::unpark)
                        .collect(Collectors.toCollection(TreeSet::new));
        if (!free.isEmpty()) {
            queueAgain.accept(free);
        }
    }

    /** Tells the reader of a batch that has ended which hosts have plays that do not run. */
    void conclude(Dispatch dispatch) {
        Job job = dispatch.job();
        if (barriers.isEmpty() || job.end().state() != JobEnd.State.ENDED) {
            return;
        }
        Barriers all = barriers.get();
        RunnerReader reader = dispatch.output().reader();
        boolean ranOut = reader.ranOutOfHosts();
        boolean stopped = !all.stopped().isEmpty() && job.end().exitCode().orElse(0) == TERMINATED;
        if (!ranOut && !stopped) {
            return;
        }
        String batch = dispatch.message().batch().id();
        BitSet lost = reader.lost();
        BitSet undone = all.undone(batch);
        if (ranOut) {
            BitSet cut = all.hosts(batch, playOf(dispatch), lost);
            cut.and(reader.untouched());
            undone.or(cut);
        }
        reader.stopped(undone, reason(all));
    }

    /**
     * A batch has its result: nobody waits for it any more.
     *
     * @param ranOut whether its runner ended because all hosts of a play failed
     */
    void ended(BatchMessage message, BatchResult result, boolean ranOut) {
        if (barriers.isEmpty()) {
            return;
        }
        int before = barriers.get().next(result.batch()).orElse(END);
        if (result.state() == BatchState.LOST && before < END) {
            say.accept(
                    ("worker %s is lost: its %d unfinished hosts count as failed for the plays that"
                                    + " follow")
                            .formatted(
                                    message.batch().worker().name(), result.counts().unfinished()));
        }
        held.remove(result.batch());
        Barriers all = barriers.get();
        passes(all, () -> end(all, result.batch(), result.hosts(), ranOut));
    }

    /** A batch has ended, in this process or in one before; whether others may go on now. */
    static boolean end(Barriers all, String batch, List<HostResult> hosts, boolean ranOut) {
        boolean completed =
                !ranOut
                        && hosts.stream()
                                .map(HostResult::outcome)
                                .noneMatch(
                                        outcome ->
                                                outcome == Outcome.UNFINISHED
                                                        || outcome == Outcome.NOT_STARTED);
        OptionalInt play = all.next(batch);
        if (ranOut
                && play.isPresent()
                && !all.hosts(batch, play.getAsInt(), lost(hosts)).isEmpty()) {
            all.cut(play.getAsInt());
        }
        return all.arrives(batch, END, unwell(hosts), completed);
    }

    /** Places of the hosts that the runner dropped. */
    private static BitSet lost(List<HostResult> hosts) {
        BitSet lost = new BitSet();
        for (int i = 0; i < hosts.size(); i++) {
            Outcome outcome = hosts.get(i).outcome();
            lost.set(i, outcome == Outcome.FAILED || outcome == Outcome.UNREACHABLE);
        }
        return lost;
    }

    /** Places of the hosts that count as failed. */
    private static BitSet unwell(List<HostResult> hosts) {
        BitSet unwell = new BitSet();
        for (int i = 0; i < hosts.size(); i++) {
            Outcome outcome = hosts.get(i).outcome();
            unwell.set(i, outcome != Outcome.OK && outcome != Outcome.CHANGED);
        }
        return unwell;
    }

    private String waiting(int play) {
        return waiting(barriers.orElseThrow(), play);
    }

    private static String waiting(Barriers all, int play) {
        return "waiting for other workers before play '" + all.name(play) + "'";
    }

    private static String reason(Barriers all) {
        return "later plays did not run: " + all.stopped();
    }
}
