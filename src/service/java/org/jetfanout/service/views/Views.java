package org.jetfanout.service.views;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.logs.LogDocumentReader;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.PlaysPassed;
import org.jetfanout.record.RolloutState;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.record.StoredResults;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.lines.LineFeeds;
import org.jetfanout.service.lines.LinesFilter;
import org.jetfanout.service.lines.LinesView;
import org.jetfanout.service.lines.SearchBudget;
import org.jetfanout.status.RunStatus;
import org.jetfanout.status.Runs;
import org.jetfanout.status.WorkerStatus;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Times;

/**
 * All that the API and the page show of runs, read from their records: of runs of the service and
 * of the command line alike. Every method that takes a GUID throws {@link NoSuchRun} where there is
 * no such run, and {@link RefusedException} where a page's beginning is not one of ours.
 * Thread-safe.
 */
public final class Views implements AutoCloseable {
    private static final int MOST_MESSAGES = 20;
    private static final int PIECE_LINES = 500;
    private static final int PIECE_BYTES = 1 << 20;

    /** How long a question waits for the first reading of a run's lines. */
    private static final Duration FIRST_READING = Duration.ofSeconds(10);

    private final Snapshots snapshots;
    private final RunCatalog catalog;
    private final LineFeeds feeds;

    /**
     * @param runs the folder with the records
     * @param waiting the runs that the service accepted and that have no record yet
     * @param index the folder for the indexes of lines
     */
    public Views(Runs runs, Supplier<List<WaitingRun>> waiting, Path index) {
        snapshots = new Snapshots(runs);
        catalog = new RunCatalog(runs, waiting, snapshots);
        feeds = new LineFeeds(index, snapshots::folder);
    }

    /** A page of the list of runs, newest first. */
    public RunsView runs(RunsFilter filter) {
        return catalog.page(filter);
    }

    /** The folder of a run's record. */
    public Path folder(String guid) {
        return snapshots.folder(guid);
    }

    /** The line of one run, as the list has it. */
    public RunHead head(String guid) {
        return catalog.waiting(guid).orElseGet(() -> snapshots.of(guid).head());
    }

    /** Reads a run again when somebody asks for it next: it was just changed. */
    public void changed(String guid) {
        snapshots.forget(guid);
    }

    /** The head of one run. */
    public RunView run(String guid) {
        Optional<RunHead> waiting =
                snapshotFolder(guid).toString().isEmpty()
                        ? catalog.waiting(guid)
                        : Optional.empty();
        if (waiting.isPresent()) {
            return new RunView(
                    waiting.get(),
                    Map.of(),
                    0,
                    0,
                    Map.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    new RunView.Can(1, 0, 0, 0, false, false, 0, 0));
        }
        RunSnapshot run = snapshots.of(guid);
        Map<BatchState, Integer> states = new EnumMap<>(BatchState.class);
        run.status().workers().forEach(worker -> states.merge(worker.state(), 1, Integer::sum));
        Map<String, Integer> words = new LinkedHashMap<>();
        states.forEach((state, count) -> words.put(state.word(), count));
        List<SinkStatus> sinks;
        List<PersonAct> people = new ArrayList<>();
        try (RunRecord record = RunRecord.at(snapshots.folder(guid))) {
            sinks = record.sinks().statuses();
            record.people(row -> people.add(act(row)));
        }
        return new RunView(
                run.head(),
                words,
                (int) run.status().workers().stream().map(WorkerStatus::worker).distinct().count(),
                run.plan().unmatched().size(),
                RequestFacts.given(run.request()),
                people,
                sinks,
                messages(guid, run),
                can(run));
    }

    private Path snapshotFolder(String guid) {
        try {
            return snapshots.folder(guid);
        } catch (NoSuchRun e) {
            return Path.of("");
        }
    }

