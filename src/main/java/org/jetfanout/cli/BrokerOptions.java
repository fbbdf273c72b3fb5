package org.jetfanout.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jetfanout.link.SharedKey;
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

    @Option(
            names = "--no-local",
            description =
                    "Connect to no worker from here: leave all to hands (jet-fanout hand). Requires"
                            + " shared_key in --broker-config.")
    private boolean noLocal;

    /** The broker that they name; empty for the embedded one. */
    Optional<BrokerRequest> request() {
        if (broker == null && brokerConfig == null) {
            if (brokerWait != null) {
                throw new UsageException("--broker-wait requires --broker or --broker-config");
            }
            if (noLocal) {
                throw new UsageException("--no-local requires --broker-config");
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
                        !noLocal);
        // this reports wrong broker options before anything else is done
        Optional<Path> key = request.broker().sharedKey();
        key.ifPresent(SharedKey::read);
        if (noLocal && key.isEmpty()) {
            throw new UsageException(
                    "--no-local requires --broker-config with 'shared_key:': without it there are"
                            + " no hands that could take the batches");
        }
        request.config().flatMap(Broker::warning).ifPresent(Main::say);
        return Optional.of(request);
    }
}
