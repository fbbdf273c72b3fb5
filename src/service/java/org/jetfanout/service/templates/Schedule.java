package org.jetfanout.service.templates;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * When a template starts by itself. Immutable.
 *
 * @param cron the five words
 * @param zone whose clock they mean
 * @param missed what happens with times at which the service did not run
 * @param values for the template's variables
 */
public record Schedule(String cron, ZoneId zone, Missed missed, Map<String, String> values) {
    private static final Set<String> KEYS =
            new TreeSet<>(Set.of("cron", "zone", "missed", "variables"));
    private static final List<String> MISSED = List.of("once", "skip");

    /** What happens with times at which the service did not run. */
    public enum Missed {
        /** The template starts once for all of them. */
        ONCE,

        /** Nothing. */
        SKIP
    }

    /** Copies the map. */
    public Schedule {
        values = Map.copyOf(values);
    }

    static Schedule read(
            YamlValue section, BiFunction<YamlValue, String, Map<String, String>> variables) {
        Map<String, YamlValue> keys = ServiceConfig.keys(section, "schedule", KEYS);
        if (!keys.containsKey("cron")) {
            throw section.error("a schedule needs 'cron:', such as \"0 3 * * *\"");
        }
        ZoneId zone = keys.containsKey("zone") ? zone(keys.get("zone")) : ZoneId.of("UTC");
        String cron = keys.get("cron").text("cron");
        try {
            CronTimes.parse(cron, zone);
        } catch (IllegalArgumentException e) {
            throw keys.get("cron")
                    .error(
                            "cron %s: %s"
                                    .formatted(Quoted.of(cron), Quoted.excerpt(e.getMessage())));
        }
        return new Schedule(
                cron,
                zone,
                keys.containsKey("missed") ? missed(keys.get("missed")) : Missed.ONCE,
                keys.containsKey("variables")
                        ? variables.apply(keys.get("variables"), "variables of the schedule")
                        : Map.of());
    }

    private static ZoneId zone(YamlValue value) {
        String name = value.text("zone");
        if (!name.equals("UTC") && !ZoneId.getAvailableZoneIds().contains(name)) {
            throw value.error(
                    "zone must be one such as Europe/Berlin or UTC, not "
                            + Quoted.of(name)
                            + NearestName.hint(name, ZoneId.getAvailableZoneIds()));
        }
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw value.error("zone " + Quoted.of(name) + " is not known");
        }
    }

    private static Missed missed(YamlValue value) {
        String word = value.text("missed");
        if (!MISSED.contains(word)) {
            throw value.error("missed must be once or skip, not " + Quoted.of(word));
        }
        return word.equals("once") ? Missed.ONCE : Missed.SKIP;
    }

    /** The next time after this moment. */
    public Optional<Instant> after(Instant moment) {
        return CronTimes.parse(cron, zone).after(moment);
    }

    /** For people: {@code 0 3 * * * (Europe/Berlin)}. */
    public String text() {
        return cron + " (" + zone + ")";
    }
}
