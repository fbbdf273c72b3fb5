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
 * Makes log documents of everything in a run record while the record grows: the runner's lines and
 * events, states, results, and the application's own log. It can begin at any offset of each
 * stream. The order within a stream is kept, and streams take turns. The same part of a stream
 * always gives the same documents. No file stays open. Memory is a part of one stream at a time,
 * however many batches there are. Thread-safe: one call waits for another.
 */
public final class LogDocumentReader implements Closeable {
    private static final int CHUNK = 128 << 10;

    /** How often streams without new lines are looked at while others have some. */
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

    /** A document that did not fit into the last answer. */
    private record Made(LogDocument record, RecordStream place, long end) {}

    /**
     * @param from the offset at which each stream is read on; a stream that is not named is read
     *     from its beginning
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
     * The next documents. Where there are none now, more may come while the run goes on.
     *
     * @param mostRecords how many at most
     * @param mostBytes the length of their JSON at most, in bytes; a single document may be longer
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
     * Says that nothing more is written, or that nobody waits for it. What follows the last line
     * break of a stream then counts as a line.
     */
    public synchronized void end() {
        ended = true;
        look();
    }

    /** The part of the record that is not read yet. */
    public synchronized Backlog backlog() {
        discover();
        Backlog all = Backlog.NONE.since(held.map(made -> made.record().time()));
        for (StreamReader source : sources.values()) {
            all = source.addTo(all);
        }
        return all;
    }

    /** Frees memory. No file is open between calls. */
    @Override
    public synchronized void close() {
        ready.clear();
        sources.clear();
    }

    /** The next document of the stream whose turn it is. */
    private Optional<Made> make(Map<RecordStream, Long> ends) {
        while (!ready.isEmpty()) {
            StreamReader source = ready.element();
            if (!source.hasLine()) {
                if (!source.fill(CHUNK, ended)) {
                    ready.remove().queued(false);
                    continue;
                }
                // read first: the record stores a batch's worker before it stores what that worker
                // said
                workers.readOn();
            }
            TextLine line = source.take();
            if (!source.hasLine()) {
                // another stream's turn
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

    /** Looks for streams that are new or have grown. */
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

    /** A parser for the lines of a stream, at its beginning. */
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
