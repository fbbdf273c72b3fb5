package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundsTest {
    private static final OptionalInt ALL = OptionalInt.empty();

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "150, 1", "151, 2", "400, 3"})
    void hostsByThreads(long hosts, long rounds) {
        assertThat(new Rounds(150, ALL).of(hosts)).isEqualTo(rounds);
    }

    @Test
    void rollingUpdatesDoNotOverlap() {
        // 200, 200, 200, 200 and 100 hosts
        assertThat(new Rounds(150, OptionalInt.of(200)).of(900)).isEqualTo(9);
        assertThat(new Rounds(150, OptionalInt.of(100)).of(900)).isEqualTo(9);
        assertThat(new Rounds(150, OptionalInt.of(300)).of(900)).isEqualTo(6);
    }

    @Test
    void agreesWithWorkingThroughTheHostsOneRoundAtATime() {
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            int threads = 1 + random.nextInt(20);
            OptionalInt update =
                    random.nextBoolean() ? ALL : OptionalInt.of(1 + random.nextInt(40));
            Rounds rounds = new Rounds(threads, update);
            int hosts = random.nextInt(200);
            assertThat(rounds.of(hosts)).isEqualTo(workedThrough(hosts, threads, update));
            long within = random.nextInt(30);
            long most = rounds.hostsWithin(within);
            assertThat(rounds.of(most)).isLessThanOrEqualTo(within);
            assertThat(rounds.of(most + 1)).isGreaterThan(within);
        }
    }

    private static long workedThrough(int hosts, int threads, OptionalInt update) {
        long rounds = 0;
        int left = hosts;
        while (left > 0) {
            int now = Math.min(left, update.orElse(left));
            left -= now;
            while (now > 0) {
                now -= threads;
                rounds++;
            }
        }
        return rounds;
    }

    @Test
    void doesNotOverflow() {
        long most = Integer.MAX_VALUE;
        assertThat(new Rounds(1, ALL).of(most)).isEqualTo(most);
        assertThat(new Rounds(1, OptionalInt.of(1)).of(most)).isEqualTo(most);
        assertThat(new Rounds(Integer.MAX_VALUE, ALL).of(most)).isEqualTo(1);
        assertThat(new Rounds(Integer.MAX_VALUE, ALL).hostsWithin(3_153_600_000L))
                .isEqualTo(most * 3_153_600_000L);
    }

    @Test
    void warnsOfABatchSizeThatMakesThreadsIdle() {
        assertThat(new Rounds(150, OptionalInt.of(100)).warning(450))
                .isEqualTo(
                        "batch_size 100 leaves 50 of 150 threads of each worker idle: 5 rounds"
                                + " instead of 3");
        assertThat(new Rounds(150, OptionalInt.of(200)).warning(450))
                .isEqualTo(
                        "batch_size 200 is not a multiple of threads 150, so some threads are"
                                + " idle at the end of each rolling update: 5 rounds instead of 3");
        assertThat(new Rounds(150, OptionalInt.of(300)).warning(450)).isEmpty();
        assertThat(new Rounds(150, OptionalInt.of(100)).warning(100)).isEmpty();
        assertThat(new Rounds(150, OptionalInt.of(999_999)).warning(450)).isEmpty();
        assertThat(new Rounds(150, ALL).warning(450)).isEmpty();
    }

    @Test
    void refusesNothingAtOnce() {
        assertThatThrownBy(() -> new Rounds(0, ALL))
                .hasMessage("threads must be at least 1, not 0");
        assertThatThrownBy(() -> new Rounds(1, OptionalInt.of(0)))
                .hasMessage("batch size must be at least 1, not 0");
    }
}
