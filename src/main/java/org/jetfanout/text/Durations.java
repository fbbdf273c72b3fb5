package org.jetfanout.text;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in the notation of people: {@code 90s}, {@code 5m}, {@code 1h30m}, {@code 7d}. */
public final class Durations {
    /**
     * The longest duration that is accepted, a hundred years. Sums and products of it stay in
     * range.
     */
    public static final Duration LONGEST = Duration.ofDays(36_500);

    private static final String FORM =
            "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?";
    private static final long[] SECONDS = {86_400, 3_600, 60, 1};
    private static final String UNITS = "dhms";

    private Durations() {}

    /**
     * Reads days, hours, minutes and seconds in this order. Each is a whole number, and at least
     * one must be there.
     *
     * @throws IllegalArgumentException with a message that continues after the name of the value:
     *     "must be a duration such as …"
     */
    public static Duration parse(String text) {
        Matcher form = Pattern.compile(FORM).matcher(text);
        if (text.isEmpty() || !form.matches()) {
            throw new IllegalArgumentException(
                    "must be a duration such as 90s, 5m, 1h30m or 7d, not " + Quoted.of(text));
        }
        long seconds = 0;
        for (int unit = 0; unit < SECONDS.length; unit++) {
            String number = form.group(unit + 1);
            seconds += number == null ? 0 : Long.parseLong(number) * SECONDS[unit];
        }
        if (seconds > LONGEST.toSeconds()) {
            throw new IllegalArgumentException(
                    "must be at most " + text(LONGEST) + ", not " + Quoted.of(text));
        }
        return Duration.ofSeconds(seconds);
    }

    /** The time between two moments; zero where the clock was set back between them. */
    public static Duration between(Instant from, Instant to) {
        return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
    }

    /** The duration in the form that {@link #parse} reads. Parts of a second are left out. */
    public static String text(Duration duration) {
        long rest = duration.toSeconds();
        if (rest <= 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        for (int unit = 0; unit < SECONDS.length; unit++) {
            if (rest >= SECONDS[unit]) {
                text.append(rest / SECONDS[unit]).append(UNITS.charAt(unit));
                rest %= SECONDS[unit];
            }
        }
        return text.toString();
    }
}
