package org.jetfanout.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.TimeZone;

/**
 * Moments as people see them, in one form everywhere: {@code 2026-01-02T03:04:05+01:00}. The time
 * zone is the reader's, and it is always shown. Programs get UTC. Done by hand: Java's formatters,
 * and the first use of a {@link ZoneId}, which looks into every jar of the class path, would take
 * longer than a short command. Pure functions: thread-safe.
 */
public final class Times {
    private static final int SECONDS = 19;
    private static final int LONGEST_FRACTION = 9;
    private static final long FIRST_YEAR_AFTER = 253_402_300_800L;
    private static final long DAYS_TO_1970 = 719_528;
    private static final long YEAR_0 = -62_167_219_200L;

    private Times() {}

    /** A moment in this zone, for people. */
    public static String text(Instant moment, ZoneId zone) {
        return form(moment, zone.getRules().getOffset(moment));
    }

    /** A moment in this zone, for people. */
    public static String text(Instant moment, TimeZone zone) {
        return form(
                moment,
                ZoneOffset.ofTotalSeconds(
                        Math.floorDiv(zone.getOffset(moment.toEpochMilli()), 1000)));
    }

    private static String form(Instant moment, ZoneOffset offset) {
        int minutes = Math.abs(offset.getTotalSeconds()) / 60;
        StringBuilder text = seconds(moment, offset);
        text.append(offset.getTotalSeconds() < 0 ? '-' : '+');
        two(text, minutes / 60).append(':');
        return two(text, minutes % 60).toString();
    }

    /** The same of a moment for programs that others have written; {@code ?} where it is none. */
    public static String shown(String moment, TimeZone zone) {
        try {
            return text(parse(moment), zone);
        } catch (DateTimeException | ArithmeticException e) {
            return "?";
        }
    }

    /** A moment for programs: {@code 2026-01-02T03:04:05.678Z}. */
    public static String utc(Instant moment) {
        StringBuilder text = seconds(moment, ZoneOffset.UTC).append('.');
        return fraction(text, Math.floorMod(moment.toEpochMilli(), 1000), 3).append('Z').toString();
    }

    /** A moment for programs, whole: the same as {@link Instant#toString}. */
    public static String exact(Instant moment) {
        if (moment.getEpochSecond() < YEAR_0 || moment.getEpochSecond() >= FIRST_YEAR_AFTER) {
            return moment.toString();
        }
        StringBuilder text = seconds(moment, ZoneOffset.UTC);
        int nanos = moment.getNano();
        if (nanos % 1_000_000 == 0 && nanos != 0) {
            fraction(text.append('.'), nanos / 1_000_000, 3);
        } else if (nanos % 1000 == 0 && nanos != 0) {
            fraction(text.append('.'), nanos / 1000, 6);
        } else if (nanos != 0) {
            fraction(text.append('.'), nanos, LONGEST_FRACTION);
        }
        return text.append('Z').toString();
    }

    /**
     * Reads a moment for programs, as {@link Instant#parse} does.
     *
     * @throws DateTimeParseException where it is none
     */
    public static Instant parse(String text) {
        int end = text.length() - 1;
        int digits = end - SECONDS - 1;
        boolean usual =
                end >= SECONDS
                        && text.charAt(4) == '-'
                        && text.charAt(7) == '-'
                        && text.charAt(10) == 'T'
                        && text.charAt(13) == ':'
                        && text.charAt(16) == ':'
                        && text.charAt(end) == 'Z'
                        && (end == SECONDS
                                || (text.charAt(SECONDS) == '.'
                                        && digits > 0
                                        && digits <= LONGEST_FRACTION));
        if (usual) {
            try {
                int nanos = number(text, SECONDS + 1, end, 999_999_999);
                for (int known = digits; known < LONGEST_FRACTION; known++) {
                    nanos *= 10;
                }
                long hours = 24 * day(text) + number(text, 11, 13, 23);
                long minutes = 60 * hours + number(text, 14, 16, 59);
                return Instant.ofEpochSecond(60 * minutes + number(text, 17, SECONDS, 59), nanos);
            } catch (DateTimeException e) {
                // another form, or none: the next one knows
            }
        }
        return Instant.parse(text);
    }

    /** The day since 1970 with which a text begins. {@code LocalDate} has a formatter. */
    private static long day(String text) {
        int year = number(text, 0, 4, 9999);
        int month = number(text, 5, 7, 12);
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int february = leap ? 29 : 28;
        int day = number(text, 8, 10, month == 2 ? february : 30 + (month + month / 8) % 2);
        if (month == 0 || day == 0) {
            throw new DateTimeException("no day");
        }
        int leapDays = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
        int gone = (367 * month - 362) / 12 - (month <= 2 ? 0 : 30 - february);
        return 365L * year + leapDays + gone + day - 1 - DAYS_TO_1970;
    }

    private static int number(String text, int from, int to, int most) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new DateTimeException("no digit");
            }
            number = 10 * number + (c - '0');
        }
        if (number > most) {
            throw new DateTimeException("too large");
        }
        return number;
    }

    private static StringBuilder seconds(Instant moment, ZoneOffset offset) {
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(moment.getEpochSecond(), moment.getNano(), offset);
        StringBuilder text = new StringBuilder(35).append(time.toLocalDate()).append('T');
        two(text, time.getHour()).append(':');
        two(text, time.getMinute()).append(':');
        return two(text, time.getSecond());
    }

    private static StringBuilder two(StringBuilder to, int number) {
        return to.append(number < 10 ? "0" : "").append(number);
    }

    private static StringBuilder fraction(StringBuilder to, int number, int digits) {
        String text = Integer.toString(number);
        return to.append("0".repeat(digits - text.length())).append(text);
    }
}
