package org.jetfanout.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.SinkRequest;
import picocli.CommandLine.Option;

/** The flags that say which sinks are on, and where their settings are. */
final class SinkChoice {
    @Option(
            names = "--sink",
            paramLabel = "NAME",
            description = "Ship log records to this sink: elasticsearch, file… May be repeated.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--sink-config",
            paramLabel = "FILE",
            description =
                    "File with the settings of the sinks, as Java properties (default:"
                            + " jet-fanout/sinks.properties in $XDG_CONFIG_HOME).")
    private Path config;

    /** Whether any of these flags was given. */
    boolean given() {
        return !names.isEmpty() || config != null;
    }

    /**
     * The request that these flags make.
     *
     * @param wait how long the end of a run waits for undelivered records
     * @param metrics the value of {@code --metrics}
     */
    SinkRequest request(Optional<Duration> wait, Optional<String> metrics) {
        if (config != null && !Files.isReadable(config)) {
            throw ConfigurationException.at(config, "no such file (--sink-config)");
        }
        return new SinkRequest(names, Optional.ofNullable(config), wait, metrics);
    }
}
