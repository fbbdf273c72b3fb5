package org.jetfanout.rollout;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;
import org.jetfanout.dispatch.DispatchEnd;
import org.jetfanout.dispatch.RunDispatch;
import org.jetfanout.dispatch.StartRule;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunFeed;
import org.jetfanout.record.RunListener;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.StoredResults;
import org.jetfanout.site.workers.RolloutRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run on its way from wave to wave. It gives one wave after the other to the dispatch, counts the
 * hosts that fail, and stops the run where a rule says so: then nothing begins any more. A run
 * without such rules has one wave and is never stopped. One thread asks for the waves; any thread
 * may call the other methods.
 */
public final class Rollout implements RunListener, StartRule {
    private static final Logger LOG = LoggerFactory.getLogger(Rollout.class);
    private static final long POLL_MILLIS = 500;

    private final RunRecord record;
    private final InstantSource clock;
    private final Failures failures = new Failures();
    private final Deque<Plan> waves = new ArrayDeque<>();

    // Mutable state
    private RunDispatch dispatch;
    private RunFeed feed;
    private volatile RolloutState state = RolloutState.of(RolloutRules.NONE, 1);

    /** Whether the dispatch knows the next wave already. */
    private boolean expected;

    private volatile boolean leftAtGate;

    /** How a wait has ended. */
    enum WaitEnd {
        /** What was waited for has happened. */
        DONE,
        /** It has not happened in time. */
        LATE,
        /** The run is over, or this process does not follow it any more. */
        OVER
    }

    /**
     * @param record of the run; it has the rules by the time of {@link #begin}
     */
    public Rollout(RunRecord record, InstantSource clock) {
        this.record = record;
        this.clock = clock;
    }

    /**
     * Begins, or goes on where another process has ended.
     *
     * @param open the batches that have no result yet
     */
    public void begin(Plan open, RunDispatch to, RunFeed events) throws IOException {
        dispatch = to;
        feed = events;
        record.rollout().ifPresent(known -> state = known);
        for (int number = 1; number <= open.waves(); number++) {
            Plan wave = open.wave(number);
            if (!wave.batches().isEmpty()) {
                waves.add(wave);
            }
        }
        if (state.isStopped()) {
            endJobs();
        }
        judge();
        if (waves.size() == 1 && !isGated()) {
            // a route of the user's own need not ask for the only wave
            dispatch.wave(waves.peek());
            expected = true;
        }
    }

    /** Whether some wave has not been asked for. Asked by the send route. */
    public boolean isOpen() {
        return !waves.isEmpty() && !isOver();
    }

    /**
     * Whether the send route may end: it has asked for each wave, or need not ask for the only one.
     */
    public boolean isSent() {
        return !isOpen() || expected;
    }

    /** Whether something stands before the next wave. Asked by the send route. */
    public boolean isGated() {
        return !waves.isEmpty()
                && state.wave() > 0
                && wave() > state.wave()
                && !state.isStopped()
                && !isOver()
                && !end().isCancelled();
    }

    /** Whether the process has ended before a wave that somebody must approve. */
    public boolean isLeftAtGate() {
        return leftAtGate;
    }

    private boolean isOver() {
        return end().isOver() || end().isLeft();
    }

    private DispatchEnd end() {
        return dispatch.end();
    }

    /** Number of the next wave; 0 where there is none. */
    int wave() {
        return waves.isEmpty() ? 0 : waves.peek().batches().get(0).wave();
    }

    RolloutState state() {
        return state;
    }

    RunRecord record() {
        return record;
    }

    int failed() {
        return failures.total();
    }

    /** Takes the next wave; an empty one where the run is stopped: nothing begins any more. */
    Plan next() throws IOException {
        if (isOver()) {
            return waves.peek().wave(0);
        }
        // of a wave that has begun, some jobs may run
        if (wave() > state.wave() && refusal().isPresent()) {
            Plan none = waves.peek().wave(0);
            while (!waves.isEmpty()) {
                for (Batch batch : waves.remove().batches()) {
                    dispatch.notStarted(batch, reason());
                }
            }
            return none;
        }
        if (state.wave() > 0 && wave() > state.wave()) {
            // before the wave counts as begun: who resumes it must find no plays of the wave before
            dispatch.forgetPlays();
        }
        Plan wave = waves.remove();
        enter(state.withWave(Math.max(state.wave(), wave.batches().get(0).wave())));
        if (!expected) {
            dispatch.wave(wave);
        }
        expected = false;
        return wave;
    }

