package org.jetfanout.sink;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The answer of an HTTP server.
 *
 * @param headers those that are looked at, by name in lower case
 * @param body decoded; empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether the same request may be taken later. */
    public boolean isForLater() {
        return status == 408 || status == 429 || status >= 500;
    }

    /** How long the server wants to be left alone, where it says so. */
    public Optional<Duration> retryAfter() {
        return RetryAfter.of(headers.get("retry-after"), Instant.now());
    }
}
