package org.jetfanout.status;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchResult;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunEvent;
import org.jetfanout.record.RunListener;
import org.jetfanout.record.StoredResults;
import org.jetfanout.runner.Stream;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Text;

/**
 * The progress of a run, batch by batch, from the events so far. Memory grows with the number of
 * batches, not with hosts or output. Thread-safe.
 */
public final class Progress implements RunListener {
    /** How many bytes of a line are kept. */
    private static final int LONGEST_LINE = 1024;

    /** How many lines are looked at, from the end of a frame, to find one that is not empty. */
    private static final int LINES_LOOKED_AT = 8;

    private final Clock clock;

    // Mutable state
    private volatile List<String> order = List.of();
    private volatile Optional<RolloutState> rollout = Optional.empty();
    private final ConcurrentHashMap<String, BatchProgress> batches = new ConcurrentHashMap<>();

    /** Reads the time from the system's clock. */
    public Progress() {
        this(Clock.systemUTC());
    }

    /** Reads the time from this clock. */
    public Progress(Clock clock) {
        this.clock = clock;
    }

    /**
     * The progress of one batch.
     *
     * @param batch its id
     * @param worker the worker that configures it
     * @param state its state
     * @param detail more about the state; may be empty
     * @param counts of its hosts
     * @param started when it was taken from the queue
     * @param ended when it ended
     * @param complete whether all of its output is stored; true until the opposite is known
     * @param lastLine the last line of its output that is not empty, as the worker sent it
     */
    public record BatchProgress(
            String batch,
            String worker,
            BatchState state,
            String detail,
            Counts counts,
            Optional<Instant> started,
            Optional<Instant> ended,
            boolean complete,
            String lastLine) {
        /** The time from its start to its end, or to now. */
        public Optional<Duration> time(Instant now) {
            return started.map(from -> Durations.between(from, ended.orElse(now)));
        }

        BatchProgress withState(RunEvent.State event, Instant time) {
            BatchState next = event.state();
            boolean begins = started.isEmpty() && next != BatchState.QUEUED;
            return new BatchProgress(
                    batch,
                    event.worker(),
                    next,
                    event.detail(),
                    counts,
                    begins ? Optional.of(time) : started,
                    next.isLast() ? ended.or(() -> Optional.of(time)) : Optional.empty(),
                    complete,
                    lastLine);
        }

        BatchProgress withStart(Optional<Instant> first) {
            return new BatchProgress(
                    batch, worker, state, detail, counts, first, ended, complete, lastLine);
        }

        BatchProgress withCounts(Counts now) {
            return new BatchProgress(
                    batch, worker, state, detail, now, started, ended, complete, lastLine);
        }

        BatchProgress withLastLine(String line) {
            return new BatchProgress(
                    batch, worker, state, detail, counts, started, ended, complete, line);
        }
    }

    /**
     * The progress of the whole run at one moment.
     *
     * @param totals of all hosts
     * @param states how many batches are in each state; states without a batch are left out
     * @param batches in the plan's order
     * @param waves how far it has come from wave to wave; empty where it has no such rules
     */
    public record Snapshot(
            Counts totals,
            Map<BatchState, Integer> states,
            List<BatchProgress> batches,
            Optional<RolloutState> waves) {
        /** The progress of a run without such rules. */
        public Snapshot(
                Counts totals, Map<BatchState, Integer> states, List<BatchProgress> batches) {
            this(totals, states, batches, Optional.empty());
        }

        /** How the run stands that goes from wave to wave; empty where it does not. */
        public Optional<RolloutStatus> rollout() {
            return waves.map(state -> RolloutStatus.of(state, this));
        }
    }

    /** Takes the plan, or a new plan. What is known of its batches is kept. */
    @Override
    public void planned(RunEvent.Planned event) {
        Plan plan = event.plan();
        List<String> ids = new ArrayList<>(plan.batches().size());
        Map<String, Batch> planned = new LinkedHashMap<>();
        for (Batch batch : plan.batches()) {
            ids.add(batch.id());
            planned.put(batch.id(), batch);
            batches.compute(
                    batch.id(),
                    (id, known) ->
                            known != null && known.counts().hosts() == batch.hosts().size()
                                    ? known
                                    : new BatchProgress(
                                            id,
                                            batch.worker().name(),
                                            BatchState.QUEUED,
                                            "",
                                            Counts.waiting(batch.hosts().size()),
                                            Optional.empty(),
                                            Optional.empty(),
                                            true,
                                            ""));
        }
        batches.keySet().retainAll(planned.keySet());
        order = List.copyOf(ids);
    }

