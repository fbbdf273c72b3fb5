package org.jetfanout.service.lines;

import java.io.Closeable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jetfanout.ConfigurationException;
import org.jetfanout.logs.RunLineReader;
import org.jetfanout.record.Assignments;
import org.jetfanout.record.Line;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.text.BoundedPattern;
import org.jetfanout.text.KeyBlock;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/**
 * The lines of one run. {@link #readOn} brings the index up to date and is called by one thread at
 * a time; everything else by any thread.
 */
final class RunLines implements Closeable {
    /** How many lines are looked at together. */
    private static final int BLOCK = 2_048;

    /** How long one call of {@link #readOn} may take. */
    private static final long SPELL_NANOS = Duration.ofMillis(50).toNanos();

    private static final String MARK_WORD = "redacted";
    private static final String[] LEVELS = {"info", "warning", "error"};

    private final RunRecord record;
    private final Runner runner;
    private final Instant created;
    private final HostNumbers hosts;
    private final LineIndex index;
    private final Assignments assignments;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, LineReader> meanings = new HashMap<>();
    private final Map<String, KeyBlock> keys = new HashMap<>();

    // Mutable state
    private RunLineReader reader;
    private long summaryTime = -1;
    private volatile boolean complete;
    private volatile boolean caughtUp;

    private RunLines(RunRecord record, Path folder) {
        this.record = record;
        this.runner = runner(record);
        this.created = record.created();
        this.hosts = HostNumbers.of(record.plan());
        this.index = LineIndex.open(folder, about(record));
        this.assignments = Assignments.of(record);
        this.reader = reader();
    }

    /**
     * @param run the folder of the record
     * @param folder of the index
     */
    static RunLines open(Path run, Path folder) {
        return new RunLines(RunRecord.at(run), folder);
    }

    private static Runner runner(RunRecord record) {
        try {
            return Runners.of(record.request());
        } catch (ConfigurationException e) {
            // a runner of another version: its lines are shown without hosts
            return Runners.of(Optional.empty());
        }
    }

    /** Whether the plan was stored or replaced since this was opened: then hosts have others. */
    boolean isOutdated() {
        return !LineIndex.isAbout(index.folder(), about(record));
    }

    private static String about(RunRecord record) {
        java.io.File plan = record.file(RunFile.PLAN).toFile();
        return record.guid() + " " + plan.lastModified() + " " + plan.length();
    }

    private RunLineReader reader() {
        Map<String, Long> last = index.lastOffsets();
        Map<String, Long> from = new HashMap<>();
        last.forEach((batch, offset) -> from.put(batch, LineTexts.end(record, batch, offset)));
        return new RunLineReader(
                record, batch -> true, Optional.empty(), batch -> from.getOrDefault(batch, 0L));
    }

    /** How many lines there are. */
    long count() {
        return index.count();
    }

    /** Whether the run has ended and no more lines come. */
    boolean isComplete() {
        return complete;
    }

    /** Whether everything was read that the record had when this was opened. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void forget(Runnable listener) {
        listeners.remove(listener);
    }

    /**
     * Puts new lines into the index, for a short while.
     *
     * @return whether there are more at once
     */
    boolean readOn() {
        long ended = record.file(RunFile.SUMMARY).toFile().lastModified();
        if (complete && ended == summaryTime) {
            return false;
        }
        if (complete || (summaryTime > 0 && ended != summaryTime)) {
            // the run was taken up again after its end
            complete = false;
            index.flush();
            reader = reader();
        }
        long began = System.nanoTime();
        long before = index.count();
        boolean more = false;
        Optional<Line> line = reader.next();
        while (line.isPresent()) {
            index.add(entry(line.get()));
            if (System.nanoTime() - began > SPELL_NANOS) {
                more = true;
                break;
            }
            line = reader.next();
        }
        index.flush();
        if (!more && ended != 0) {
            if (summaryTime == ended) {
                // this pass has read everything that was written before the end
                complete = true;
            } else {
                summaryTime = ended;
                reader.end();
                more = true;
            }
        }
        boolean first = !more && !caughtUp;
        caughtUp |= !more;
        if (index.count() != before || complete || first) {
            listeners.forEach(Runnable::run);
        }
        return more;
    }