    private static RunView.Can can(RunSnapshot run) {
        RunHead head = run.head();
        Counts totals = head.totals();
        boolean alive = head.state() == RunPhase.PLANNING || head.state() == RunPhase.RUNNING;
        boolean done = head.state() == RunPhase.ENDED || head.state() == RunPhase.INTERRUPTED;
        String waitsFor = head.wave().map(RunHead.Wave::waitsFor).orElse("");
        int next = head.wave().map(RunHead.Wave::nextWave).orElse(0);
        boolean approval = waitsFor.equals(RolloutState.Kind.APPROVAL.word());
        // nothing is lost: the approval takes the run up
        boolean leftAtGate = approval && head.state() == RunPhase.INTERRUPTED;
        int interrupted = leftAtGate ? 0 : totals.unfinished();
        int resume = head.state() == RunPhase.INTERRUPTED ? interrupted : resumable(run);
        boolean more =
                head.wave().filter(wave -> wave.number() < wave.waves()).isPresent()
                        && head.wave().get().stopped().isEmpty();
        boolean open = alive || head.state() == RunPhase.INTERRUPTED;
        return new RunView.Can(
                alive ? Math.max(1, totals.unfinished()) : 0,
                resume,
                done ? totals.failed() : 0,
                done ? totals.unreachable() + interrupted + totals.notStarted() : 0,
                alive && more && waitsFor.isEmpty(),
                alive
                        && (waitsFor.equals(RolloutState.Kind.PAUSE.word())
                                || waitsFor.equals(RolloutState.Kind.CONTINUE.word())),
                open && approval ? next : 0,
                open && approval ? run.plan().wave(next).hosts() : 0);
    }

    private static int resumable(RunSnapshot run) {
        return run.status().workers().stream()
                .filter(WorkerStatus::resumable)
                .mapToInt(worker -> worker.counts().hosts())
                .sum();
    }

    /** Messages of a run in the background that did not come to a plan. */
    private List<String> messages(String guid, RunSnapshot run) {
        List<String> messages = new ArrayList<>();
        try (RunRecord record = RunRecord.at(snapshots.folder(guid))) {
            OptionalLong taken = record.takenOver();
            if (taken.isPresent() && run.head().state() != RunPhase.ENDED) {
                messages.add("another instance has taken the run over: its record is there");
            }
            Path said = record.file(RunFile.BACKGROUND_LOG);
            if (run.plan().batches().isEmpty() && Files.isRegularFile(said)) {
                try (Stream<String> all = Files.lines(said, StandardCharsets.UTF_8)) {
                    all.filter(line -> line.startsWith("jet-fanout: "))
                            .limit(MOST_MESSAGES)
                            .forEach(line -> messages.add(Shown.reason(line)));
                } catch (IOException | java.io.UncheckedIOException e) {
                    messages.add("the messages of the run cannot be read");
                }
            }
        }
        return messages;
    }

    /** The hosts, by outcome and reason, and a page of them one by one. */
    public HostsView hosts(String guid, HostsFilter filter) {
        return isWaiting(guid)
                ? new HostsView(Counts.NONE, List.of(), List.of(), 0, "")
                : snapshots.of(guid).hosts().view(filter);
    }

    private boolean isWaiting(String guid) {
        return snapshotFolder(guid).toString().isEmpty() && catalog.waiting(guid).isPresent();
    }

    /** One host. */
    public HostsView.Host host(String guid, String name) {
        return snapshots
                .of(guid)
                .hosts()
                .host(name)
                .orElseThrow(
                        () -> new NoSuchRun("run " + guid + " has no host " + Shown.reason(name)));
    }

    /** The workers, one entry a batch. */
    public WorkersView workers(String guid) {
        if (isWaiting(guid)) {
            return new WorkersView(List.of());
        }
        RunSnapshot run = snapshots.of(guid);
        Map<String, Batch> planned = new LinkedHashMap<>();
        run.plan().batches().forEach(batch -> planned.put(batch.id(), batch));
        List<WorkersView.WorkerLine> lines = new ArrayList<>();
        for (WorkerStatus worker : run.status().workers()) {
            lines.add(line(run, worker, planned.get(worker.batch())));
        }
        return new WorkersView(lines);
    }

    private static WorkersView.WorkerLine line(RunSnapshot run, WorkerStatus worker, Batch batch) {
        RunSnapshot.Course course = run.course(worker.batch());
        Optional<StoredResults.EndedBatch> ended =
                run.results().batch(worker.batch()).filter(of -> worker.state().isLast());
        return new WorkersView.WorkerLine(
                worker.worker(),
                worker.batch(),
                batch == null ? "" : batch.worker().group(),
                batch == null ? "" : batch.worker().address(),
                batch == null ? 1 : batch.wave(),
                worker.state(),
                Shown.reason(worker.reason()),
                worker.counts(),
                course.started.or(() -> ended.map(StoredResults.EndedBatch::started)),
                ended.map(StoredResults.EndedBatch::ended),
                course.reconnects,
                course.workers.stream().filter(name -> !name.equals(worker.worker())).toList(),
                worker.complete(),
                worker.resumable());
    }

