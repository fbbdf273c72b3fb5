package org.jetfanout;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Moments as people see them, everywhere the same: {@code 2026-01-02T03:04:05+01:00}, in the zone
 * of who looks, which is always said. Programs get UTC.
 */
public final class Times {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

    private Times() {}

    public static String text(Instant moment, ZoneId zone) {
        return FORM.format(moment.atZone(zone));
    }
}
