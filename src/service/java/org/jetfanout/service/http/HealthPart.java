package org.jetfanout.service.http;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** {@code /health/live} and {@code /health/ready}. */
public final class HealthPart implements HttpPart {
    private final Supplier<List<String>> unready;

    /**
     * @param unready why the service cannot do its work now, a line for each reason
     */
    public HealthPart(Supplier<List<String>> unready) {
        this.unready = unready;
    }

    @Override
    public List<String> routes() {
        return List.of("health");
    }

    @Override
    public Map<String, Object> beans() {
        return Map.of(
                "health.live",
                (Processor) exchange -> answer(exchange, List.of()),
                "health.ready",
                (Processor) exchange -> answer(exchange, unready.get()),
                "service.problem",
                new ProblemStep());
    }

    private static void answer(Exchange exchange, List<String> reasons) {
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, reasons.isEmpty() ? 200 : 503);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getMessage()
                .setBody(reasons.isEmpty() ? "ok\n" : String.join("\n", reasons) + "\n");
    }
}
