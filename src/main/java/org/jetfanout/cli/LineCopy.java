package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jetfanout.logs.RunLineReader;
import org.jetfanout.logs.ShownLines;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.record.Line;
import org.jetfanout.record.RunRecord;
import org.jetfanout.screen.LogText;

/** Prints lines of a run, once or until it ends. For one thread. */
final class LineCopy {
    private static final long POLL_MILLIS = 200;

    /** How long a line may be held back so that several are printed at once. */
    private static final long SHOW_NANOS = Duration.ofMillis(100).toNanos();

    /**
     * How long a run may have no owner before it counts as ended: a run has none while one process
     * hands it over to another.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RunRecord record;
    private final RunLineReader reader;
    private final Predicate<Line> wanted;
    private final LogText text;
    private final ShownLines shown;
    private final boolean marks;

    /**
     * @param shown the lines that were printed before; it gets those that are printed now
     * @param marks whether to print which these are: see {@link AnswerMode}
     */
    LineCopy(
            RunRecord record,
            RunLineReader reader,
            Predicate<Line> wanted,
            LogText text,
            ShownLines shown,
            boolean marks) {
        this.record = record;
        this.reader = reader;
        this.wanted = wanted;
        this.text = text;
        this.shown = shown;
        this.marks = marks;
    }

    /**
     * Prints them.
     *
     * @param follow whether to wait for the end of the run
     * @param goesOn whether another reader goes on where the run has not ended: it prints a line
     *     that has only begun
     * @return whether these are all: false where the run has not ended, but nobody works on it
     */
    boolean to(OutputStream out, boolean follow, boolean goesOn)
            throws IOException, InterruptedException {
        RunEndWatch end = new RunEndWatch(record, PATIENCE);
        boolean last = !follow;
        try {
            while (true) {
                if (last && !(goesOn && follow && !end.hasStatus())) {
                    reader.end();
                }
                copy(out, follow);
                if (last) {
                    break;
                }
                // after the end was seen, one more pass reads what was written before it
                last = end.reached();
                if (!last) {
                    Thread.sleep(POLL_MILLIS);
                }
            }
        } catch (IOException e) {
            // the reader (head, less) has seen enough; any other failure is reported at the end
            return true;
        }
        return !follow || end.hasStatus();
    }

    /** Prints what there is now. */
    private void copy(OutputStream out, boolean follow) throws IOException {
        long flushed = System.nanoTime() - SHOW_NANOS;
        for (Optional<Line> line = reader.next(); line.isPresent(); line = reader.next()) {
            boolean isWanted = wanted.test(line.get());
            // a run that is not followed needs no count
            if ((!follow || shown.add(line.get())) && isWanted) {
                text.write(line.get(), out);
            }
            if (System.nanoTime() - flushed > SHOW_NANOS) {
                flush(out);
                flushed = System.nanoTime();
            }
        }
        flush(out);
    }

    private void flush(OutputStream out) throws IOException {
        if (marks) {
            ObjectNode changes = shown.changes();
            if (!changes.isEmpty()) {
                out.write((AnswerMode.MARK + changes + "\n").getBytes(UTF_8));
            }
        }
        out.flush();
    }
}
