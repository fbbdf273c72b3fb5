package org.jetfanout.logs;

import java.time.Instant;
import java.util.function.Function;
import org.jetfanout.record.Line;
import org.jetfanout.record.LineFollower;
import org.jetfanout.record.TextLine;
import org.jetfanout.runner.Stream;

/** The lines of one batch's text, read forwards from its file as that grows. Not thread-safe. */
final class BatchLineReader {
    private final String guid;
    private final String batch;
    private final LineFollower lines;
    private final Function<Instant, String> workers;

    /**
     * @param workers who had the batch at a time
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

    /** When the next line came. There must be one. */
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

    /** As {@link LineFollower#fill}. */
    boolean fill(int chunk, boolean ended) {
        return lines.fill(chunk, ended);
    }
}
