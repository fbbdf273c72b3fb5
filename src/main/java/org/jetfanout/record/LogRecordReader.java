package org.jetfanout.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
import java.util.function.Supplier;
import org.jetfanout.log.LogRecord;
import org.jetfanout.log.Redaction;
import org.jetfanout.log.Stream;

/**
 * Makes log records of all that is in a run record, from any places on, as it grows: the runner's
 * lines and events, states, results, and the application's own log. The order within each place is
 * kept; places take turns. The same place gives the same records however often it is read. No file
 * stays open; memory is a stretch of one place at a time, however many batches there are.
 * Thread-safe: one call waits for the other.
 */
public final class LogRecordReader implements Closeable {
    private static final int CHUNK = 128 << 10;
    private static final int TIMES_CHUNK = 4 << 10;
    private static final String OUTPUT_SUFFIX = ".log";
    private static final String EVENTS_SUFFIX = ".events.ndjson";

    /** How often places that had no more are looked at while others have. */
    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    private final RunRecord record;
    private final Redaction redaction;
    private final Map<Place, Long> from;
    private final Instant created;
    private final BatchWorkers workers;
    private final Ecs ecs;

    // Mutable state
    private final Map<Place, Source> sources = new LinkedHashMap<>();
    private final Deque<Source> ready = new ArrayDeque<>();
    private Optional<Made> held = Optional.empty();
    private long folderTime = -1;
    private boolean folderSettled;
    private boolean ended;
    private long looked;

    /** A record that found no room any more. */
    private record Made(LogRecord record, Place place, long end) {}

    /**
     * @param from where to read on from; a place that is not named is read from its beginning
     */
    public LogRecordReader(RunRecord record, Redaction redaction, Map<Place, Long> from) {
        this.record = record;
        this.redaction = redaction;
        this.from = Map.copyOf(from);
        this.created = record.created();
        this.workers = new BatchWorkers(record);
        this.ecs = new Ecs(record.guid(), workers);
    }

    /**
     * The next records. Without any there is nothing now; while the run goes on more may come.
     *
     * @param mostRecords how many at most
     * @param mostBytes length of their JSON at most, in bytes; one record alone may be longer
     */
    public synchronized Records next(int mostRecords, int mostBytes) {
        if (ready.isEmpty() || System.nanoTime() - looked > LOOK_NANOS) {
            look();
        }
        List<LogRecord> records = new ArrayList<>();
        Map<Place, Long> ends = new HashMap<>();
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
        return new Records(records, ends);
    }

    /**
     * Nobody writes any more, or nobody wants to wait for it: what stands after the last line break
     * of a place is a record too.
     */
    public synchronized void end() {
        ended = true;
        look();
    }

    /** How much of the record is not handed out yet, in bytes of the record. */
    public synchronized long backlog() {
        discover();
        long bytes = 0;
        for (Source source : sources.values()) {
            bytes += source.rest();
        }
        return bytes;
    }

    /**
     * About when the oldest came of what is not handed out yet; empty where there is nothing, or
     * only what has no time of its own.
     */
    public synchronized Optional<Instant> oldest() {
        discover();
        Optional<Instant> oldest = held.map(made -> made.record().time());
        for (Source source : sources.values()) {
            if (source.rest() > 0) {
                Optional<Instant> time = source.time();
                if (time.isPresent() && (oldest.isEmpty() || time.get().isBefore(oldest.get()))) {
                    oldest = time;
                }
            }
        }
        return oldest;
    }

    /** Nothing is left open as it is; for the time when there is. */
    @Override
    public synchronized void close() {
        ready.clear();
        sources.clear();
    }

    /** The next record of the place whose turn it is. */
    private Optional<Made> make(Map<Place, Long> ends) {
        while (!ready.isEmpty()) {
            Source source = ready.element();
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
            Optional<Draft> draft = source.draft(line);
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

    private void queue(Source source) {
        if (!source.isQueued() && source.rest() > 0) {
            source.queued(true);
            ready.add(source);
        }
    }

    /** Finds places that there were not yet. */
    private void discover() {
        if (sources.isEmpty()) {
            stored(Place.STATES, "states.ndjson");
            stored(Place.RESULTS, "results.ndjson");
            stored(Place.BATCHES, "batches.ndjson");
            Place log = new Place(Place.RUN, Place.LOG);
            add(
                    log,
                    record.folder().resolve("jet-fanout.log"),
                    Optional::empty,
                    () -> new OwnLogDrafts(log, created, redaction));
        }
        Path folder = record.folder().resolve("output");
        long changed = folder.toFile().lastModified();
        if (changed == folderTime && folderSettled) {
            return;
        }
        // a file made within the same tick of the clock does not show in the folder's time
        folderSettled = System.currentTimeMillis() - changed > 2000;
        folderTime = changed;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.endsWith(OUTPUT_SUFFIX)) {
                    output(name.substring(0, name.length() - OUTPUT_SUFFIX.length()));
                } else if (name.endsWith(EVENTS_SUFFIX)) {
                    events(name.substring(0, name.length() - EVENTS_SUFFIX.length()));
                }
            }
        } catch (NoSuchFileException e) {
            // no run came so far
        } catch (IOException e) {
            throw RecordException.reading(folder, e);
        }
    }

    private void output(String batch) {
        Place place = Place.of(batch, Stream.OUTPUT);
        job(batch, Stream.OUTPUT, () -> new OutputDrafts(place, workers, redaction));
    }

    private void events(String batch) {
        Place place = Place.of(batch, Stream.EVENTS);
        job(batch, Stream.EVENTS, () -> new EventDrafts(place, workers, redaction));
    }

    private void job(String batch, Stream stream, Supplier<Drafts> drafts) {
        if (Names.isSafe(batch)) {
            Path times = record.timesFile(batch);
            add(
                    Place.of(batch, stream),
                    record.outputFile(batch, stream),
                    () -> Optional.of(new FrameTimes(times, stream, created, TIMES_CHUNK)),
                    drafts);
        }
    }

    private void stored(String stream, String file) {
        Place place = new Place(Place.RUN, stream);
        add(
                place,
                record.folder().resolve(file),
                Optional::empty,
                () -> new StoredDrafts(place, created, redaction));
    }

    private void add(
            Place place, Path file, Supplier<Optional<FrameTimes>> times, Supplier<Drafts> drafts) {
        if (!sources.containsKey(place)) {
            long begin = from.getOrDefault(place, 0L);
            sources.put(place, new Source(place, file, times, drafts, begin));
        }
    }
}
