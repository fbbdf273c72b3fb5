package org.jetfanout.service.templates;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The moments that five words of cron mean in a time zone. Where the clocks go forward, a time in
 * the missing hour is the moment of the change; where they go back, a time in the repeated hour is
 * its first one. A schedule of every hour or minute ({@code *} as hour) follows real time instead:
 * it neither misses an hour nor repeats one. The library computes without a time zone. Immutable.
 */
final class CronTimes {
    private static final CronParser PARSER =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private static final Map<String, String> NICKNAMES =
            Map.of(
                    "@hourly", "0 * * * *",
                    "@daily", "0 0 * * *",
                    "@midnight", "0 0 * * *",
                    "@weekly", "0 0 * * 0",
                    "@monthly", "0 0 1 * *",
                    "@yearly", "0 0 1 1 *",
                    "@annually", "0 0 1 1 *");

    private static final int WORDS = 5;

    private final ExecutionTime times;
    private final boolean everyHour;
    private final ZoneId zone;

    private CronTimes(ExecutionTime times, boolean everyHour, ZoneId zone) {
        this.times = times;
        this.everyHour = everyHour;
        this.zone = zone;
    }

    /**
     * Reads the five words, or a nickname such as {@code @daily}.
     *
     * @throws IllegalArgumentException with a message for people where they mean nothing
     */
    static CronTimes parse(String text, ZoneId zone) {
        String words = NICKNAMES.getOrDefault(text.strip().toLowerCase(Locale.ROOT), text).strip();
        String[] fields = words.split("\\s+", -1);
        if (fields.length != WORDS) {
            throw new IllegalArgumentException(
                    "has "
                            + fields.length
                            + " words; it must have 5: minute hour day month weekday");
        }
        Cron cron = PARSER.parse(words).validate();
        CronTimes parsed =
                new CronTimes(ExecutionTime.forCron(cron), fields[1].startsWith("*"), zone);
        if (parsed.after(Instant.EPOCH).isEmpty()) {
            throw new IllegalArgumentException("never comes");
        }
        return parsed;
    }

    /** The next moment after this one; empty where there is none. */
    Optional<Instant> after(Instant moment) {
        return everyHour ? byRealTime(moment) : byTheClock(moment);
    }

    private Optional<Instant> byTheClock(Instant moment) {
        ZoneRules rules = zone.getRules();
        LocalDateTime from = LocalDateTime.ofInstant(moment, zone);
        while (true) {
            Optional<LocalDateTime> next = local(from);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            ZoneOffsetTransition change = rules.getTransition(next.get());
            Instant at =
                    change != null && change.isGap()
                            ? change.getInstant()
                            : ZonedDateTime.ofLocal(next.get(), zone, null)
                                    .withEarlierOffsetAtOverlap()
                                    .toInstant();
            if (at.isAfter(moment)) {
                return Optional.of(at);
            }
            // the second time of a repeated hour, or another time in the missing one
            from = next.get();
        }
    }

    private Optional<Instant> byRealTime(Instant moment) {
        ZoneRules rules = zone.getRules();
        Instant from = moment;
        while (true) {
            ZoneOffset offset = rules.getOffset(from);
            ZoneOffsetTransition change = rules.nextTransition(from);
            Optional<Instant> next =
                    local(LocalDateTime.ofInstant(from, offset))
                            .map(time -> time.toInstant(offset));
            if (next.isEmpty() || change == null || next.get().isBefore(change.getInstant())) {
                return next;
            }
            // just before the change, seen with the offset that follows it
            from = change.getInstant();
            Instant before = from.minusNanos(1);
            Optional<Instant> atChange =
                    local(LocalDateTime.ofInstant(before, change.getOffsetAfter()))
                            .map(time -> time.toInstant(change.getOffsetAfter()));
            if (atChange.isPresent() && atChange.get().equals(from)) {
                return atChange;
            }
        }
    }

    /** The next time on a clock that never changes. */
    private Optional<LocalDateTime> local(LocalDateTime from) {
        return times.nextExecution(from.atZone(ZoneOffset.UTC)).map(ZonedDateTime::toLocalDateTime);
    }
}