    /**
     * The plan.
     *
     * @param limit how many batches, at most {@value SignaturesView#MOST}
     * @param after the {@code next} of the page before; empty for the first one
     */
    public PlanView plan(String guid, int limit, String after) {
        if (isWaiting(guid)) {
            return new PlanView(0, 1, Map.of(), 0, "", "", List.of(), 0, "");
        }
        RunSnapshot run = snapshots.of(guid);
        Plan plan = run.plan();
        int from = place(after, plan.batches().size());
        int to = Math.min(plan.batches().size(), from + bounded(limit));
        List<PlanView.PlannedBatch> batches = new ArrayList<>();
        for (Batch batch : plan.batches().subList(from, to)) {
            Shown.Ranges ranges = Shown.ranges(batch.hosts());
            batches.add(
                    new PlanView.PlannedBatch(
                            batch.id(),
                            batch.wave(),
                            batch.worker().name(),
                            batch.worker().group(),
                            batch.worker().address(),
                            batch.worker().port(),
                            batch.worker().user(),
                            batch.hosts().size(),
                            ranges.text(),
                            ranges.cut()));
        }
        return new PlanView(
                plan.hosts(),
                plan.waves(),
                run.status()
                        .rollout()
                        .map(rollout -> rollout.state().rules().texts())
                        .orElse(Map.of()),
                run.passed().map(PlaysPassed::front).orElse(0),
                run.passed().map(passed -> Shown.reason(passed.stopped())).orElse(""),
                Shown.ranges(plan.unmatched()).text(),
                batches,
                plan.batches().size(),
                to < plan.batches().size() ? Integer.toString(to) : "");
    }

    private static int bounded(int limit) {
        return Math.max(1, Math.min(SignaturesView.MOST, limit));
    }

    private static int place(String after, int most) {
        if (after.isEmpty()) {
            return 0;
        }
        try {
            int place = Integer.parseInt(after);
            if (place >= 0) {
                return Math.min(place, most);
            }
        } catch (NumberFormatException e) {
            // falls through
        }
        throw new RefusedException(400, "after is not from an answer of this list");
    }

    /**
     * What the forwarded agent was asked to sign.
     *
     * @param limit how many requests, at most {@value SignaturesView#MOST}
     * @param after the {@code next} of the page before; empty for the first one
     */
    public SignaturesView signatures(String guid, int limit, String after) {
        if (isWaiting(guid)) {
            return new SignaturesView(List.of(), List.of(), 0, "");
        }
        int from = place(after, Integer.MAX_VALUE);
        int to = from + bounded(limit);
        int[] number = {0};
        List<SignaturesView.SignatureLine> lines = new ArrayList<>();
        Map<List<String>, int[]> counts = new LinkedHashMap<>();
        try (RunRecord record = RunRecord.at(snapshots.folder(guid))) {
            record.signatures(
                    row -> {
                        SignaturesView.SignatureLine line = signature(row);
                        List<String> key = List.of(line.worker(), line.fingerprint(), line.login());
                        if (counts.containsKey(key) || counts.size() < SignaturesView.MOST_GROUPS) {
                            counts.computeIfAbsent(key, of -> new int[2])[line.allowed() ? 0 : 1]++;
                        }
                        if (number[0] >= from && number[0] < to) {
                            lines.add(line);
                        }
                        number[0]++;
                    });
        }
        List<SignaturesView.Group> groups = new ArrayList<>();
        counts.forEach(
                (key, count) ->
                        groups.add(
                                new SignaturesView.Group(
                                        key.get(0), key.get(1), key.get(2), count[0], count[1])));
        return new SignaturesView(
                groups, lines, number[0], to < number[0] ? Integer.toString(to) : "");
    }

    private static SignaturesView.SignatureLine signature(JsonNode row) {
        return new SignaturesView.SignatureLine(
                time(row),
                Shown.text(row.path("worker").asText()),
                Shown.text(row.path("fingerprint").asText()),
                Shown.text(row.path("login").asText()),
                Shown.text(row.path("hostKey").asText()),
                row.path("allowed").asBoolean());
    }

    private static PersonAct act(JsonNode row) {
        return new PersonAct(
                time(row),
                Shown.text(row.path("who").asText()),
                Shown.text(row.path("what").asText()));
    }

    private static Instant time(JsonNode row) {
        try {
            return Instant.parse(row.path("time").asText());
        } catch (DateTimeParseException e) {
            return Instant.EPOCH;
        }
    }

