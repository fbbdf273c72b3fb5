package org.jetfanout.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-03-01T10:20:30Z");

    @Test
    void secondsOrADate() {
        assertThat(RetryAfter.of("0", NOW)).contains(Duration.ZERO);
        assertThat(RetryAfter.of(" 120 ", NOW)).contains(Duration.ofMinutes(2));
        assertThat(RetryAfter.of("Sun, 01 Mar 2026 10:20:40 GMT", NOW))
                .contains(Duration.ofSeconds(10));
    }

    @Test
    void noMoreThanTenMinutes() {
        assertThat(RetryAfter.of("999999999", NOW)).contains(Duration.ofMinutes(10));
        assertThat(RetryAfter.of("Mon, 01 Mar 2027 10:20:40 GMT", NOW))
                .contains(Duration.ofMinutes(10));
    }

    @Test
    void whatIsNoTimeIsNone() {
        for (String header :
                new String[] {
                    null,
                    "",
                    " ",
                    "-1",
                    "soon",
                    "1e9",
                    "99999999999999",
                    "2026-03-01T10:20:40Z",
                    "Sun, 01 Mar 2026 10:20:20 GMT",
                    "Sun, 99 Mar 2026 10:20:20 GMT"
                }) {
            assertThat(RetryAfter.of(header, NOW)).as(header).isEmpty();
        }
    }
}
