package org.jetfanout.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.Counts;
import org.jetfanout.record.SinkState;
import org.jetfanout.record.SinkStatus;
import org.jetfanout.status.Progress;

/** Serves the metrics of a run, or of a hand, for Prometheus, at {@code /metrics}. Thread-safe. */
public final class Metrics implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("(?:(.+):)?(\\d{1,5})");
    private static final String LOOPBACK = "127.0.0.1";
    private static final String PATH = "/metrics";

    private static final Map<String, ToIntFunction<Counts>> OUTCOMES =
            Map.of(
                    "ok", Counts::ok,
                    "changed", Counts::changed,
                    "failed", Counts::failed,
                    "unreachable", Counts::unreachable,
                    "unfinished", Counts::unfinished,
                    "not_started", Counts::notStarted);

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HttpServer server;

    /**
     * Starts to listen.
     *
     * @param address {@code [ADDRESS:]PORT}; port 0 for any free port
     */
    public Metrics(String address) {
        Matcher form = ADDRESS.matcher(address);
        if (!form.matches() || Integer.parseInt(form.group(2)) > 65535) {
            throw new ConfigurationException(
                    "--metrics must be [ADDRESS:]PORT, not '" + address + "'");
        }
        String host = form.group(1) == null ? LOOPBACK : form.group(1).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(form.group(2));
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 0);
        } catch (UnknownHostException e) {
            throw new ConfigurationException("--metrics " + address + ": no such address");
        } catch (IOException e) {
            throw new ConfigurationException("--metrics " + address + ": " + e.getMessage());
        }
        server.createContext(PATH, this::answer);
        server.start();
    }

    /** The address on which it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /**
     * Shows a run.
     *
     * @param progress gives the progress now
     * @param sinks gives the status of the sinks now: always the same sinks in the same order
     */
    public void show(
            String guid, Supplier<Progress.Snapshot> progress, Supplier<List<SinkStatus>> sinks) {
        Tags run = Tags.of("guid", guid);
        OUTCOMES.forEach(
                (outcome, count) ->
                        Gauge.builder(
                                        "jetfanout.hosts",
                                        () -> count.applyAsInt(progress.get().totals()))
                                .description("Hosts by outcome")
                                .tags(run.and("outcome", outcome))
                                .register(registry));
        for (BatchState state : BatchState.values()) {
            Gauge.builder("jetfanout.batches", () -> progress.get().states().getOrDefault(state, 0))
                    .description("Batches by state")
                    .tags(run.and("state", state.word()))
                    .register(registry);
        }
        for (int i = 0; i < sinks.get().size(); i++) {
            int index = i;
            show(run, sinks.get().get(i).sink(), () -> sinks.get().get(index));
        }
    }

    /** Shows a number of something else than a run, as it is now. */
    public void show(String name, String description, Supplier<Number> number) {
        Gauge.builder(name, number).description(description).register(registry);
    }

    private void show(Tags run, String sink, Supplier<SinkStatus> status) {
        Tags tags = run.and("sink", sink);
        counter("read", "Records read to be delivered", tags, status, SinkStatus::read);
        counter("delivered", "Records that the sink took", tags, status, SinkStatus::delivered);
        counter("retried", "Records sent again", tags, status, SinkStatus::retried);
        counter("refused", "Records that the sink refused", tags, status, SinkStatus::refused);
        counter(
                "dropped",
                "Records dropped because of the backlog limit",
                tags,
                status,
                SinkStatus::dropped);
        Gauge.builder("jetfanout.sink.backlog", () -> status.get().backlog())
                .description("Bytes of the run record that are not delivered")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        Gauge.builder("jetfanout.sink.oldest.age", () -> age(status.get()))
                .description("Age of the oldest record that is not delivered")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
        Gauge.builder(
                        "jetfanout.sink.stopped",
                        () -> status.get().state() == SinkState.STOPPED ? 1 : 0)
                .description("1 if the sink is stopped")
                .tags(tags)
                .register(registry);
    }

    private void counter(
            String what,
            String description,
            Tags tags,
            Supplier<SinkStatus> status,
            ToDoubleFunction<SinkStatus> count) {
        FunctionCounter.builder(
                        "jetfanout.sink." + what, status, now -> count.applyAsDouble(now.get()))
                .description(description)
                .baseUnit("records")
                .tags(tags)
                .register(registry);
    }

    private static double age(SinkStatus status) {
        return status.oldest()
                .map(oldest -> Duration.between(oldest, Instant.now()).toMillis() / 1000.0)
                .map(seconds -> Math.max(0, seconds))
                .orElse(0.0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean found = exchange.getRequestURI().getPath().equals(PATH);
            boolean get = exchange.getRequestMethod().equals("GET");
            if (!found || !get) {
                exchange.sendResponseHeaders(found ? 405 : 404, -1);
                return;
            }
            byte[] text = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders()
                    .set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        registry.close();
    }
}