    /** How the run went over time. */
    public TimelineView timeline(String guid) {
        if (isWaiting(guid)) {
            return new TimelineView(List.of());
        }
        RunSnapshot run = snapshots.of(guid);
        RunStatus status = run.status();
        List<StoredResults.EndedBatch> ended =
                run.results().batches().stream()
                        .flatMap(batch -> run.results().batch(batch).stream())
                        .sorted(Comparator.comparing(StoredResults.EndedBatch::ended))
                        .toList();
        List<TimelineView.Point> all = new ArrayList<>();
        int[] sums = new int[5];
        int hosts = status.totals().hosts();
        all.add(new TimelineView.Point(run.head().created(), Counts.waiting(hosts)));
        for (StoredResults.EndedBatch batch : ended) {
            sums[0] += batch.counts().ok();
            sums[1] += batch.counts().changed();
            sums[2] += batch.counts().failed();
            sums[3] += batch.counts().unreachable();
            sums[4] += batch.counts().notStarted();
            int rest = hosts - sums[0] - sums[1] - sums[2] - sums[3] - sums[4];
            if (rest >= 0) {
                all.add(
                        new TimelineView.Point(
                                batch.ended(),
                                new Counts(
                                        hosts, sums[0], sums[1], sums[2], sums[3], rest, sums[4])));
            }
        }
        if (run.head().isAlive()) {
            all.add(new TimelineView.Point(Instant.now(), status.totals()));
        }
        return new TimelineView(thinned(all));
    }

    private static List<TimelineView.Point> thinned(List<TimelineView.Point> all) {
        if (all.size() <= TimelineView.MOST) {
            return all;
        }
        List<TimelineView.Point> some = new ArrayList<>(TimelineView.MOST);
        for (int i = 0; i < TimelineView.MOST; i++) {
            some.add(all.get((int) ((long) i * (all.size() - 1) / (TimelineView.MOST - 1))));
        }
        return some;
    }

    /**
     * Lines of the run's output, by number or by search.
     *
     * @throws RefusedException where the pattern is none, or takes too long
     */
    public LinesView lines(String guid, LinesFilter filter) {
        if (isWaiting(guid)) {
            return new LinesView(List.of(), 1, 1, 0, false, false);
        }
        try (LineFeeds.Feed feed = feeds.open(guid)) {
            long wanted =
                    filter.before() > 0
                            ? filter.before() - 1
                            : Math.max(1, filter.from()) + (filter.isOpen() ? filter.limit() : 0);
            feed.await(wanted, FIRST_READING);
            return feed.search(filter, SearchBudget.ofRequest());
        }
    }

    /** The log records up to now, as sinks get them: JSON, one object a line. */
    public InputStream records(String guid) {
        if (isWaiting(guid)) {
            return InputStream.nullInputStream();
        }
        RunRecord record = RunRecord.at(snapshots.folder(guid));
        LogDocumentReader reader = new LogDocumentReader(record, Redaction.defaults(), Map.of());
        if (record.exitCode().isPresent()) {
            reader.end();
        }
        return new PiecesStream(
                () -> documents(reader),
                () -> {
                    reader.close();
                    record.close();
                });
    }

    private static Optional<byte[]> documents(LogDocumentReader reader) {
        List<LogDocument> documents = reader.next(PIECE_LINES, PIECE_BYTES).documents();
        if (documents.isEmpty()) {
            return Optional.empty();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (LogDocument document : documents) {
            bytes.writeBytes(document.json());
            bytes.write('\n');
        }
        return Optional.of(bytes.toByteArray());
    }

    /** The lines of the output up to now, as text: time, worker, text. */
    public InputStream output(String guid) {
        if (isWaiting(guid)) {
            return InputStream.nullInputStream();
        }
        LineFeeds.Feed feed = feeds.open(guid);
        feed.await(Long.MAX_VALUE, FIRST_READING);
        long[] next = {1};
        return new PiecesStream(
                () -> {
                    List<LinesView.ShownLine> lines = feed.range(next[0], PIECE_LINES);
                    next[0] += lines.size();
                    return lines.isEmpty() ? Optional.empty() : Optional.of(text(lines));
                },
                feed::close);
    }

    private static byte[] text(List<LinesView.ShownLine> lines) {
        StringBuilder text = new StringBuilder(100 * lines.size());
        for (LinesView.ShownLine line : lines) {
            text.append(Times.utc(line.time())).append(' ').append(line.worker()).append(": ");
            text.append(line.text()).append(line.cut() ? " [cut, continues]\n" : "\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The lines of runs as they come. */
    public LineFeeds feeds() {
        return feeds;
    }

    @Override
    public void close() {
        feeds.close();
    }

    /** All runs that the list knows, newest first: to notice changes. */
    public List<RunHead> heads() {
        return catalog.all();
    }
}