    @Override
    public void state(RunEvent.State event) {
        state(event, clock.instant());
    }

    void state(RunEvent.State event, Instant time) {
        batches.computeIfPresent(event.batch(), (id, known) -> known.withState(event, time));
    }

    /** Remembers the last line of the output that is not empty. */
    @Override
    public void output(RunEvent.Output event) {
        Frame frame = event.frame();
        if (frame.stream() == Stream.OUTPUT) {
            lastLine(frame.bytes())
                    .ifPresent(
                            line ->
                                    batches.computeIfPresent(
                                            frame.batch(),
                                            (id, known) -> known.withLastLine(line)));
        }
    }

    @Override
    public void tally(RunEvent.Tally event) {
        batches.computeIfPresent(
                event.batch(),
                (id, known) -> known.state().isLast() ? known : known.withCounts(event.counts()));
    }

    @Override
    public void result(RunEvent.Result event) {
        BatchResult result = event.result();
        ended(
                result.batch(),
                result.worker(),
                result.state(),
                result.reason(),
                result.counts(),
                result.started(),
                result.ended(),
                result.complete());
    }

    void ended(
            String batch,
            String worker,
            BatchState state,
            String reason,
            Counts counts,
            Instant started,
            Instant ended,
            boolean complete) {
        batches.computeIfPresent(
                batch,
                (id, known) ->
                        new BatchProgress(
                                id,
                                worker,
                                state,
                                reason,
                                counts,
                                Optional.of(started),
                                Optional.of(ended),
                                complete,
                                known.lastLine()));
    }

    /**
     * Takes the results of batches that ended before the run was resumed. The clock of the others
     * goes on.
     */
    @Override
    public void resumed(RunEvent.Resumed event) {
        StoredResults results = event.results();
        event.begun()
                .forEach(
                        (batch, time) ->
                                batches.computeIfPresent(
                                        batch, (id, known) -> known.withStart(Optional.of(time))));
        for (String id : results.batches()) {
            results.batch(id).filter(ended -> !ended.resumable()).ifPresent(this::ended);
        }
    }

    /** Takes the stored result of a batch that has ended. */
    void ended(StoredResults.EndedBatch known) {
        ended(
                known.batch(),
                known.worker(),
                known.state(),
                known.reason(),
                known.counts(),
                known.started(),
                known.ended(),
                known.complete());
    }

    @Override
    public void rollout(RunEvent.Rollout event) {
        rollout = Optional.of(event.state());
    }

    /** The counts of the batches that have begun and not ended. */
    public Map<String, Counts> tallies() {
        Map<String, Counts> tallies = new LinkedHashMap<>();
        for (BatchProgress known : snapshot().batches()) {
            if (!known.state().isLast() && known.counts().done() > 0) {
                tallies.put(known.batch(), known.counts());
            }
        }
        return tallies;
    }

    /** The progress now. */
    public Snapshot snapshot() {
        List<BatchProgress> all = new ArrayList<>();
        Map<BatchState, Integer> states = new EnumMap<>(BatchState.class);
        Counts totals = Counts.NONE;
        for (String id : order) {
            BatchProgress known = batches.get(id);
            if (known != null) {
                all.add(known);
                states.merge(known.state(), 1, Integer::sum);
                totals = totals.plus(known.counts());
            }
        }
        return new Snapshot(totals, states, List.copyOf(all), rollout);
    }

    /** The last whole line with a letter or a digit in it, searched from the end. */
    private static Optional<String> lastLine(byte[] bytes) {
        int to = bytes.length;
        while (to > 0 && bytes[to - 1] != '\n') {
            to--;
        }
        for (int tries = 0; tries < LINES_LOOKED_AT && to > 0; tries++) {
            int end = to - 1;
            int from = end;
            while (from > 0 && bytes[from - 1] != '\n') {
                from--;
            }
            String line = Text.decode(bytes, from, Math.min(end, from + LONGEST_LINE)).strip();
            String plain = Text.plain(line);
            if (plain.codePoints().anyMatch(Character::isLetterOrDigit)) {
                return Optional.of(line);
            }
            to = from;
        }
        return Optional.empty();
    }
}
