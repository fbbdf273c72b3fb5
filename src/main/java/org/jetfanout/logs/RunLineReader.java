package org.jetfanout.logs;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jetfanout.record.Assignments;
import org.jetfanout.record.Line;
import org.jetfanout.record.RecordStreamFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Stream;

/**
 * Reads the lines of a run's text from the record while it grows. The lines of all batches are
 * merged by the time at which they arrived. Within a batch they keep the worker's order. Nothing is
 * read before it is needed, and memory does not depend on the amount of text: it holds a part of
 * each batch. Not thread-safe.
 */
public final class RunLineReader {
    /** How many bytes are read ahead, for all batches together. */
    private static final int READ_AHEAD = 16 << 20;

    /** The longest line that is shown in one piece, in bytes. */
    public static final int LONGEST_LINE = 1 << 16;

    private static final int LARGEST_CHUNK = 64 << 10;
    private static final int SMALLEST_CHUNK = 4 << 10;

    /** How often batches without new lines are looked at while others have some. */
    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    private final RunRecord record;
    private final Predicate<String> batches;
    private final Optional<String> worker;
    private final ToLongFunction<String> from;
    private final Assignments assignments;
    private final Instant created;

    // Mutable state
    private final Map<String, BatchLineReader> readers = new HashMap<>();
    private final PriorityQueue<BatchLineReader> ready =
            new PriorityQueue<>(RunLineReader::earliestFirst);
    private List<BatchLineReader> idle = new ArrayList<>();
    private boolean ended;
    private boolean exhausted;
    private long lastLook;

    /**
     * @param batches selects the batches to read
     * @param worker the worker whose lines are read; empty for all
     */
    public RunLineReader(RunRecord record, Predicate<String> batches, Optional<String> worker) {
        this(record, batches, worker, batch -> 0);
    }

    /**
     * @param from the offset at which reading begins in a batch's text: a line must begin there
     */
    public RunLineReader(
            RunRecord record,
            Predicate<String> batches,
            Optional<String> worker,
            ToLongFunction<String> from) {
        this.record = record;
        this.batches = batches;
        this.worker = worker;
        this.from = from;
        this.assignments = Assignments.of(record);
        this.created = record.created();
    }

    /** Written out: Java makes the classes of its own comparators anew in each process. */
    private static int earliestFirst(BatchLineReader one, BatchLineReader other) {
        int byTime = one.time().compareTo(other.time());
        return byTime == 0 ? one.batch().compareTo(other.batch()) : byTime;
    }

    /** The next line. Where there is none now, more may come while the run goes on. */
    public Optional<Line> next() {
        while (true) {
            if (ready.isEmpty() || System.nanoTime() - lastLook > LOOK_NANOS) {
                lookForMore();
            }
            BatchLineReader first = ready.poll();
            if (first == null) {
                return Optional.empty();
            }
            Line line = first.take();
            enqueue(first);
            if (worker.isEmpty() || worker.get().equals(line.worker())) {
                return Optional.of(line);
            }
        }
    }

    /**
     * Says that nothing more is written, or that nobody waits for it. The remaining lines still
     * come, with what follows a batch's last line break.
     */
    public void end() {
        ended = true;
    }

    /** Looks for batches that are new or have grown. */
    private void lookForMore() {
        lastLook = System.nanoTime();
        if (exhausted) {
            return;
        }
        exhausted = ended;
        assignments.readOn();
        for (String batch : storedBatches()) {
            if (!readers.containsKey(batch) && isWanted(batch)) {
                BatchLineReader reader = open(batch);
                readers.put(batch, reader);
                idle.add(reader);
            }
        }
        List<BatchLineReader> again = idle;
        idle = new ArrayList<>();
        again.forEach(this::enqueue);
    }

    /** Puts a batch among those that have a next line, or among the others. */
    private void enqueue(BatchLineReader reader) {
        if (reader.fill(chunk(), ended)) {
            ready.add(reader);
        } else if (!exhausted) {
            idle.add(reader);
        }
    }

    private int chunk() {
        return Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, READ_AHEAD / readers.size()));
    }

    private boolean isWanted(String batch) {
        return batches.test(batch)
                && (worker.isEmpty() || assignments.workers(batch).contains(worker.get()));
    }

    private BatchLineReader open(String batch) {
        return new BatchLineReader(
                record.guid(),
                batch,
                RecordStreamFile.ofJob(record, batch, Stream.OUTPUT, created)
                        .lines(from.applyAsLong(batch), LONGEST_LINE),
                time -> assignments.worker(batch, time).orElse("?"));
    }

    /** The ids of the batches that have text. */
    private List<String> storedBatches() {
        List<String> ids = new ArrayList<>();
        record.forEachOutput(
                (batch, stream) -> {
                    if (stream == Stream.OUTPUT) {
                        ids.add(batch);
                    }
                });
        return ids;
    }
}
