package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.run.Metrics;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.Shipping;
import org.jetfanout.run.SinkRequest;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.status.Progress;
import org.jetfanout.text.Durations;
import org.jetfanout.text.Sizes;

/**
 * Where a run is seen from outside: its sinks and its metrics. Opened before anything is sent, so
 * that what is wrong is said first. {@link #leave} may be called by any thread.
 */
final class SinksAndMetrics implements AutoCloseable {
    /** A wait that is shorter needs no word. */
    private static final Duration SILENT = Duration.ofSeconds(1);

    private final SinkRequest request;
    private final Shipping shipping;
    private final Optional<Metrics> metrics;

    // Mutable state
    private volatile boolean finishing;

    private SinksAndMetrics(SinkRequest request, Shipping shipping, Optional<Metrics> metrics) {
        this.request = request;
        this.shipping = shipping;
        this.metrics = metrics;
    }

    /**
     * Those that a request names, and those that the sinks' configuration switches on. They open
     * while others go on: {@link #await}.
     *
     * @param routes the user's own
     * @param ofStdout the flag by which standard output is for something else than records
     */
    static SinksAndMetrics open(
            SinkRequest request, Optional<Path> routes, Optional<String> ofStdout) {
        SinkConfig config = SinkConfig.read(request.config(), System.getenv());
        Optional<Metrics> metrics = request.metrics().map(Metrics::new);
        try {
            Shipping shipping =
                    new Shipping(config.sinks(request.names()), config, routes, Main::say);
            if (shipping.isPrinting() && ofStdout.isPresent()) {
                shipping.close();
                throw new ConfigurationException(
                        ofStdout.get()
                                + " and the sink stdout cannot be combined: both write to"
                                + " standard output. The sink file writes the same records");
            }
            return new SinksAndMetrics(request, shipping, metrics);
        } catch (RuntimeException e) {
            metrics.ifPresent(Metrics::close);
            throw e;
        }
    }

    /**
     * Those of a request, but where something is wrong with them it is said, and there are none.
     */
    static SinksAndMetrics openOrNone(
            SinkRequest request, Optional<Path> routes, Optional<String> ofStdout) {
        try {
            return opened(request, routes, ofStdout);
        } catch (ConfigurationException e) {
            Main.say(e.getMessage() + "; nothing is shipped");
            SinkConfig config = SinkConfig.read(Optional.of(Path.of("/dev/null")), Map.of());
            return new SinksAndMetrics(
                    SinkRequest.NONE,
                    new Shipping(List.of(), config, Optional.empty(), Main::say),
                    Optional.empty());
        }
    }

    private static SinksAndMetrics opened(
            SinkRequest request, Optional<Path> routes, Optional<String> ofStdout) {
        SinksAndMetrics outputs = open(request, routes, ofStdout);
        try {
            outputs.await();
            return outputs;
        } catch (RuntimeException e) {
            outputs.close();
            throw e;
        }
    }

    /** Waits until they are open; says what is wrong with them. */
    void await() {
        shipping.await();
    }

    /** Whether records are printed on standard output, so that nothing else may be. */
    boolean arePrinting() {
        return shipping.isPrinting();
    }

    /** The request with the names of all sinks that are on. */
    RunRequest in(RunRequest run) {
        return run.with(
                new SinkRequest(
                        shipping.names(), request.config(), request.atEnd(), request.metrics()));
    }

    /** Begins to ship and to serve. */
    void start(RunRecord record, Supplier<Progress.Snapshot> progress) {
        shipping.start(record, true);
        metrics.ifPresent(served -> served.show(record.guid(), progress, shipping::statuses));
    }

    /**
     * The run has ended, or is left: waits for what the sinks did not get.
     *
     * @param whole whether it has ended
     */
    void finish(RunRecord record, boolean whole) {
        if (shipping.names().isEmpty()) {
            return;
        }
        logAside(record);
        finishing = true;
        Duration patience = request.patience();
        Duration silent = patience.compareTo(SILENT) < 0 ? patience : SILENT;
        if (!shipping.finish(whole, silent) && patience.compareTo(silent) > 0) {
            Duration rest = patience.minus(silent);
            Main.say(
                    "waiting up to "
                            + Durations.text(patience)
                            + " for "
                            + behind(shipping.statuses())
                            + " (Ctrl-C ends the wait)");
            shipping.finish(whole, rest);
        }
        shipping.close();
    }

    /**
     * What is logged from now on tells of shipping, not of the run: it is not shipped, or there
     * would always be one more line to ship.
     */
    static void logAside(RunRecord record) {
        try {
            Logging.toFile(record.folder().resolve("sinks/ship.log"), record.guid());
        } catch (IOException e) {
            Main.say("cannot write ship.log: " + e.getMessage());
        }
    }

    private static String behind(List<SinkStatus> sinks) {
        return String.join(
                ", ",
                sinks.stream()
                        .filter(SinkStatus::isBehind)
                        .map(
                                sink ->
                                        "sink "
                                                + sink.sink()
                                                + ", "
                                                + Sizes.text(sink.backlog())
                                                + " to go")
                        .toList());
    }

    /** Whether the end of the run waits for sinks. */
    boolean isFinishing() {
        return finishing;
    }

    /** Ends the wait. */
    void leave() {
        shipping.leave();
    }

    /** Ships and serves no more, of a run whose record goes. */
    void abandon() {
        metrics.ifPresent(Metrics::close);
        shipping.close();
    }

    @Override
    public void close() {
        abandon();
    }
}
