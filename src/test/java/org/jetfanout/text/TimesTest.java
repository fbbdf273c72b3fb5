package org.jetfanout.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @Test
    void aMomentForPrograms() {
        assertThat(Times.shown("2026-01-02T03:04:05.678Z", ZoneId.of("+01:00")))
                .isEqualTo("2026-01-02T04:04:05+01:00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2026-13-01T00:00:00Z", "+1000000000-12-31T23:59:59Z"})
    void whatIsNoMoment(String text) {
        assertThat(Times.shown(text, ZoneOffset.ofHours(18))).isEqualTo("?");
    }
}
