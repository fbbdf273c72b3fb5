package org.jetfanout.cli;

import java.time.Duration;
import java.util.Optional;
import org.jetfanout.run.SinkRequest;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of commands that ship to sinks. */
final class SinkFlags {
    @Mixin private SinkChoice choice = new SinkChoice();

    @Option(
            names = "--sink-wait",
            converter = CapacityCommand.DurationConverter.class,
            paramLabel = "TIME",
            description =
                    "How long the end of the run waits for undelivered records (default: 30s).")
    private Duration wait;

    /** Whether any of these flags was given. */
    boolean given() {
        return choice.given() || wait != null;
    }

    /**
     * The request that these flags make.
     *
     * @param metrics the value of {@code --metrics}; null for none
     */
    SinkRequest request(String metrics) {
        return choice.request(Optional.ofNullable(wait), Optional.ofNullable(metrics));
    }
}
