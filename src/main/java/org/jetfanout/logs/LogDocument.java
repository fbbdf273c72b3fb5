package org.jetfanout.logs;

import java.time.Instant;

/**
 * One record for log aggregators: a line, an event, a result or a message of jet-fanout itself, in
 * Elastic Common Schema (docs/records.md). No escape codes and no secrets are left in it. Its id is
 * the same however often it is made, so that delivering twice stores once.
 *
 * @param id {@code guid:batch:stream:offset}; batch {@code -} in the streams of the whole run
 * @param time when it happened
 * @param guid the run
 * @param batch id of the batch; {@code -} for none
 * @param worker name of the worker; empty where it is of none
 * @param workerGroup group of the worker; empty where it is of none
 * @param host the managed host; empty where it is not known
 * @param stream where in the run record it comes from: output, events, states, results, batches,
 *     log
 * @param offset place in that stream, in bytes: orders the records of a stream
 * @param message for people
 * @param outcome of ECS: success, failure, unknown; empty for none
 * @param level of ECS: error, warning, info
 * @param json the whole document, one line of JSON in UTF-8 without line break; holds the id as
 *     event.id; nobody may change it
 */
@SuppressWarnings("ArrayRecordComponent") // hundred thousands a second: compared by nobody
public record LogDocument(
        String id,
        Instant time,
        String guid,
        String batch,
        String worker,
        String workerGroup,
        String host,
        String stream,
        long offset,
        String message,
        String outcome,
        String level,
        byte[] json) {
    /** Whether it tells of something that went wrong. */
    public boolean isFailure() {
        return outcome.equals("failure") || level.equals("error");
    }
}
