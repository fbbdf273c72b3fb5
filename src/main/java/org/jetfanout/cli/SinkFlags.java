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

/** The flags that choose the sinks. */
final class SinkFlags {
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

    @Option(
            names = "--sink-wait",
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            description =
                    "How long the end of the run waits for undelivered records (default: 30s).")
    private Duration wait;

    /** Whether any of these flags was given. */
    boolean given() {
        return !names.isEmpty() || config != null || wait != null;
    }

    /**
     * The request that these flags make.
     *
     * @param metrics the value of {@code --metrics}; null for none
     */
    SinkRequest request(String metrics) {
        if (config != null && !Files.isReadable(config)) {
            throw ConfigurationException.at(config, "no such file (--sink-config)");
        }
        return new SinkRequest(
                names,
                Optional.ofNullable(config),
                Optional.ofNullable(wait),
                Optional.ofNullable(metrics));
    }
}
