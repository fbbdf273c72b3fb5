package org.jetfanout.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which sinks the command line asks for, and with which settings.
 *
 * @param names sinks that are switched on; the configuration may have more
 * @param config the sinks' configuration; empty for the usual file
 * @param atEnd how long the run waits at its end for undelivered documents; empty for 30 seconds
 * @param metrics where the metrics are served, {@code [ADDRESS:]PORT}; empty for nowhere
 */
public record SinkRequest(
        List<String> names,
        Optional<Path> config,
        Optional<Duration> atEnd,
        Optional<String> metrics) {
    /** A request for nothing. */
    public static final SinkRequest NONE = of(List.of());

    private static final Duration USUAL_WAIT = Duration.ofSeconds(30);

    /** Copies the list. */
    public SinkRequest {
        names = List.copyOf(names);
    }

    /** A request for these sinks only. */
    public static SinkRequest of(List<String> names) {
        return new SinkRequest(names, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same request without metrics. */
    public SinkRequest unseen() {
        return new SinkRequest(names, config, atEnd, Optional.empty());
    }

    /** How long the run waits for undelivered documents. */
    public Duration patience() {
        return atEnd.orElse(USUAL_WAIT);
    }

    /**
     * Both requests together. The names are those of both, and other values are those of the other
     * request, where it has them.
     */
    public SinkRequest and(SinkRequest other) {
        TreeSet<String> all = new TreeSet<>(names);
        all.addAll(other.names);
        return new SinkRequest(
                List.copyOf(all),
                other.config.or(() -> config),
                other.atEnd.or(() -> atEnd),
                other.metrics.or(() -> metrics));
    }
}
