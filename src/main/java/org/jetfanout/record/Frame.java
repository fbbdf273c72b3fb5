package org.jetfanout.record;

import java.time.Instant;
import org.jetfanout.runner.Stream;

/**
 * A part of a job's output. It consists of whole lines where possible (64 KiB or 200 ms, whichever
 * comes first; a line longer than 1 MiB is cut).
 *
 * @param guid the run
 * @param batch id of the batch
 * @param worker name of the worker
 * @param stream of the job
 * @param offset of the first byte in that stream on the worker
 * @param bytes as the worker sent them; they are not copied, so callers must not change them
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
    /** The offset of the byte after the last one. */
    public long end() {
        return offset + bytes.length;
    }
}
