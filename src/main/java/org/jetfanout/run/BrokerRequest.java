package org.jetfanout.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.queue.Broker;

/**
 * The user's own broker, used instead of the embedded one. The command line names its URL or a
 * file.
 *
 * @param url of the broker, without login; empty where the file has it
 * @param config the file. It may hold secrets, so only its path is kept
 * @param patience how long the run waits for a broker that is down, before it ends
 * @param isLocal whether the process of the run is a hand too, where the file has a shared key
 */
public record BrokerRequest(String url, Optional<Path> config, Duration patience, boolean isLocal) {
    /** As long as the usual wait for a worker. */
    public static final Duration USUAL_PATIENCE = Duration.ofMinutes(5);

    /**
     * The broker's address and login.
     *
     * @throws org.jetfanout.ConfigurationException where they are invalid
     */
    public Broker broker() {
        Map<String, String> environment = System.getenv();
        return config.map(file -> Broker.read(file, environment))
                .orElseGet(() -> Broker.of(url, environment));
    }
}
