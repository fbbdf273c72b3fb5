package org.jetfanout.service.views;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jetfanout.record.Counts;
import org.jetfanout.record.FileNames;
import org.jetfanout.record.RecordException;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunFolder;
import org.jetfanout.record.RunRecord;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.status.RunLine;
import org.jetfanout.status.Runs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of this machine and those that wait in the service, with what is known of each. A record
 * is read again only where it has changed. Thread-safe.
 */
final class RunCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(RunCatalog.class);

    private static final Comparator<RunHead> NEWEST_FIRST =
            Comparator.comparing(RunHead::created).reversed().thenComparing(RunHead::guid);

    private final Runs runs;
    private final Supplier<List<WaitingRun>> waiting;
    private final Snapshots snapshots;

    // Mutable state
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();

    /** A run as it was when its final status had this time and length. */
    private record Known(long time, long length, RunHead head) {}

    RunCatalog(Runs runs, Supplier<List<WaitingRun>> waiting, Snapshots snapshots) {
        this.runs = runs;
        this.waiting = waiting;
        this.snapshots = snapshots;
    }

    RunsView page(RunsFilter filter) {
        List<RunHead> all = all().stream().filter(filter::lets).toList();
        int from = begin(all, filter.after());
        int limit = Math.max(1, Math.min(RunsFilter.MOST, filter.limit()));
        int to = Math.min(all.size(), from + limit);
        String next = to < all.size() ? cursor(all.get(to - 1)) : "";
        return new RunsView(all.subList(from, to), next, all.size());
    }

    /** All runs, newest first. */
    List<RunHead> all() {
        String[] names = runs.folder().toFile().list();
        List<String> guids =
                names == null ? List.of() : Arrays.stream(names).filter(FileNames::isSafe).toList();
        Set<String> now = Set.copyOf(guids);
        known.keySet().retainAll(now);
        broken.retainAll(now);
        List<RunHead> all =
                guids.parallelStream()
                        .map(this::look)
                        .flatMap(Optional::stream)
                        .collect(Collectors.toCollection(ArrayList::new));
        for (WaitingRun run : waiting.get()) {
            if (!now.contains(run.guid())) {
                all.add(head(run));
            }
        }
        all.sort(NEWEST_FIRST);
        return all;
    }

    /** A run that waits in the service. */
    Optional<RunHead> waiting(String guid) {
        return waiting.get().stream()
                .filter(run -> run.guid().equals(guid))
                .findFirst()
                .map(RunCatalog::head);
    }

    /** The place after the run of a cursor; it need not be in the list any more. */
    private static int begin(List<RunHead> all, String after) {
        if (after.isEmpty()) {
            return 0;
        }
        int tilde = after.indexOf('~');
        Instant created;
        try {
            created = Instant.parse(after.substring(0, Math.max(0, tilde)));
        } catch (java.time.format.DateTimeParseException e) {
            throw new RefusedException(400, "after is not from an answer of this list");
        }
        String guid = after.substring(tilde + 1);
        for (int i = 0; i < all.size(); i++) {
            int order = all.get(i).created().compareTo(created);
            if (order < 0 || (order == 0 && all.get(i).guid().compareTo(guid) > 0)) {
                return i;
            }
        }
        return all.size();
    }

    private static String cursor(RunHead run) {
        return run.created() + "~" + run.guid();
    }

    private static RunHead head(WaitingRun run) {
        return new RunHead(
                run.guid(),
                run.accepted(),
                Optional.empty(),
                RunPhase.WAITING,
                OptionalInt.empty(),
                Counts.NONE,
                "",
                Shown.text(run.title()),
                run.template(),
                run.who(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    private Optional<RunHead> look(String guid) {
        Path folder = runs.folder().resolve(guid);
        try {
            java.io.File summary = RunFile.SUMMARY.in(folder).toFile();
            long time = summary.lastModified();
            long length = summary.length();
            Known before = known.get(guid);
            if (time != 0 && before != null && before.time() == time && before.length() == length) {
                return Optional.of(before.head());
            }
            if (!Files.isDirectory(folder)) {
                return Optional.empty();
            }
            Optional<RunLine> ended = time == 0 ? Optional.empty() : RunLine.ended(folder);
            if (ended.isPresent()) {
                RunHead head = head(folder, ended.get(), Instant.ofEpochMilli(time));
                known.put(guid, new Known(time, length, head));
                return Optional.of(head);
            }
            return Optional.of(snapshots.of(guid).head());
        } catch (RecordException | NoSuchRun e) {
            // a broken record does not hide the other runs
            if (Files.isDirectory(folder) && broken.add(guid)) {
                LOG.warn("run {} cannot be listed: {}", guid, e.getMessage());
            }
            return Optional.empty();
        }
    }

    private static RunHead head(Path folder, RunLine line, Instant ended) {
        RequestFacts facts;
        try (RunRecord record = RunRecord.at(folder)) {
            facts = RequestFacts.of(record.request());
        }
        return new RunHead(
                line.guid(),
                new RunFolder(folder).created(),
                Optional.of(ended),
                RunPhase.ENDED,
                line.exitCode(),
                line.totals(),
                facts.runner(),
                facts.title(),
                facts.template(),
                facts.startedBy(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    /** The newest time at which anything in the folder of the runs was made or removed. */
    long changed() throws IOException {
        return Files.exists(runs.folder())
                ? Files.getLastModifiedTime(runs.folder()).toMillis()
                : 0;
    }
}
