package org.jetfanout.service.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z, 2026-01-02T03:04:05Z",
        "2026-01-02t03:04:05z, 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.678+01:00, 2026-01-02T02:04:05.678Z",
        "2026-01-02T03:04:05-01:30, 2026-01-02T04:34:05Z",
        "2883-04-24T20:19:51+20:55, 2883-04-23T23:24:51Z",
        "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
        "2026-01-02T03:04:05.1234567891234Z, 2026-01-02T03:04:05.123456789Z",
        "0000-01-01T00:00:00+23:59, -0001-12-31T00:01:00Z"
    })
    void readsAMoment(String text, String moment) {
        assertThat(Rfc3339.moment(text)).contains(Instant.parse(moment));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-01-02",
                "2026-01-02T03:04Z",
                "2026-01-02T03:04:05",
                "2026-02-30T03:04:05Z",
                "2026-01-02T24:00:01Z",
                "2026-01-02T03:04:61Z",
                "2026-01-02T03:04:05+24:00",
                "2026-01-02T03:04:05+01",
                "2026-01-02T03:04:05.Z"
            })
    void refusesAnythingElse(String text) {
        assertThat(Rfc3339.moment(text)).isEmpty();
    }
}
