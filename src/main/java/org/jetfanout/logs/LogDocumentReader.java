package org.jetfanout.logs;

import java.io.Closeable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.record.Backlog;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.RecordStreams;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.TextLine;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.text.Redaction;

/**
 * Makes log records of all that is in a run record, from any places on, as it grows: the runner's
 * lines and events, states, results, and the application's own log. The order within each place is
 * kept; places take turns. The same place gives the same records however often it is read. No file
 * stays open; memory is a stretch of one place at a time, however many batches there are.
 * Thread-safe: one call waits for the other.
 */
public final class LogDocumentReader implements Closeable {
    private static final int CHUNK = 128 << 10;

    /** How often places that had no more are looked at while others have. */
    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    private final Redaction redaction;
    private final Map<RecordStream, Long> from;
    private final Instant created;
    private final RecordStreams places;
    private final BatchWorkers workers;
    private final Ecs ecs;
    private final Runner runner = Runners.chosen();

    // Mutable state
    private final Map<RecordStream, StreamReader> sources = new LinkedHashMap<>();
    private final Deque<StreamReader> ready = new ArrayDeque<>();
    private Optional<Made> held = Optional.empty();
    private boolean ended;
    private long looked;

    /** A record that found no room any more. */
    private record Made(LogDocument record, RecordStream place, long end) {}

    /**
     * @param from where to read on from; a place that is not named is read from its beginning
     */
    public LogDocumentReader(RunRecord record, Redaction redaction, Map<RecordStream, Long> from) {
        this.redaction = redaction;
        this.from = Map.copyOf(from);
        this.created = record.created();
        this.places = new RecordStreams(record);
        this.workers = new BatchWorkers(record);
        this.ecs = new Ecs(record.guid(), workers);
    }

    /**
     * The next records. Without any there is nothing now; while the run goes on more may come.
     *
     * @param mostRecords how many at most
     * @param mostBytes length of their JSON at most, in bytes; one record alone may be longer
     */
    public synchronized LogDocuments next(int mostRecords, int mostBytes) {
        if (ready.isEmpty() || System.nanoTime() - looked > LOOK_NANOS) {
            look();
        }
        List<LogDocument> records = new ArrayList<>();
        Map<RecordStream, Long> ends = new HashMap<>();
        long room = mostBytes;
        while (records.size() < mostRecords) {
            Optional<Made> made = held.isPresent() ? held : make(ends);
            held = Optional.empty();
            if (made.isEmpty()) {
                break;
            }
            room -= made.get().record().json().length;
            if (room < 0 && !records.isEmpty()) {
                held = made;
                break;
            }
            records.add(made.get().record());
            ends.put(made.get().place(), made.get().end());
        }
        return new LogDocuments(records, ends);
    }

    /**
     * Nobody writes any more, or nobody wants to wait for it: what stands after the last line break
     * of a place is a record too.
     */
    public synchronized void end() {
        ended = true;
        look();
    }

    /** What of the record is not handed out yet. */
    public synchronized Backlog backlog() {
        discover();
        Backlog all = Backlog.NONE.since(held.map(made -> made.record().time()));
        for (StreamReader source : sources.values()) {
            all = source.addTo(all);
        }
        return all;
    }

    /** Nothing is left open as it is; for the time when there is. */
    @Override
    public synchronized void close() {
        ready.clear();
        sources.clear();
    }

    /** The next record of the place whose turn it is. */
    private Optional<Made> make(Map<RecordStream, Long> ends) {
        while (!ready.isEmpty()) {
            StreamReader source = ready.element();
            if (!source.hasLine()) {
                if (!source.fill(CHUNK, ended)) {
                    ready.remove().queued(false);
                    continue;
                }
                // who had the batch is stored before what it said
                workers.readOn();
            }
            TextLine line = source.take();
            if (!source.hasLine()) {
                // the others' turn
                ready.add(ready.remove());
            }
            Optional<DocumentFields> draft = source.draft(line);
            if (draft.isPresent()) {
                return Optional.of(new Made(ecs.write(draft.get()), source.place(), line.end()));
            }
            ends.put(source.place(), line.end());
        }
        return Optional.empty();
    }

    /** Looks for places that are new or have grown. */
    private void look() {
        looked = System.nanoTime();
        discover();
        sources.values().forEach(this::queue);
    }

    private void queue(StreamReader source) {
        if (!source.isQueued() && source.hasMore()) {
            source.queued(true);
            ready.add(source);
        }
    }

    private void discover() {
        places.discover(
                found ->
                        sources.put(
                                found.place(),
                                new StreamReader(
                                        found,
                                        () -> drafts(found.place()),
                                        from.getOrDefault(found.place(), 0L))));
    }

    /** What makes something of a place's lines, knowing none yet. */
    private LineParser drafts(RecordStream place) {
        if (place.stream().equals(RecordStream.OUTPUT)) {
            return new OutputParser(place, workers, runner, redaction);
        }
        if (place.stream().equals(RecordStream.EVENTS)) {
            return new EventParser(place, workers, runner, redaction);
        }
        if (place.stream().equals(RecordStream.LOG)) {
            return new OwnLogParser(place, created, redaction);
        }
        return new StoredEventParser(place, created, redaction);
    }
}
