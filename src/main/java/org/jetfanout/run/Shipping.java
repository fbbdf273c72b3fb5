package org.jetfanout.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.logs.LogDocumentReader;
import org.jetfanout.machine.AsyncResource;
import org.jetfanout.record.RunRecord;
import org.jetfanout.record.SinkFolder;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.run.camel.Libraries;
import org.jetfanout.run.camel.Pipeline;
import org.jetfanout.run.camel.Routes;
import org.jetfanout.run.camel.SinkSteps;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.shipping.Shipper;
import org.jetfanout.sink.shipping.ShippingLimits;
import org.jetfanout.sink.shipping.Sinks;
import org.jetfanout.text.Redaction;

/**
 * The enabled sinks of a run: their settings, their routes in a separate Camel context, and one
 * shipper each. It is opened before the run begins, so that errors are reported first. Any thread
 * may call {@link #endWait} and {@link #statuses}; one thread calls the other methods.
 */
public final class Shipping implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final String STDOUT = "stdout";

    private final List<String> names;
    private final SinkConfig config;
    private final List<Sink> sinks = new ArrayList<>();
    private final Map<String, ShippingLimits> limits = new TreeMap<>();
    private final Consumer<String> warnings;
    private final Redaction redaction;
    private final CountDownLatch waitEnded = new CountDownLatch(1);

    // Mutable state
    private boolean printing;
    private Optional<AsyncResource<Pipeline>> pipeline = Optional.empty();
    private volatile List<Shipper> shippers = List.of();

    /**
     * Reads the settings, and starts to load the routes. Without a name this does nothing.
     *
     * @param names of the sinks
     * @param routes folder with the user's own routes
     * @param warnings takes warnings for people, one line each
     */
    public Shipping(
            List<String> names,
            SinkConfig config,
            Optional<Path> routes,
            Consumer<String> warnings) {
        this.names = List.copyOf(names);
        this.config = config;
        this.warnings = warnings;
        this.redaction = config.redaction();
        try {
            if (!names.isEmpty()) {
                pipeline = Optional.of(open(Routes.sinks(names, routes), Libraries.of(routes)));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private AsyncResource<Pipeline> open(Map<String, String> files, Libraries libraries) {
        printing = files.containsKey(STDOUT);
        Map<String, Object> beans = new HashMap<>(SinkSteps.beans());
        Map<String, String> properties = new HashMap<>();
        for (String name : files.keySet()) {
            SinkSettings settings = config.settings(name);
            limits.put(name, ShippingLimits.of(settings));
            settings.values().forEach((key, value) -> properties.put(name + "." + key, value));
            Sinks.open(name, settings)
                    .ifPresent(
                            sink -> {
                                sinks.add(sink);
                                beans.putAll(sink.beans());
                                properties.putAll(sink.properties());
                            });
        }
        return new AsyncResource<>(
                "sinks", () -> start(names, files, libraries, beans, properties));
    }

    private static Pipeline start(
            List<String> names,
            Map<String, String> files,
            Libraries libraries,
            Map<String, Object> beans,
            Map<String, String> properties) {
        Pipeline started =
                Pipeline.ofSinks(String.join(",", files.values()), libraries, beans, properties);
        for (String name : names) {
            if (!started.hasRouteFrom(Routes.sinkEndpoint(name))) {
                started.close();
                throw new ConfigurationException(
                        files.get(name).replaceFirst("^[a-z]+:", "")
                                + ": "
                                + Routes.noRouteAt(Routes.sinkEndpoint(name)));
            }
        }
        return started;
    }

    /**
     * Waits until the routes have started.
     *
     * @throws ConfigurationException where something is wrong with them
     */
    public void await() {
        pipeline.ifPresent(AsyncResource::await);
    }

    /** The names of the sinks, in order. */
    public List<String> names() {
        return names;
    }

    /**
     * Whether a sink prints documents on standard output, so that nothing else may be printed
     * there.
     */
    public boolean isPrinting() {
        return printing;
    }

    /**
     * Starts to ship.
     *
     * @param record of the run, owned by this process
     * @param limited whether the limits of the backlogs apply
     */
    public void start(RunRecord record, boolean limited) {
        List<Shipper> all = new ArrayList<>();
        for (String name : names) {
            SinkFolder folder = record.sinks().open(name);
            ShippingLimits ofSink = limits.get(name);
            all.add(
                    new Shipper(
                            record.guid(),
                            folder,
                            new LogDocumentReader(record, redaction, folder.positions()),
                            pipeline.orElseThrow().await().sink(name),
                            limited ? ofSink : ofSink.withoutLimit(),
                            warnings));
        }
        shippers = List.copyOf(all);
        shippers.forEach(Shipper::start);
    }

    /**
     * Waits until everything is delivered, after the run has ended or this process leaves it.
     *
     * @param whole whether the run has ended: nothing is added to it any more
     * @param wait the longest wait
     * @return whether everything is delivered
     */
    public boolean finish(boolean whole, Duration wait) {
        return finish(whole, wait, false);
    }

    /**
     * Waits as long as the sinks accept documents.
     *
     * @param wait how long no sink may accept anything before this gives up
     */
    public boolean finishWhileMoving(boolean whole, Duration wait) {
        return finish(whole, wait, true);
    }

    private boolean finish(boolean whole, Duration wait, boolean extended) {
        shippers.forEach(shipper -> shipper.finish(whole));
        long moved = settled();
        long end = System.nanoTime() + wait.toNanos();
        while (!haveEnded() && System.nanoTime() < end && !isWaitEnded()) {
            long now = settled();
            if (extended && now != moved) {
                moved = now;
                end = System.nanoTime() + wait.toNanos();
            }
        }
        return haveEnded();
    }

    /** Ends the wait of {@link #finish}, even if it has not begun yet. */
    public void endWait() {
        waitEnded.countDown();
    }

    /** The status of each sink. */
    public List<SinkStatus> statuses() {
        return shippers.stream().map(Shipper::status).toList();
    }

    private boolean haveEnded() {
        return shippers.stream().allMatch(Shipper::hasEnded);
    }

    private long settled() {
        return statuses().stream().mapToLong(s -> s.delivered() + s.refused()).sum();
    }

    private boolean isWaitEnded() {
        try {
            return waitEnded.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Stops at once, and stores the position of each sink. */
    @Override
    public void close() {
        shippers.forEach(Shipper::beginToStop);
        // a sink that never answers must not delay the end of the run
        sinks.forEach(Sink::abort);
        shippers.forEach(Shipper::close);
        pipeline.flatMap(AsyncResource::opened).ifPresent(Pipeline::close);
        sinks.forEach(Sink::close);
        pipeline = Optional.empty();
        sinks.clear();
    }
}
