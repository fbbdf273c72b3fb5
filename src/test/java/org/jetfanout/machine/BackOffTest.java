package org.jetfanout.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private final BackOff backOff =
            new BackOff(Duration.ofMillis(500), Duration.ofSeconds(30), new SplittableRandom());

    private Duration next() {
        return backOff.next();
    }

    @RepeatedTest(20)
    void doublesUpToALimitLessUpToAHalf() {
        long whole = 500;
        for (int tries = 0; tries < 100; tries++) {
            assertThat(next().toMillis()).isBetween(whole / 2, whole);
            whole = Math.min(30_000, whole * 2);
        }
        backOff.reset();
        assertThat(next().toMillis()).isBetween(250L, 500L);
    }

    @Test
    void manyDoNotComeBackAtOnce() {
        Set<Duration> pauses = new HashSet<>();
        for (int sink = 0; sink < 50; sink++) {
            backOff.reset();
            pauses.add(next());
        }
        assertThat(pauses).hasSizeGreaterThan(20);
    }

    @RepeatedTest(20)
    void givesWhatIsAskedForAndLittleMore() {
        assertThat(backOff.next(Optional.of(Duration.ofSeconds(100))))
                .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(110));
        // not less than of itself
        assertThat(backOff.next(Optional.of(Duration.ZERO)))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        // whoever says a year has a bug
        assertThat(backOff.next(Optional.of(Duration.ofDays(365))))
                .isLessThanOrEqualTo(Duration.ofMinutes(11));
    }
}