    /** Why nothing begins any more, in one line; empty where it does. */
    private Optional<String> refusal() {
        if (!state.isStopped()
                && state.rules()
                        .notAfter()
                        .filter(end -> !clock.instant().isBefore(end))
                        .isPresent()
                && !end().isCancelled()) {
            stop("nothing begins after " + state.rules().notAfter().orElseThrow());
        }
        return state.isStopped() ? Optional.of(reason()) : Optional.empty();
    }

    @Override
    public Optional<String> refusal(Batch batch) {
        return refusal();
    }

    private String reason() {
        return "the run was stopped: " + state.stopped();
    }

    /**
     * Stops the run: nothing begins any more.
     *
     * @param reason in one line
     */
    void stop(String reason) {
        synchronized (this) {
            if (state.isStopped()) {
                return;
            }
            LOG.warn("stopped: {}", reason);
            enter(state.withStop(reason));
        }
        endJobs();
    }

    private void endJobs() {
        if (state.rules().cancels()) {
            end().cancelRunning();
        }
    }

    /** Stored first. A run whose state cannot be stored does not go on. */
    private synchronized void enter(RolloutState next) {
        state = next;
        if (!next.rules().isEmpty()) {
            feed.tell(new RunEvent.Rollout(next));
        }
    }

    @Override
    public void planned(RunEvent.Planned event) {
        failures.planned(event.plan());
    }

    @Override
    public void resumed(RunEvent.Resumed event) {
        StoredResults results = event.results();
        for (String id : results.batches()) {
            results.batch(id)
                    .filter(batch -> !batch.resumable())
                    .ifPresent(batch -> failures.count(id, batch.counts(), true));
        }
    }

    @Override
    public void tally(RunEvent.Tally event) {
        failures.count(event.batch(), event.counts(), false);
        judge();
    }

    @Override
    public void result(RunEvent.Result event) {
        failures.count(event.result().batch(), event.result().counts(), true);
        judge();
    }

    /** Stops the run where more hosts have failed than may. */
    void judge() {
        if (dispatch == null || state.isStopped() || end().isCancelled()) {
            return;
        }
        try {
            state.rules().maxFailures().flatMap(failures::beyond).ifPresent(this::stop);
        } catch (RuntimeException e) {
            // a feed would drop a listener that fails, and the run would go on without its limit
            end().fail(e);
        }
    }

    /**
     * Waits before the next wave.
     *
     * @param until what is waited for
     * @param longest how long, from the beginning of the wait, in whatever process that was
     */
    WaitEnd await(RolloutState.Kind kind, Predicate<GateRequests> until, Optional<Duration> longest)
            throws IOException, InterruptedException {
        int wave = wave();
        Instant since =
                state.waits()
                        .filter(wait -> wait.wave() == wave && wait.kind() == kind)
                        .map(RolloutState.Wait::since)
                        .orElseGet(clock::instant);
        Optional<Instant> end = longest.map(since::plus);
        boolean told = false;
        while (isGated()) {
            if (until.test(GateRequests.read(record.folder()))) {
                return WaitEnd.DONE;
            }
            if (end.isPresent() && !clock.instant().isBefore(end.get())) {
                return WaitEnd.LATE;
            }
            if (!told) {
                enter(state.withWait(new RolloutState.Wait(wave, kind, since)));
                told = true;
            }
            Thread.sleep(POLL_MILLIS);
        }
        return WaitEnd.OVER;
    }

    /** Ends the process before a wave that somebody must approve. */
    void leaveAtGate() {
        enter(
                state.withWait(
                        new RolloutState.Wait(
                                wave(), RolloutState.Kind.APPROVAL, clock.instant())));
        leftAtGate = true;
        end().endHere();
    }
}
