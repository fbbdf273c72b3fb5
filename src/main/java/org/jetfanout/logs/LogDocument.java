package org.jetfanout.logs;

import java.time.Instant;

/**
 * A document for log stores: a line, an event, a change of state, a result or a message of
 * jet-fanout itself, in the Elastic Common Schema (docs/records.md). It contains no escape codes
 * and no secrets. The same line always gives the same id, so that a document that is delivered
 * twice is stored once.
 *
 * @param id {@code guid:batch:stream:offset}; batch {@code -} in the streams of the whole run
 * @param time when it happened
 * @param guid the run
 * @param batch id of the batch; {@code -} for none
 * @param worker name of the worker; empty for none
 * @param workerGroup group of the worker; empty for none
 * @param host the managed host; empty where it is unknown
 * @param stream the stream of the run record that it comes from: output, events, states, results,
 *     batches, log
 * @param offset in that stream, in bytes: it orders the documents of a stream
 * @param message for people
 * @param outcome of ECS: success, failure, unknown; empty for none
 * @param level of ECS: error, warning, info
 * @param json the whole document, one line of JSON in UTF-8 without line break; it holds the id as
 *     event.id; callers must not change it
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
    /** Whether it reports that something went wrong. */
    public boolean isFailure() {
        return outcome.equals("failure") || level.equals("error");
    }
}
