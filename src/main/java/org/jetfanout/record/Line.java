package org.jetfanout.record;

import java.time.Instant;
import org.jetfanout.runner.Stream;
import org.jetfanout.text.Text;

/**
 * A line of a stream of a job. Its text is what the worker sent; {@link Text} must clean it before
 * anybody sees it.
 *
 * @param guid the run
 * @param batch id of the batch
 * @param worker name of the worker
 * @param stream of the job
 * @param offset of the line's first byte in that stream
 * @param end offset of the byte after the line and its line break: where to read on
 * @param text without the line break; bytes that are not UTF-8 become {@code \xNN}
 * @param cut whether the line was too long and continues in the next one
 * @param time when the control machine received its end
 */
public record Line(
        String guid,
        String batch,
        String worker,
        Stream stream,
        long offset,
        long end,
        String text,
        boolean cut,
        Instant time) {}
