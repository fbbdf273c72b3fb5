package org.jetfanout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.Random;
import org.jetfanout.text.Durations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapacityTest {
    private static Capacity capacity(int threads, String hostTime) {
        return new Capacity(new Rounds(threads, OptionalInt.empty()), Durations.parse(hostTime));
    }

    @ParameterizedTest
    @CsvSource({
        // the two of the page that this program is made after
        "900, 150, 5m, 5m, 6, 6",
        "900, 150, 5m, 20m, 2, 1.5",
        // a round that does not fit whole does not help
        "900, 150, 5m, 24m59s, 2, 1.5",
        "900, 150, 5m, 9m59s, 6, 6",
        "901, 150, 5m, 5m, 7, 6.01",
        "1, 150, 5m, 5m, 1, 0.01",
        "9000, 150, 5m, 30m, 10, 10",
        "150000, 150, 5m, 5m, 1000, 1000",
        "2147483647, 1, 1s, 1s, 2147483647, 2147483647",
        "2147483647, 2147483647, 1s, 36500d, 1, 0.01"
    })
    void workersForATime(
            int hosts, int threads, String hostTime, String within, int workers, String exact) {
        Capacity capacity = capacity(threads, hostTime);
        assertThat(capacity.workers(hosts, Durations.parse(within))).hasValue(workers);
        assertThat(capacity.exactWorkers(hosts, Durations.parse(within)).toPlainString())
                .isEqualTo(exact);
    }

    @ParameterizedTest
    @CsvSource({
        "900, 150, 5m, 2, 15m",
        "900, 150, 5m, 6, 5m",
        "900, 150, 5m, 1, 30m",
        "900, 150, 5m, 5000, 5m",
        // 180 hosts each
        "900, 150, 5m, 5, 10m"
    })
    void timeForWorkers(int hosts, int threads, String hostTime, int workers, String time) {
        assertThat(capacity(threads, hostTime).time(hosts, workers))
                .isEqualTo(Durations.parse(time));
    }

    @Test
    void theLongestTimesDoNotOverflow() {
        assertThat(capacity(1, "36500d").time(Integer.MAX_VALUE, 1))
                .isEqualTo(Durations.LONGEST.multipliedBy(Integer.MAX_VALUE));
    }

    @Test
    void noNumberOfWorkersIsFasterThanOneHost() {
        assertThat(capacity(150, "5m").workers(900, Duration.ofSeconds(299))).isEmpty();
    }

    /** The fewest workers whose time is short enough, found by trying. */
    @Test
    void agreesWithTrying() {
        Random random = new Random(13);
        for (int round = 0; round < 5000; round++) {
            OptionalInt update =
                    random.nextBoolean()
                            ? OptionalInt.empty()
                            : OptionalInt.of(1 + random.nextInt(30));
            Capacity capacity =
                    new Capacity(
                            new Rounds(1 + random.nextInt(20), update),
                            Duration.ofSeconds(1 + random.nextInt(10)));
            int hosts = 1 + random.nextInt(150);
            Duration within = Duration.ofSeconds(random.nextInt(60));
            OptionalInt tried = OptionalInt.empty();
            for (int workers = 1; workers <= hosts && tried.isEmpty(); workers++) {
                if (capacity.time(hosts, workers).compareTo(within) <= 0) {
                    tried = OptionalInt.of(workers);
                }
            }
            assertThat(capacity.workers(hosts, within)).isEqualTo(tried);
        }
    }

    @Test
    void refusesWhatIsNoNumber() {
        Capacity capacity = capacity(1, "1s");
        Duration day = Duration.ofDays(1);
        assertThatThrownBy(() -> capacity.workers(0, day))
                .hasMessage("hosts must be at least 1, not 0");
        assertThatThrownBy(() -> capacity.time(0, 1)).hasMessage("hosts must be at least 1, not 0");
        assertThatThrownBy(() -> capacity.time(1, -1))
                .hasMessage("workers must be at least 1, not -1");
        assertThatThrownBy(() -> capacity(1, "0s"))
                .hasMessage("the time for one host must be from 1s to 36500d, not 0s");
        assertThatThrownBy(() -> capacity.workers(1, Duration.ofDays(36_501)))
                .hasMessage("the time limit must be at most 36500d");
    }
}
