package org.jetfanout.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "5m, 300",
        "90s, 90",
        "1h30m, 5400",
        "7d, 604800",
        "0s, 0",
        "1d2h3m4s, 93784",
        "36500d, 3153600000"
    })
    void reads(String text, long seconds) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "m", "5 m", "-5m", "1.5h", "30m1h", "5M", "PT5M", "5m5m", "٥m"})
    void refuses(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .hasMessage("must be a duration such as 90s, 5m, 1h30m or 7d, not '" + text + "'");
    }

    @Test
    void refusesWhatIsLongerThanTheLongest() {
        assertThatThrownBy(() -> Durations.parse("999999999d"))
                .hasMessage("must be at most 36500d, not '999999999d'");
    }

    @ParameterizedTest
    @CsvSource({"90, 1m30s", "5400, 1h30m", "0, 0s", "604800, 7d", "59, 59s", "-1, 0s"})
    void writes(long seconds, String text) {
        assertThat(Durations.text(Duration.ofSeconds(seconds))).isEqualTo(text);
    }

    @Test
    void readsWhatItWrites() {
        Random random = new Random(7);
        for (int round = 0; round < 1000; round++) {
            Duration duration = Duration.ofSeconds(random.nextInt(10_000_000));
            assertThat(Durations.parse(Durations.text(duration))).isEqualTo(duration);
        }
    }

    @Test
    void noTimeIsLessThanNone() {
        Instant at = Instant.EPOCH;
        assertThat(Durations.between(at, at.plusSeconds(2))).isEqualTo(Duration.ofSeconds(2));
        assertThat(Durations.between(at.plusSeconds(2), at)).isEqualTo(Duration.ZERO);
    }
}
