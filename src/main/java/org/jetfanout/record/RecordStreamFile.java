package org.jetfanout.record;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jetfanout.runner.Stream;

/**
 * The file with a stream of the run record. Immutable.
 *
 * @param stream of the record
 * @param file its file
 * @param jobStream the stream of a job; empty where it is not from a job
 * @param timesFile the times at which the bytes of a job's stream arrived
 * @param before the time of bytes whose time was not stored
 */
public record RecordStreamFile(
        RecordStream stream,
        Path file,
        Optional<Stream> jobStream,
        Path timesFile,
        Instant before) {
    private static final int TIMES_CHUNK = 4 << 10;

    /** The file with a stream of a job. */
    public static RecordStreamFile ofJob(
            RunRecord record, String batch, Stream stream, Instant created) {
        return new RecordStreamFile(
                RecordStream.of(batch, stream),
                record.outputFile(batch, stream),
                Optional.of(stream),
                record.timesFile(batch),
                created);
    }

    /** The lines from an offset on. A line must begin there. */
    public LineFollower lines(long from) {
        return lines(from, LineCutter.LIMIT);
    }

    /**
     * The lines from an offset on.
     *
     * @param limit the longest line that stays in one piece, in bytes
     */
    public LineFollower lines(long from, int limit) {
        return new LineFollower(
                file,
                jobStream.map(of -> new FrameTimes(timesFile, of, before, TIMES_CHUNK)),
                from,
                limit);
    }
}
