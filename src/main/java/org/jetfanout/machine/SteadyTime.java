package org.jetfanout.machine;

import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock for deadlines. It never jumps when somebody sets the system's clock. It starts with the
 * system's time, and only differences of its times have a meaning. Thread-safe.
 */
public final class SteadyTime implements InstantSource {
    private final Instant began = Instant.now();
    private final long beganNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return began.plusNanos(System.nanoTime() - beganNanos);
    }
}
