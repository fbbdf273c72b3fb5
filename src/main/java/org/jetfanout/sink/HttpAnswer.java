package org.jetfanout.sink;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The answer of an HTTP server.
 *
 * @param status of HTTP
 * @param headers that are needed, by name in lower case
 * @param body decompressed; empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
    /** Whether the status is a success (2xx). */
    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether the server may accept the same request later. */
    public boolean isForLater() {
        return status == 408 || status == 429 || status >= 500;
    }

    /** How long the server asks to wait; empty where it does not. */
    public Optional<Duration> retryAfter() {
        return RetryAfter.of(headers.get("retry-after"), Instant.now());
    }
}
