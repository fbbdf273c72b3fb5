package org.jetfanout.logs;

import java.time.Instant;
import java.util.function.Function;
import org.jetfanout.record.Line;
import org.jetfanout.record.LineFollower;
import org.jetfanout.record.TextLine;
import org.jetfanout.runner.Stream;

/**
 * Reads the lines of one batch's text from its file, forwards, while the file grows. Not
 * thread-safe.
 */
final class BatchLineReader {
    private final String guid;
    private final String batch;
    private final LineFollower lines;
    private final Function<Instant, String> workers;

    /**
     * @param workers say which worker had the batch at which time
     */
    BatchLineReader(
            String guid, String batch, LineFollower lines, Function<Instant, String> workers) {
        this.guid = guid;
        this.batch = batch;
        this.lines = lines;
        this.workers = workers;
    }

    String batch() {
        return batch;
    }

    /** When the next line arrived. There must be a next line. */
    Instant time() {
        return lines.peek().time();
    }

    Line take() {
        TextLine line = lines.take();
        return new Line(
                guid,
                batch,
                workers.apply(line.time()),
                Stream.OUTPUT,
                line.offset(),
                line.end(),
                line.text(),
                line.cut(),
                line.time());
    }

    /** Works as {@link LineFollower#fill}. */
    boolean fill(int chunk, boolean ended) {
        return lines.fill(chunk, ended);
    }
}
