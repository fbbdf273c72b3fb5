package org.jetfanout.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jetfanout.queue.Broker;
import org.jetfanout.run.BrokerRequest;
import picocli.CommandLine.Option;

/** The options that name an external broker. */
final class BrokerOptions {
    @Option(
            names = "--broker",
            paramLabel = "URL",
            description =
                    "Use an external Artemis broker (tcp://host:61616) instead of the embedded"
                            + " one. Set its login in $JET_FANOUT_BROKER_USER and"
                            + " $JET_FANOUT_BROKER_PASSWORD. For TLS, use --broker-config.")
    private String broker;

    @Option(
            names = "--broker-config",
            paramLabel = "FILE",
            description =
                    "Use the external Artemis broker of this file. Its keys: url, user, password,"
                            + " and for TLS ca, certificate, key.")
    private Path brokerConfig;

    @Option(
            names = "--broker-wait",
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            description =
                    "How long to wait for an external broker that does not respond. Then the run"
                            + " stops, and you can resume it (default: 5m).")
    private Duration brokerWait;

    /** The broker that they name; empty for the embedded one. */
    Optional<BrokerRequest> request() {
        if (broker == null && brokerConfig == null) {
            if (brokerWait != null) {
                throw new UsageException("--broker-wait requires --broker or --broker-config");
            }
            return Optional.empty();
        }
        if (broker != null && brokerConfig != null) {
            throw new UsageException("--broker and --broker-config cannot be combined");
        }
        BrokerRequest request =
                new BrokerRequest(
                        broker == null ? "" : broker,
                        Optional.ofNullable(brokerConfig),
                        brokerWait == null ? BrokerRequest.USUAL_PATIENCE : brokerWait,
                        true);
        // this reports wrong broker options before anything else is done
        request.broker();
        request.config().flatMap(Broker::warning).ifPresent(Main::say);
        return Optional.of(request);
    }
}
