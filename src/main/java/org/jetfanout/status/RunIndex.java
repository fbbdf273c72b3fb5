package org.jetfanout.status;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.record.Counts;
import org.jetfanout.record.FileNames;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunFolder;

/**
 * A cache of what {@code runs} lists about ended runs: the file {@code runs.index} beside the
 * folder of the records, with one line for each run. It may be deleted at any time. A line is valid
 * as long as its time is that of the run's final status. Thread-safe.
 */
final class RunIndex {
    private static final int FIELDS = 11;
    private static final int WORTH_A_WRITE = 50;
    private static final int WORTH_THREADS = 20;

    private final Path folder;
    private final Path file;

    RunIndex(Path runsFolder) {
        folder = runsFolder;
        file = runsFolder.resolveSibling("runs.index");
    }

    /** One line of the file. */
    private record Entry(long modified, RunLine line) {}

    /** A run that was found, with its line of the index where there is a valid one. */
    private record Found(String guid, Optional<RunLine> known) {}

    /**
     * The runs, newest first.
     *
     * @param broken is told of each run that cannot be read
     */
    List<RunLine> lines(BiConsumer<String, RecordException> broken) {
        Map<String, Entry> entries = read();
        List<Found> all = found(entries);
        AtomicInteger more = new AtomicInteger();
        List<RunLine> lines =
                // threads for a few would take longer than they save
                (all.size() < WORTH_THREADS ? all.stream() : all.parallelStream())
                        .map(run -> run.known().or(() -> look(run.guid(), more, broken)))
                        .flatMap(Optional::stream)
                        .sorted(RunIndex::newestFirst)
                        .toList();
        int dead =
                entries.size() - (int) all.stream().filter(run -> run.known().isPresent()).count();
        if (more.get() >= WORTH_A_WRITE || dead > WORTH_A_WRITE + all.size()) {
            write(lines);
        }
        return lines;
    }

    /** Written out: Java makes the classes of its own comparators anew in each process. */
    private static int newestFirst(RunLine one, RunLine other) {
        return newestFirst(one.created(), one.guid(), other.created(), other.guid());
    }

    /** Compares two runs by the times of their creation and, of one time, by their GUIDs. */
    static int newestFirst(Instant one, String guid, Instant other, String otherGuid) {
        int byTime = other.compareTo(one);
        return byTime == 0 ? guid.compareTo(otherGuid) : byTime;
    }

    private Optional<RunLine> look(
            String guid, AtomicInteger more, BiConsumer<String, RecordException> broken) {
        Path run = folder.resolve(guid);
        if (!Files.isDirectory(run)) {
            return Optional.empty();
        }
        try {
            RunLine line = RunLine.of(run);
            more.addAndGet(line.state() == RunState.ENDED ? 1 : 0);
            return Optional.of(line);
        } catch (RecordException e) {
            synchronized (this) {
                broken.accept(guid, e);
            }
            return Optional.empty();
        }
    }

    /** The GUIDs of all runs with the times of their creation, not sorted. */
    Map<String, Instant> created() {
        Map<String, Instant> created = new HashMap<>();
        for (Found run : found(read())) {
            Path record = folder.resolve(run.guid());
            if (run.known().isPresent()) {
                created.put(run.guid(), run.known().get().created());
            } else if (Files.isDirectory(record)) {
                created.put(run.guid(), new RunFolder(record).created());
            }
        }
        return created;
    }

    private List<Found> found(Map<String, Entry> entries) {
        String[] names = folder.toFile().list();
        if (names == null) {
            if (Files.exists(folder)) {
                throw RecordException.reading(folder, new IOException("is not a readable folder"));
            }
            return List.of();
        }
        return Arrays.stream(names)
                .filter(FileNames::isSafe)
                .map(
                        name ->
                                new Found(
                                        name,
                                        Optional.ofNullable(entries.get(name))
                                                .filter(it -> it.modified() == modified(name))
                                                .map(Entry::line)))
                .toList();
    }

    /** When the final status was stored; 0 where there is none. */
    private long modified(String guid) {
        return RunFile.SUMMARY.in(folder.resolve(guid)).toFile().lastModified();
    }

    private Map<String, Entry> read() {
        Map<String, Entry> entries = new HashMap<>();
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            text.lines().forEach(line -> entry(line, entries));
        } catch (IOException e) {
            // there is no index yet, or it cannot be used
        }
        return entries;
    }

    private static void entry(String line, Map<String, Entry> entries) {
        String[] fields = line.split(" ", -1);
        if (fields.length != FIELDS) {
            return;
        }
        try {
            int[] numbers = new int[FIELDS - 3];
            for (int n = 0; n < numbers.length; n++) {
                numbers[n] = Integer.parseInt(fields[n + 3]);
            }
            Counts totals =
                    new Counts(
                            numbers[1],
                            numbers[2],
                            numbers[3],
                            numbers[4],
                            numbers[5],
                            numbers[6],
                            numbers[7]);
            entries.put(
                    fields[0],
                    new Entry(
                            Long.parseLong(fields[1]),
                            new RunLine(
                                    fields[0],
                                    instant(fields[2]),
                                    RunState.ENDED,
                                    OptionalInt.of(numbers[0]),
                                    totals)));
        } catch (IllegalArgumentException e) {
            // an incomplete line: the run is read again
        }
    }

    /**
     * A time as seconds and nanoseconds, because parsing ISO 8601 would take longer than everything
     * else.
     */
    private static Instant instant(String text) {
        int point = text.indexOf('.');
        return Instant.ofEpochSecond(
                Long.parseLong(text.substring(0, point)),
                Long.parseLong(text.substring(point + 1)));
    }

    @SuppressWarnings("JavaInstantGetSecondsGetNano") // both are written
    private void write(List<RunLine> lines) {
        List<String> texts = new ArrayList<>();
        for (RunLine line : lines) {
            if (line.state() == RunState.ENDED && line.exitCode().isPresent()) {
                Counts totals = line.totals();
                texts.add(
                        "%s %d %d.%d %d %d %d %d %d %d %d %d"
                                .formatted(
                                        line.guid(),
                                        modified(line.guid()),
                                        line.created().getEpochSecond(),
                                        line.created().getNano(),
                                        line.exitCode().getAsInt(),
                                        totals.hosts(),
                                        totals.ok(),
                                        totals.changed(),
                                        totals.failed(),
                                        totals.unreachable(),
                                        totals.unfinished(),
                                        totals.notStarted()));
            }
        }
        byte[] bytes = (String.join("\n", texts) + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            PrivateFiles.replace(file, false, out -> out.write(bytes));
        } catch (IOException e) {
            // the disk is full or read-only: the next call takes as long as this one
        }
    }
}
