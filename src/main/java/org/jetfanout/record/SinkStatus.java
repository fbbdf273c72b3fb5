package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jetfanout.text.Times;

/**
 * How the shipping of a run's records to one sink stands, in the shape that {@code counters.json}
 * and {@code status --json} have. Counts are of the whole run, whichever processes shipped.
 * Immutable.
 *
 * @param sink its name
 * @param state where it is
 * @param reason what the sink said last, where it did not take something; else empty
 * @param read records read to be delivered
 * @param delivered records that it took
 * @param retried records that were sent again
 * @param refused records that it will never take
 * @param dropped records passed over because of its backlog's limit
 * @param backlog bytes of the run record that are not delivered
 * @param oldest time of the oldest record that is not delivered
 */
public record SinkStatus(
        String sink,
        SinkState state,
        String reason,
        long read,
        long delivered,
        long retried,
        long refused,
        long dropped,
        long backlog,
        Optional<Instant> oldest) {
    /** The status of a sink that has got nothing yet. */
    static SinkStatus fresh(String sink) {
        return new SinkStatus(sink, SinkState.SHIPPING, "", 0, 0, 0, 0, 0, 0, Optional.empty());
    }

    /** The same status with another backlog. */
    SinkStatus withBacklog(Backlog now) {
        return new SinkStatus(
                sink,
                state,
                reason,
                read,
                delivered,
                retried,
                refused,
                dropped,
                now.bytes(),
                now.oldest());
    }

    /** Whether everything was delivered when shipping ended. */
    public boolean isDone() {
        return state == SinkState.DONE;
    }

    /** Whether records wait that were not delivered. */
    public boolean isBehind() {
        return backlog > 0;
    }

    /** Writes the status as an object. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("sink", sink);
        json.writeStringField("state", state.word());
        json.writeStringField("reason", reason);
        json.writeNumberField("read", read);
        json.writeNumberField("delivered", delivered);
        json.writeNumberField("retried", retried);
        json.writeNumberField("refused", refused);
        json.writeNumberField("dropped", dropped);
        json.writeNumberField("backlog", backlog);
        if (oldest.isPresent()) {
            json.writeStringField("oldest", oldest.get().toString());
        } else {
            json.writeNullField("oldest");
        }
        json.writeEndObject();
    }

    /**
     * Reads the status of a sink. What is not there, or is unknown, is as before the first look.
     */
    public static SinkStatus read(String sink, JsonNode json) {
        return new SinkStatus(
                sink,
                SinkState.of(json.path("state").asText()).orElse(SinkState.SHIPPING),
                json.path("reason").asText(),
                json.path("read").asLong(),
                json.path("delivered").asLong(),
                json.path("retried").asLong(),
                json.path("refused").asLong(),
                json.path("dropped").asLong(),
                json.path("backlog").asLong(),
                time(json.path("oldest").asText()));
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Times.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
