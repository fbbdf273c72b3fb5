package org.jetfanout.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The user's own broker in place of the embedded one.
 *
 * @param url where it is, without login
 * @param patience how long it is waited for when it has gone, before the run ends
 */
public record BrokerRequest(String url, Duration patience) {
    /** As long as a worker is waited for. */
    public static final Duration USUAL_PATIENCE = Duration.ofMinutes(5);

    /** What the run record keeps of it. */
    static Map<String, Object> toRecord(Optional<BrokerRequest> broker) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("broker", broker.map(BrokerRequest::url).orElse(""));
        broker.ifPresent(it -> fields.put("brokerWaitMillis", it.patience.toMillis()));
        return fields;
    }

    /** The one of an earlier run. */
    static Optional<BrokerRequest> fromRecord(JsonNode record) {
        Duration patience =
                Duration.ofMillis(
                        record.path("brokerWaitMillis").asLong(USUAL_PATIENCE.toMillis()));
        return Optional.of(record.path("broker").asText())
                .filter(url -> !url.isEmpty())
                .map(url -> new BrokerRequest(url, patience));
    }
}
