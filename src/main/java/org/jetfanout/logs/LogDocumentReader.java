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
import org.jetfanout.text.Text;

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
    private final Map<RecordStream, Long> startPositions;
    private final Instant created;
    private final RecordStreams streams;
    private final BatchWorkers workers;
    private final Ecs ecs;
    private final Runner runner;

    // Mutable state
    private final Map<RecordStream, StreamReader> readers = new LinkedHashMap<>();
    private final Deque<StreamReader> ready = new ArrayDeque<>();
    private Optional<ReadDocument> held = Optional.empty(); // did not fit into the last answer
    private boolean ended;
    private long lastLook;

    /** A document, and the offset of the byte after it in its stream. */
    private record ReadDocument(LogDocument document, RecordStream stream, long end) {}

    /**
     * @param startPositions the offset at which each stream is read on; a stream that is not named
     *     is read from its beginning
     */
    public LogDocumentReader(
            RunRecord record, Redaction redaction, Map<RecordStream, Long> startPositions) {
        this.redaction = redaction;
        this.runner = Runners.of(record.request());
        this.startPositions = Map.copyOf(startPositions);
        this.created = record.created();
        this.streams = new RecordStreams(record);
        this.workers = new BatchWorkers(record);
        // it is remote text like any other
        String user =
                record.request()
                        .map(request -> request.path("startedBy").asText())
                        .map(Text::plain)
                        .orElse("");
        this.ecs = new Ecs(record.guid(), record.inherited(), user, workers);
    }

    /**
     * The next documents. Where there are none now, more may come while the run goes on.
     *
     * @param mostDocuments how many at most
     * @param mostBytes the length of their JSON at most, in bytes; a single document may be longer
     */
    public synchronized LogDocuments next(int mostDocuments, int mostBytes) {
        if (ready.isEmpty() || System.nanoTime() - lastLook > LOOK_NANOS) {
            lookForMore();
        }
        List<LogDocument> documents = new ArrayList<>();
        Map<RecordStream, Long> positions = new HashMap<>();
        long room = mostBytes;
        while (documents.size() < mostDocuments) {
            Optional<ReadDocument> read = held.isPresent() ? held : readDocument(positions);
            held = Optional.empty();
            if (read.isEmpty()) {
                break;
            }
            room -= read.get().document().json().length;
            if (room < 0 && !documents.isEmpty()) {
                held = read;
                break;
            }
            documents.add(read.get().document());
            positions.put(read.get().stream(), read.get().end());
        }
        return new LogDocuments(documents, positions);
    }

    /**
     * Says that nothing more is written, or that nobody waits for it. What follows the last line
     * break of a stream then counts as a line.
     */
    public synchronized void end() {
        ended = true;
        lookForMore();
    }

    /** The part of the record that is not read yet. */
    public synchronized Backlog backlog() {
        discover();
        Backlog all = Backlog.NONE.since(held.map(read -> read.document().time()));
        for (StreamReader reader : readers.values()) {
            all = reader.addTo(all);
        }
        return all;
    }

    /** Frees memory. No file is open between calls. */
    @Override
    public synchronized void close() {
        ready.clear();
        readers.clear();
    }

    /** The next document of the stream whose turn it is. */
    private Optional<ReadDocument> readDocument(Map<RecordStream, Long> positions) {
        while (!ready.isEmpty()) {
            StreamReader reader = ready.element();
            if (!reader.hasLine()) {
                if (!reader.fill(CHUNK, ended)) {
                    ready.remove().setQueued(false);
                    continue;
                }
                // read first: the record stores a batch's worker before it stores what that worker
                // said
                workers.readOn();
            }
            TextLine line = reader.take();
            if (!reader.hasLine()) {
                // another stream's turn
                ready.add(ready.remove());
            }
            Optional<DocumentFields> fields = reader.parse(line);
            if (fields.isPresent()) {
                return Optional.of(
                        new ReadDocument(ecs.write(fields.get()), reader.stream(), line.end()));
            }
            positions.put(reader.stream(), line.end());
        }
        return Optional.empty();
    }

    /** Looks for streams that are new or have grown. */
    private void lookForMore() {
        lastLook = System.nanoTime();
        discover();
        readers.values().forEach(this::queue);
    }

    private void queue(StreamReader reader) {
        if (!reader.isQueued() && reader.hasMore()) {
            reader.setQueued(true);
            ready.add(reader);
        }
    }

    private void discover() {
        streams.discover(
                found ->
                        readers.put(
                                found.stream(),
                                new StreamReader(
                                        found,
                                        () -> parser(found.stream()),
                                        startPositions.getOrDefault(found.stream(), 0L))));
    }

    /** A parser for the lines of a stream, at its beginning. */
    private LineParser parser(RecordStream stream) {
        if (stream.name().equals(RecordStream.OUTPUT)) {
            return new OutputParser(stream, workers, runner, redaction);
        }
        if (stream.name().equals(RecordStream.EVENTS)) {
            return new EventParser(stream, workers, runner, redaction);
        }
        if (stream.name().equals(RecordStream.LOG)) {
            return new OwnLogParser(stream, created, redaction);
        }
        return new StoredEventParser(stream, created, redaction);
    }
}