    private IndexEntry entry(Line line) {
        String batch = line.batch();
        String text = Text.plain(line.text());
        LineMeaning meaning =
                meanings.computeIfAbsent(
                                batch, id -> runner.lines(name -> hosts.number(id, name) > 0))
                        .read(text);
        int level =
                switch (meaning.level()) {
                    case INFO -> 0;
                    case WARNING -> 1;
                    case ERROR -> 2;
                };
        return new IndexEntry(
                index.numberForWriting(batch),
                line.offset(),
                Duration.between(created, line.time()).toMillis(),
                hosts.number(batch, meaning.host()),
                level,
                keys.computeIfAbsent(batch, id -> new KeyBlock()).isPart(text),
                line.cut());
    }

    /** Some lines, without a filter. */
    List<LinesView.ShownLine> range(long from, int limit) {
        List<IndexEntry> entries = index.entries(Math.max(1, from), limit);
        List<LinesView.ShownLine> lines = new ArrayList<>(entries.size());
        LineTexts texts = new LineTexts(record, index, entries);
        for (int i = 0; i < entries.size(); i++) {
            lines.add(shown(Math.max(1, from) + i, entries.get(i), texts));
        }
        return lines;
    }

    /**
     * Searches lines.
     *
     * @throws RefusedException where the pattern is none, or takes too long
     */
    LinesView search(LinesFilter filter, SearchBudget budget) {
        boolean whole = complete;
        long total = index.count();
        int limit = Math.max(1, Math.min(LinesFilter.MOST, filter.limit()));
        LineTest test = new LineTest(filter);
        return filter.before() > 0
                ? backward(Math.min(filter.before(), total + 1), limit, test, budget, total, whole)
                : forward(Math.max(1, filter.from()), limit, test, budget, total, whole);
    }

    private LinesView forward(
            long from, int limit, LineTest test, SearchBudget budget, long total, boolean whole) {
        List<LinesView.ShownLine> found = new ArrayList<>();
        long at = from;
        while (at <= total && found.size() < limit && budget.isLeft()) {
            int block = test.isOpen() ? limit : BLOCK;
            List<IndexEntry> entries = index.entries(at, (int) Math.min(block, total - at + 1));
            LineTexts texts = new LineTexts(record, index, entries);
            for (IndexEntry entry : entries) {
                test.line(at, entry, texts).ifPresent(found::add);
                at++;
                if (found.size() >= limit) {
                    break;
                }
            }
            budget.take(texts.bytes());
        }
        return new LinesView(found, at, Math.min(from, total + 1), total, whole, at <= total);
    }

    private LinesView backward(
            long before, int limit, LineTest test, SearchBudget budget, long total, boolean whole) {
        List<LinesView.ShownLine> found = new ArrayList<>();
        long to = before;
        while (to > 1 && found.size() < limit && budget.isLeft()) {
            int block = test.isOpen() ? limit : BLOCK;
            long from = Math.max(1, to - block);
            List<IndexEntry> entries = index.entries(from, (int) (to - from));
            LineTexts texts = new LineTexts(record, index, entries);
            List<LinesView.ShownLine> some = new ArrayList<>();
            for (int i = 0; i < entries.size(); i++) {
                test.line(from + i, entries.get(i), texts).ifPresent(some::add);
            }
            budget.take(texts.bytes());
            int over = found.size() + some.size() - limit;
            if (over > 0) {
                to = some.get(over).number();
                some = some.subList(over, some.size());
            } else {
                to = from;
            }
            Collections.reverse(some);
            found.addAll(some);
        }
        Collections.reverse(found);
        return new LinesView(found, before, to, total, whole, to > 1);
    }

    private LinesView.ShownLine shown(long number, IndexEntry entry, LineTexts texts) {
        return shown(
                number,
                entry,
                entry.hidden() ? Redaction.MARK : Redaction.defaults().apply(plain(entry, texts)));
    }

    private static String plain(IndexEntry entry, LineTexts texts) {
        return texts.text(entry).map(Text::plain).orElse("");
    }

    private LinesView.ShownLine shown(long number, IndexEntry entry, String text) {
        String batch = index.batch(entry.batch());
        Instant time = created.plusMillis(entry.millis());
        return new LinesView.ShownLine(
                number,
                time,
                worker(batch, time),
                batch,
                entry.offset(),
                hosts.name(batch, entry.host()),
                LEVELS[Math.min(2, entry.level())],
                text,
                entry.cut());
    }

