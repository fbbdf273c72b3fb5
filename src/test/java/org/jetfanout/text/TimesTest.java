package org.jetfanout.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

    @Test
    void aMomentForPrograms() {
        assertThat(Times.shown("2026-01-02T03:04:05.678Z", TimeZone.getTimeZone("GMT+01:00")))
                .isEqualTo("2026-01-02T04:04:05+01:00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2026-13-01T00:00:00Z", "+1000000000-12-31T23:59:59Z"})
    void whatIsNoMoment(String text) {
        assertThat(Times.shown(text, TimeZone.getTimeZone("GMT+18"))).isEqualTo("?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-02T03:04:05Z",
                "2026-03-29T00:59:59.999Z",
                "2026-03-29T01:00:00Z",
                "2026-11-01T05:59:00.5Z",
                "1969-12-31T23:59:59.999999999Z",
                "0001-01-01T12:00:00.000001Z"
            })
    void aMomentHasTheFormOfJavasFormatter(String text) {
        Instant moment = Instant.parse(text);
        for (String id :
                new String[] {"UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata"}) {
            ZoneId zone = ZoneId.of(id);
            assertThat(Times.text(moment, zone)).isEqualTo(FORM.format(moment.atZone(zone)));
            if (moment.getEpochSecond() > 0) {
                // before 1900, time zones of Java's two kinds are not the same
                assertThat(Times.text(moment, TimeZone.getTimeZone(id)))
                        .isEqualTo(Times.text(moment, zone));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-02T03:04:05Z",
                "2026-01-02T03:04:05.6Z",
                "2026-01-02T03:04:05.067Z",
                "2026-01-02T03:04:05.000678Z",
                "2026-01-02T03:04:05.000000009Z",
                "2024-02-29T23:59:59.120Z",
                "0000-01-01T00:00:00Z",
                "-0001-12-31T23:59:59Z",
                "9999-12-31T23:59:59.999999999Z",
                "+10000-01-01T00:00:00Z",
                "2026-01-02T24:00:00Z",
                "2026-01-02T03:04:05.Z"
            })
    void aMomentIsReadAndWrittenAsByJava(String text) {
        Instant moment = Times.parse(text);
        assertThat(moment).isEqualTo(Instant.parse(text));
        assertThat(Times.exact(moment)).isEqualTo(moment.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-30T03:04:05Z",
                "2026-01-02T03:04:61Z",
                "2026-01-02T03:04:05,5Z",
                "2026-01-02T03:04:05.1234567890Z",
                "2026-01-02T0x:04:05Z",
                "2026-01-02 03:04:05Z",
                "2026-01-02T03:04:05"
            })
    void whatJavaDoesNotRead(String text) {
        assertThatThrownBy(() -> Instant.parse(text)).isInstanceOf(DateTimeParseException.class);
        assertThatThrownBy(() -> Times.parse(text)).isInstanceOf(DateTimeParseException.class);
    }

    @Test
    void aMomentForProgramsHasThreeDigits() {
        assertThat(Times.utc(Instant.parse("2026-01-02T03:04:05Z")))
                .isEqualTo("2026-01-02T03:04:05.000Z");
        assertThat(Times.utc(Instant.parse("2026-01-02T03:04:05.0679Z")))
                .isEqualTo("2026-01-02T03:04:05.067Z");
    }
}
