package org.jetfanout.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyTimeTest {
    @Test
    void goesOnAsFastAsTime() throws InterruptedException {
        SteadyTime time = new SteadyTime();
        Instant before = time.instant();
        long nanos = System.nanoTime();
        Thread.sleep(20);
        Duration passed = Duration.between(before, time.instant());
        assertThat(passed)
                .isBetween(
                        Duration.ofMillis(20),
                        Duration.ofNanos(System.nanoTime() - nanos + 1_000_000));
        assertThat(Duration.between(before, Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    }
}
