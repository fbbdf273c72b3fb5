package org.jetfanout.service.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Quoted;

/**
 * {@code /metrics} for Prometheus. Programs on this machine need no token for it, unless
 * service.yml says {@code metrics: token}. Thread-safe.
 */
public final class MetricsPart implements HttpPart {
    private static final String PATH = "/metrics";
    private static final Set<String> KINDS = Set.of("loopback", "token", "off");

    private final String kind;
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Integer, LongAdder> answers = new TreeMap<>();

    /** Reads {@code metrics:} of service.yml. */
    public MetricsPart(ServiceConfig config) {
        kind = config.section("metrics").map(MetricsPart::kind).orElse("loopback");
        for (int hundreds = 1; hundreds <= 5; hundreds++) {
            LongAdder count = new LongAdder();
            answers.put(hundreds, count);
            FunctionCounter.builder("jetfanout.service.answers", count, LongAdder::doubleValue)
                    .description("Answers by status")
                    .tag("status", hundreds + "xx")
                    .register(registry);
        }
    }

    private static String kind(YamlValue value) {
        String text = value.text("metrics");
        if (!KINDS.contains(text)) {
            throw value.error("metrics must be loopback, token or off, not " + Quoted.of(text));
        }
        return text;
    }

    /** Shows a number, as it is when somebody asks. */
    public void show(String name, String description, Supplier<Number> number) {
        Gauge.builder("jetfanout.service." + name, number)
                .description(description)
                .register(registry);
    }

    @Override
    public void handlers(Router router) {
        router.route()
                .order(ACCESS_ORDER - 50)
                .handler(
                        context -> {
                            context.addEndHandler(
                                    done ->
                                            answers.getOrDefault(
                                                            context.response().getStatusCode()
                                                                    / 100,
                                                            new LongAdder())
                                                    .increment());
                            context.next();
                        });
        if (kind.equals("off")) {
            return;
        }
        router.get(PATH)
                .order(ACCESS_ORDER - 1)
                .handler(
                        context -> {
                            if (kind.equals("loopback") && isHere(context)) {
                                answer(context);
                            } else {
                                context.next();
                            }
                        });
        // who comes here has a token
        router.get(PATH).handler(this::answer);
    }

    /** Whether a program of this machine asks, and no proxy for somebody else. */
    private static boolean isHere(RoutingContext context) {
        Peer peer = Peer.of(context);
        return !peer.proxied() && Networks.isLoopback(peer.connection());
    }

    private void answer(RoutingContext context) {
        context.response()
                .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .end(registry.scrape());
    }

    @Override
    public void close() {
        registry.close();
    }
}
