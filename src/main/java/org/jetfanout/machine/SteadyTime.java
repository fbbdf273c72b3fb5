package org.jetfanout.machine;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Time for deadlines: goes on as fast as the clock but never jumps when somebody sets that. It
 * begins with the clock's time; only differences mean something. Thread-safe.
 */
public final class SteadyTime implements InstantSource {
    private final Instant began = Instant.now();
    private final long beganNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return began.plusNanos(System.nanoTime() - beganNanos);
    }
}