    private String worker(String batch, Instant time) {
        synchronized (assignments) {
            Optional<String> worker = assignments.worker(batch, time);
            if (worker.isEmpty()) {
                assignments.readOn();
                worker = assignments.worker(batch, time);
            }
            return worker.orElse("");
        }
    }

    /** Reads which worker has which batch now. */
    void readAssignments() {
        synchronized (assignments) {
            assignments.readOn();
        }
    }

    /** The number of a line that an id names; empty where there is no such line (yet). */
    Optional<Long> number(LineId id) {
        int batch = index.number(id.batch());
        if (batch < 0) {
            return Optional.empty();
        }
        List<IndexEntry> there = index.entries(Math.max(1, id.number()), 1);
        if (id.number() > 0 && !there.isEmpty() && is(there.get(0), batch, id)) {
            return Optional.of(id.number());
        }
        long total = index.count();
        for (long from = 1; from <= total; from += BLOCK) {
            List<IndexEntry> entries = index.entries(from, BLOCK);
            for (int i = 0; i < entries.size(); i++) {
                if (is(entries.get(i), batch, id)) {
                    return Optional.of(from + i);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean is(IndexEntry entry, int batch, LineId id) {
        return entry.batch() == batch && entry.offset() == id.offset();
    }

    @Override
    public void close() {
        index.close();
        record.close();
    }

    /** A filter that is ready to be used for one search. */
    private final class LineTest {
        private final LinesFilter filter;
        private final Optional<BoundedPattern> pattern;
        private final String part;
        private final int leastLevel;

        /** Whether the wanted part may be a part of the mark of a secret. */
        private final boolean marked;

        private final Map<Integer, Integer> wantedHosts = new HashMap<>();

        LineTest(LinesFilter filter) {
            this.filter = filter;
            this.pattern = LinePattern.of(filter.pattern());
            this.part = filter.text().toLowerCase(Locale.ROOT);
            this.marked = part.contains("[") || part.contains("]") || Redaction.MARK.contains(part);
            this.leastLevel =
                    filter.level().equals("error") ? 2 : filter.level().equals("warning") ? 1 : 0;
            if (!filter.host().isEmpty()) {
                for (String batch : hosts.batchesOf(filter.host())) {
                    wantedHosts.put(index.number(batch), hosts.number(batch, filter.host()));
                }
            }
            if (!filter.worker().isEmpty()) {
                readAssignments();
            }
        }

        boolean isOpen() {
            return filter.isOpen();
        }

        Optional<LinesView.ShownLine> line(long number, IndexEntry entry, LineTexts texts) {
            if (entry.level() < leastLevel
                    || (!filter.host().isEmpty()
                            && wantedHosts.getOrDefault(entry.batch(), -1) != entry.host())
                    || (!filter.worker().isEmpty() && !isOfWorker(entry))) {
                return Optional.empty();
            }
            String plain = isOpen() || entry.hidden() ? "" : plain(entry, texts);
            if (!isOpen() && !entry.hidden() && !mayPass(number, plain)) {
                return Optional.empty();
            }
            LinesView.ShownLine line =
                    isOpen() || entry.hidden()
                            ? shown(number, entry, texts)
                            : shown(number, entry, Redaction.defaults().apply(plain));
            if (!hasPart(line.text()) || (pattern.isPresent() && !matches(number, line.text()))) {
                return Optional.empty();
            }
            return Optional.of(line);
        }

        /**
         * Whether the text may pass once its secrets are removed, which takes longer than all else.
         * What counts in the end is the text that is shown.
         */
        private boolean mayPass(long number, String plain) {
            return (marked || hasPart(plain))
                    && (pattern.isEmpty()
                            || filter.pattern().contains(MARK_WORD)
                            || matches(number, plain));
        }

        private boolean hasPart(String text) {
            return part.isEmpty() || text.toLowerCase(Locale.ROOT).contains(part);
        }

        private boolean isOfWorker(IndexEntry entry) {
            return filter.worker()
                    .equals(worker(index.batch(entry.batch()), created.plusMillis(entry.millis())));
        }

        private boolean matches(long number, String text) {
            try {
                return pattern.get().finds(text);
            } catch (BoundedPattern.TooSlow e) {
                throw new RefusedException(400, "the pattern takes too long with line " + number);
            }
        }
    }
}
