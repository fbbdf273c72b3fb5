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
 * @param atEnd how long undelivered records are waited for at the end; empty for 30 seconds
 * @param metrics where the figures are served, {@code [ADDRESS:]PORT}; empty for nowhere
 */
public record SinkRequest(
        List<String> names,
        Optional<Path> config,
        Optional<Duration> atEnd,
        Optional<String> metrics) {
    /** Nothing is asked for. */
    public static final SinkRequest NONE = of(List.of());

    private static final Duration USUAL_WAIT = Duration.ofSeconds(30);

    public SinkRequest {
        names = List.copyOf(names);
    }

    /** Names of sinks, and nothing else. */
    public static SinkRequest of(List<String> names) {
        return new SinkRequest(names, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same without metrics. */
    public SinkRequest unseen() {
        return new SinkRequest(names, config, atEnd, Optional.empty());
    }

    /** How long undelivered records are waited for. */
    public Duration patience() {
        return atEnd.orElse(USUAL_WAIT);
    }

    /** The same and what another one says: its names too, and in place of the rest what it has. */
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
