package org.jetfanout.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.queue.Broker;

/**
 * The user's own broker, used instead of the embedded one. It is given by its URL or by a file.
 *
 * @param url where it is, without login; empty where the file says it
 * @param config the file: it may hold secrets, so its path alone is kept
 * @param patience how long it is waited for when it has gone, before the run ends
 */
public record BrokerRequest(String url, Optional<Path> config, Duration patience) {
    /** As long as a worker is waited for. */
    public static final Duration USUAL_PATIENCE = Duration.ofMinutes(5);

    /** Where it is and how one logs in there; fails where that cannot be used. */
    public Broker broker() {
        Map<String, String> environment = System.getenv();
        return config.map(file -> Broker.read(file, environment))
                .orElseGet(() -> Broker.of(url, environment));
    }
}
