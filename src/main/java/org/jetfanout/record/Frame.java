package org.jetfanout.record;

import java.time.Instant;
import org.jetfanout.runner.Stream;

/**
 * A stretch of a job's output: whole lines wherever possible (64 KiB or 200 ms, whichever comes
 * first; a line longer than 1 MiB is cut).
 *
 * @param guid the run
 * @param batch id of the batch
 * @param worker name of the worker
 * @param stream which of the job's streams
 * @param offset of the first byte in that stream on the worker
 * @param bytes the bytes as the worker sent them; not copied, so nobody may change them
 * @param time when the control machine received them
 */
@SuppressWarnings(
        "ArrayRecordComponent") // megabytes a second pass here: compared by nobody, copied by
// nobody
public record Frame(
        String guid,
        String batch,
        String worker,
        Stream stream,
        long offset,
        byte[] bytes,
        Instant time) {
    /** Place of the byte after the last. */
    public long end() {
        return offset + bytes.length;
    }
}
