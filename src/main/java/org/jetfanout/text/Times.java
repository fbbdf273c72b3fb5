package org.jetfanout.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Moments as people see them, in one form everywhere: {@code 2026-01-02T03:04:05+01:00}. The time
 * zone is the reader's, and it is always shown. Programs get UTC.
 */
public final class Times {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Times() {}

    /** A moment in this zone, for people. */
    public static String text(Instant moment, ZoneId zone) {
        return FORM.format(moment.atZone(zone));
    }

    /** The same of a moment for programs that others have written; {@code ?} where it is none. */
    public static String shown(String moment, ZoneId zone) {
        try {
            return text(Instant.parse(moment), zone);
        } catch (DateTimeException e) {
            return "?";
        }
    }

    /** A moment for programs: {@code 2026-01-02T03:04:05.678Z}. */
    public static String utc(Instant moment) {
        return UTC.format(moment);
    }
}
