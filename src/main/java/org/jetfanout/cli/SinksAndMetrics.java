package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.RunFile;
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
 * The sinks and the metrics of a run. They are opened before anything is sent to a worker, so that
 * the user learns first what is wrong with them. Any thread may call {@link #leave}.
 */
final class SinksAndMetrics implements AutoCloseable {
    /** A wait shorter than this is not reported. */
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
     * Opens the sinks that a request names and those that the sinks' configuration switches on.
     * They open in the background; {@link #await} waits for them.
     *
     * @param routes folder with the user's own routes
     * @param ofStdout the flag by which standard output is used for something other than records
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
     * Opens the sinks of a request. Where something is wrong with them, it reports that and opens
     * none.
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

    /**
     * Waits until all are open.
     *
     * @throws ConfigurationException where something is wrong with one of them
     */
    void await() {
        shipping.await();
    }

    /**
     * Whether a sink prints records on standard output, so that nothing else may be printed there.
     */
    boolean arePrinting() {
        return shipping.isPrinting();
    }

    /** The request, with the names of all sinks that are switched on. */
    RunRequest addedTo(RunRequest run) {
        return run.with(
                new SinkRequest(
                        shipping.names(), request.config(), request.atEnd(), request.metrics()));
    }

    /** Starts to ship the run's record and to serve its metrics. */
    void start(RunRecord record, Supplier<Progress.Snapshot> progress) {
        shipping.start(record, true);
        metrics.ifPresent(served -> served.show(record.guid(), progress, shipping::statuses));
    }

    /**
     * Waits until the sinks have got everything, after the run has ended or this process leaves it.
     *
     * @param whole whether the run has ended
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
     * Sends the own log to a file that is not shipped. From now on it tells about shipping, and
     * each shipped line would cause another one.
     */
    static void logAside(RunRecord record) {
        try {
            Logging.toFile(record.file(RunFile.SHIP_LOG), record.guid());
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

    /** Whether the run has ended and only the wait for sinks goes on. */
    boolean isFinishing() {
        return finishing;
    }

    /** Ends the wait for sinks. */
    void leave() {
        shipping.endWait();
    }

    /** Stops shipping and serving, for a run whose record is removed. */
    void abandon() {
        metrics.ifPresent(Metrics::close);
        shipping.close();
    }

    @Override
    public void close() {
        abandon();
    }
}
