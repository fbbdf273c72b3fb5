package org.jetfanout.site.workers;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Quoted;

/**
 * How a run goes from wave to wave, and what stops it: the texts of the keys that the user gave, in
 * workers.yml or on the command line. Immutable.
 */
public final class RolloutRules {
    /** The keys, in the order in which they are explained. */
    public static final List<String> KEYS =
            List.of(
                    "waves",
                    "canary",
                    "max_failures",
                    "on_stop",
                    "pause",
                    "approve",
                    "approve_timeout",
                    "leave_at_gate",
                    "between_waves",
                    "between_waves_timeout",
                    "not_after");

    /** Rules of a run that has none. */
    public static final RolloutRules NONE = new RolloutRules(Map.of());

    private static final Duration CHECK_TIMEOUT = Duration.ofMinutes(10);
    private static final String FINISH = "finish";
    private static final String CANCEL = "cancel";
    private static final String NOT_AFTER = "not_after";

    private final Map<String, String> texts;

    private RolloutRules(Map<String, String> texts) {
        this.texts = texts;
    }

    /**
     * The rules that these texts say.
     *
     * @param texts by key; keys that are none are ignored
     * @throws IllegalArgumentException where a text is wrong; the message begins with its key
     */
    public static RolloutRules of(Map<String, String> texts) {
        Map<String, String> known = new LinkedHashMap<>();
        for (String key : KEYS) {
            String text = texts.get(key);
            if (text != null) {
                known.put(key, text.strip());
            }
        }
        RolloutRules rules = new RolloutRules(known);
        known.keySet().forEach(rules::check);
        return rules;
    }

    private void check(String key) {
        try {
            switch (key) {
                case "waves" -> waves();
                case "canary" -> require(!texts.get(key).isEmpty(), "must be a group or a number");
                case "max_failures" -> maxFailures();
                case "on_stop" -> word(key, FINISH, CANCEL);
                case "pause", "approve_timeout", "between_waves_timeout" ->
                        Durations.parse(texts.get(key));
                case "approve", "leave_at_gate" -> word(key, "true", "false");
                case "between_waves" -> require(!texts.get(key).isEmpty(), "must be a command");
                default -> notAfter(ZonedDateTime.now(ZoneId.systemDefault()));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " " + e.getMessage(), e);
        }
    }

    private void word(String key, String one, String other) {
        String text = texts.get(key);
        require(
                text.equals(one) || text.equals(other),
                "must be " + one + " or " + other + ", not " + Quoted.of(text));
    }

    private static void require(boolean right, String message) {
        if (!right) {
            throw new IllegalArgumentException(message);
        }
    }

    /** These rules, and those of others where these say nothing. */
    public RolloutRules over(RolloutRules others) {
        Map<String, String> all = new LinkedHashMap<>(others.texts);
        all.putAll(texts);
        return of(all);
    }

    /** These rules without the end of a maintenance window. */
    public RolloutRules withoutEnd() {
        Map<String, String> all = new LinkedHashMap<>(texts);
        all.remove(NOT_AFTER);
        return of(all);
    }

    /** These rules with the moment at which the maintenance window ends, seen from a moment. */
    public RolloutRules from(ZonedDateTime now) {
        Map<String, String> all = new LinkedHashMap<>(texts);
        notAfter(now).ifPresent(end -> all.put(NOT_AFTER, end.toString()));
        return of(all);
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return texts.isEmpty();
    }

    /** What the user gave, by key. */
    public Map<String, String> texts() {
        return new LinkedHashMap<>(texts);
    }

    /** How many hosts are in each wave and those before it. */
    public List<Amount> waves() {
        return said("waves")
                .map(text -> Amount.waves(List.of(text.split(",", -1))))
                .orElse(List.of());
    }

    /** The group that is done first, or how many hosts. */
    public Optional<String> canary() {
        return said("canary");
    }

    /** How many failures are allowed. */
    public Optional<Amount> maxFailures() {
        return said("max_failures").map(Amount::parse);
    }

    /** Whether jobs that run are cancelled where a rule stops the run. */
    public boolean cancels() {
        return said("on_stop").filter(CANCEL::equals).isPresent();
    }

    /** How long the run waits between two waves. */
    public Duration pause() {
        return said("pause").map(Durations::parse).orElse(Duration.ZERO);
    }

    /** Whether somebody must approve each further wave. */
    public boolean approve() {
        return is("approve");
    }

    /** How long the run waits for that; empty for ever. */
    public Optional<Duration> approveTimeout() {
        return said("approve_timeout").map(Durations::parse);
    }

    /** Whether the process ends instead of waiting for that. */
    public boolean leavesAtGate() {
        return is("leave_at_gate");
    }

    /** The command that must succeed before each further wave. */
    public Optional<String> betweenWaves() {
        return said("between_waves");
    }

    /** How long that command may take. */
    public Duration betweenWavesTimeout() {
        return said("between_waves_timeout").map(Durations::parse).orElse(CHECK_TIMEOUT);
    }

    /** After which moment nothing begins. Only after {@link #from}. */
    public Optional<Instant> notAfter() {
        return said(NOT_AFTER).map(Instant::parse);
    }

    private Optional<Instant> notAfter(ZonedDateTime now) {
        return said(NOT_AFTER).map(text -> moment(text, now));
    }

    /** The next time of day, or a moment. */
    private static Instant moment(String text, ZonedDateTime now) {
        try {
            if (text.endsWith("Z")) {
                return Instant.parse(text);
            }
            if (text.contains("T")) {
                return LocalDateTime.parse(text).atZone(now.getZone()).toInstant();
            }
            ZonedDateTime today = now.with(LocalTime.parse(text));
            return (today.isAfter(now) ? today : today.plusDays(1)).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "must be a time such as 06:00 or 2026-12-24T06:00, not " + Quoted.of(text), e);
        }
    }

    private boolean is(String key) {
        return said(key).filter("true"::equals).isPresent();
    }

    private Optional<String> said(String key) {
        return Optional.ofNullable(texts.get(key));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RolloutRules rules && texts.equals(rules.texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        return texts.toString();
    }
}
