package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jetfanout.site.workers.RolloutRules;
import org.jetfanout.text.Times;

/**
 * How far a run has come from wave to wave. Immutable.
 *
 * @param rules that hold for the run
 * @param wave number of the last wave that has begun; 0 before the first
 * @param waves number of the last wave of the plan
 * @param waits what the run waits for before the next wave; empty where it does not wait
 * @param stopped which rule stopped the run, in one line; empty where none did
 */
public record RolloutState(
        RolloutRules rules, int wave, int waves, Optional<Wait> waits, String stopped) {
    /**
     * What a run waits for.
     *
     * @param wave number of the wave that has not begun
     * @param kind what must happen
     * @param since when it began to wait
     */
    public record Wait(int wave, Kind kind, Instant since) {}

    /** What must happen before a wave begins. */
    public enum Kind {
        /** The pause between two waves ends. */
        PAUSE("a pause"),
        /** Somebody lets the run continue. */
        CONTINUE("jet-fanout continue"),
        /** The user's command ends. */
        CHECK("the command of between_waves"),
        /** Somebody approves. */
        APPROVAL("jet-fanout approve");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }

        /** In files. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Before the first wave. */
    public static RolloutState of(RolloutRules rules, int waves) {
        return new RolloutState(rules, 0, waves, Optional.empty(), "");
    }

    /** A wave has begun. */
    public RolloutState withWave(int number) {
        return new RolloutState(rules, number, waves, Optional.empty(), stopped);
    }

    /** The run waits. */
    public RolloutState withWait(Wait now) {
        return new RolloutState(rules, wave, waves, Optional.of(now), stopped);
    }

    /** A rule has stopped the run. */
    public RolloutState withStop(String reason) {
        return new RolloutState(rules, wave, waves, Optional.empty(), reason);
    }

    /** Whether a rule has stopped the run. */
    public boolean isStopped() {
        return !stopped.isEmpty();
    }

    /** Writes it as fields of an object that is begun. */
    public void write(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("rules");
        for (Map.Entry<String, String> rule : rules.texts().entrySet()) {
            json.writeStringField(rule.getKey(), rule.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("wave", wave);
        json.writeNumberField("waves", waves);
        if (waits.isPresent()) {
            json.writeObjectFieldStart("wait");
            json.writeNumberField("wave", waits.get().wave());
            json.writeStringField("for", waits.get().kind().word());
            json.writeStringField("since", waits.get().since().toString());
            json.writeEndObject();
        }
        if (isStopped()) {
            json.writeStringField("stopped", stopped);
        }
    }

    /** Reads what {@link #write} has written. */
    static RolloutState read(JsonNode json) throws IOException {
        Map<String, String> texts = new HashMap<>();
        json.path("rules").properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
        try {
            return new RolloutState(
                    RolloutRules.of(texts),
                    json.path("wave").asInt(),
                    json.path("waves").asInt(),
                    Stream.of(Kind.values())
                            .filter(kind -> kind.word().equals(json.at("/wait/for").asText()))
                            .findAny()
                            .map(
                                    kind ->
                                            new Wait(
                                                    json.at("/wait/wave").asInt(),
                                                    kind,
                                                    Times.parse(json.at("/wait/since").asText()))),
                    json.path("stopped").asText());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException("is no state of a rollout: " + e.getMessage(), e);
        }
    }
}
