package org.jetfanout.service.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Text;

/** Numbers, times and texts of others, as the page shows them. Pure functions: thread-safe. */
final class PageText {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private PageText() {}

    /** {@code 10,000}. */
    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 1 host}, {@code 10,000 hosts}; for nouns whose plural takes an s. */
    static String counted(long number, String noun) {
        return number(number) + " " + noun + (number == 1 ? "" : "s");
    }

    static String date(Instant time) {
        return DATE.format(time);
    }

    static String clock(Instant time) {
        return CLOCK.format(time);
    }

    /** How long something took, or takes until now. */
    static String took(Instant from, Optional<Instant> to, Instant now) {
        return duration(Durations.between(from, to.orElse(now)));
    }

    /** The two largest units. */
    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        Duration rounded =
                seconds >= 86_400
                        ? Duration.ofHours(duration.toHours())
                        : seconds >= 3_600
                                ? Duration.ofMinutes(duration.toMinutes())
                                : Duration.ofSeconds(seconds);
        return Durations.text(rounded);
    }

    /**
     * One line of text of others. Characters that do something else than to stand there become
     * visible: control characters, and those that reorder or hide text. The template escapes HTML
     * and isolates the text's direction.
     */
    static String text(String text) {
        return Text.forTerminal(text, false);
    }

    /** The same, and no longer than this. */
    static String text(String text, int longest) {
        if (text.length() <= longest) {
            return text(text);
        }
        int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
        return text(text.substring(0, end)) + "…";
    }
}
