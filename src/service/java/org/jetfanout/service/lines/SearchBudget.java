package org.jetfanout.service.lines;

import java.time.Duration;

/** What one search of lines may cost. Used once; not thread-safe. */
public final class SearchBudget {
    private final long end;

    // Mutable state
    private long bytes;

    /**
     * @param time how long it may take
     * @param bytes how much text it may read
     */
    public SearchBudget(Duration time, long bytes) {
        this.end = System.nanoTime() + time.toNanos();
        this.bytes = bytes;
    }

    /** What a request may cost. */
    public static SearchBudget ofRequest() {
        return new SearchBudget(Duration.ofSeconds(1), 256L << 20);
    }

    boolean isLeft() {
        return bytes > 0 && System.nanoTime() < end;
    }

    void take(long read) {
        bytes -= read;
    }
}
