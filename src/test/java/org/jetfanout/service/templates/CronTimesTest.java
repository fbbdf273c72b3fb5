package org.jetfanout.service.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A schedule comes once where the clocks change: not twice, and not never. */
class CronTimesTest {
    /** The next times after a moment, as their clock shows them. */
    private static List<String> times(String cron, String zone, String from, int count) {
        ZoneId there = ZoneId.of(zone);
        CronTimes times = CronTimes.parse(cron, there);
        List<String> all = new ArrayList<>();
        Instant at = Instant.parse(from);
        for (int i = 0; i < count; i++) {
            at = times.after(at).orElseThrow();
            all.add(at.atZone(there).toOffsetDateTime().toString());
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the clocks go from 02:00 to 03:00 on 2026-03-29
                "30 2 * * *|2026-03-28T00:00:00Z|2026-03-28T02:30+01:00 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00",
                "0,30 2 * * *|2026-03-28T12:00:00Z|2026-03-29T03:00+02:00 2026-03-30T02:00+02:00 2026-03-30T02:30+02:00",
                "0 3 * * *|2026-03-28T12:00:00Z|2026-03-29T03:00+02:00 2026-03-30T03:00+02:00",
                "*/30 * * * *|2026-03-29T00:20:00Z|2026-03-29T01:30+01:00 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00",
                // they go from 03:00 to 02:00 on 2026-10-25
                "30 2 * * *|2026-10-24T12:00:00Z|2026-10-25T02:30+02:00 2026-10-26T02:30+01:00",
                "30 2 * * *|2026-10-25T00:45:00Z|2026-10-26T02:30+01:00",
                "0 3 * * *|2026-10-24T12:00:00Z|2026-10-25T03:00+01:00 2026-10-26T03:00+01:00",
                "*/30 * * * *|2026-10-24T23:50:00Z|2026-10-25T02:00+02:00 2026-10-25T02:30+02:00 2026-10-25T02:00+01:00 2026-10-25T02:30+01:00 2026-10-25T03:00+01:00",
                "15 * * * *|2026-10-25T00:00:00Z|2026-10-25T02:15+02:00 2026-10-25T02:15+01:00 2026-10-25T03:15+01:00"
            })
    void whereTheClocksChange(String cron, String from, String expected) {
        List<String> all = List.of(expected.split(" ", -1));
        assertThat(times(cron, "Europe/Berlin", from, all.size())).isEqualTo(all);
    }

    @Test
    void halfAnHourOrMidnightCanBeMissing() {
        // Lord Howe changes by half an hour: 02:00 to 02:30 on 2026-10-04
        assertThat(times("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", 2))
                .containsExactly("2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00");
        // Havana changes at midnight: 2026-03-08
        assertThat(times("0 0 * * *", "America/Havana", "2026-03-07T12:00:00Z", 2))
                .containsExactly("2026-03-08T01:00-04:00", "2026-03-09T00:00-04:00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 3 * * 1-5|2026-01-02T03:00:00Z|2026-01-05T03:00Z",
                "0 3 * * 0|2026-01-01T00:00:00Z|2026-01-04T03:00Z",
                "0 3 * * 7|2026-01-01T00:00:00Z|2026-01-04T03:00Z",
                "0 0 29 2 *|2026-01-01T00:00:00Z|2028-02-29T00:00Z",
                "@daily|2026-01-01T00:00:00Z|2026-01-02T00:00Z",
                "5 4 1 JAN *|2026-01-01T05:00:00Z|2027-01-01T04:05Z",
                "0 9-17/4 * * MON|2026-01-05T09:00:00Z|2026-01-05T13:00Z"
            })
    void theUsualForms(String cron, String from, String expected) {
        assertThat(times(cron, "UTC", from, 1)).containsExactly(expected);
    }

    @Test
    void aDayOfTheMonthOrOfTheWeekIsEnough() {
        // as cron has it: the 13th, and each Friday
        assertThat(times("0 0 13 * 5", "UTC", "2026-02-06T01:00:00Z", 3))
                .containsExactly("2026-02-13T00:00Z", "2026-02-20T00:00Z", "2026-02-27T00:00Z");
    }
}
