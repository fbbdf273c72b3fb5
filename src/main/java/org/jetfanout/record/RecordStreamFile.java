package org.jetfanout.record;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jetfanout.runner.Stream;

/**
 * The file that holds a stream of the run record. Immutable.
 *
 * @param stream which one
 * @param file the file that it is
 * @param jobStream which one of a job; empty where it is of none
 * @param timesFile says when the bytes of a job's stream came
 * @param before the time of bytes whose time was never written
 */
public record RecordStreamFile(
        RecordStream stream,
        Path file,
        Optional<Stream> jobStream,
        Path timesFile,
        Instant before) {
    private static final int TIMES_CHUNK = 4 << 10;

    /** A stream of a job. */
    public static RecordStreamFile ofJob(
            RunRecord record, String batch, Stream stream, Instant created) {
        return new RecordStreamFile(
                RecordStream.of(batch, stream),
                record.outputFile(batch, stream),
                Optional.of(stream),
                record.timesFile(batch),
                created);
    }

    /** Its lines from an offset on, where a line begins. */
    public LineFollower lines(long from) {
        return lines(from, LineCutter.LIMIT);
    }

    /**
     * The same with a limit of its own.
     *
     * @param limit longest line in one piece, in bytes
     */
    public LineFollower lines(long from, int limit) {
        return new LineFollower(
                file,
                jobStream.map(of -> new FrameTimes(timesFile, of, before, TIMES_CHUNK)),
                from,
                limit);
    }
}
