package org.jetfanout.service.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Moments as RFC 3339 has them, which OpenAPI calls date-time. The parser of Java takes no offsets
 * beyond 18 hours and no leap seconds.
 */
final class Rfc3339 {
    private static final Pattern FORM =
            Pattern.compile(
                    "(\\d{4}-\\d\\d-\\d\\d)[Tt ]"
                            + "(\\d\\d:\\d\\d:)(\\d\\d)(\\.\\d{1,9})?\\d*"
                            + "([Zz]|([+-])([01]\\d|2[0-3]):([0-5]\\d))");

    private Rfc3339() {}

    /** The moment; empty where a text is none. */
    static Optional<Instant> moment(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        // a leap second is the end of the second before
        String second = form.group(3).equals("60") ? "59" : form.group(3);
        String fraction = form.group(4) == null ? "" : form.group(4);
        try {
            Instant there =
                    LocalDateTime.parse(form.group(1) + "T" + form.group(2) + second + fraction)
                            .toInstant(ZoneOffset.UTC);
            if (form.group(6) == null) {
                return Optional.of(there);
            }
            Duration offset =
                    Duration.ofHours(Long.parseLong(form.group(7)))
                            .plusMinutes(Long.parseLong(form.group(8)));
            return Optional.of(
                    form.group(6).equals("-") ? there.plus(offset) : there.minus(offset));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
