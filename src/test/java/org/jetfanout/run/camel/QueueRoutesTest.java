package org.jetfanout.run.camel;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSContext;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.jetfanout.queue.EmbeddedQueue;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever can write to the broker can give a message any header, in any spelling. The report: <a
 * href="https://www.cve.org/CVERecord?id=CVE-2026-40453">CVE-2026-40453</a>.
 */
class QueueRoutesTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"dispatch", "a-route-of-the-users-own"})
    void noHeaderOfAMessageReachesAStep(String id) throws Exception {
        BlockingQueue<Map<String, Object>> seen = new ArrayBlockingQueue<>(10);
        BlockingQueue<String> done = new ArrayBlockingQueue<>(10);
        try (EmbeddedQueue queue = new EmbeddedQueue(folder.resolve("queue"), 1);
                DefaultCamelContext context = new DefaultCamelContext()) {
            context.getRegistry().bind("consumers", queue.consumers());
            context.addRoutePolicyFactory(
                    new QueueRoutes(
                            exchange -> done.add(exchange.getMessage().getBody(String.class))));
            context.addRoutes(
                    new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("sjms2:queue:batches?connectionFactory=#consumers&transacted=true")
                                    .routeId(id)
                                    .process(
                                            exchange ->
                                                    seen.add(
                                                            new TreeMap<>(
                                                                    exchange.getMessage()
                                                                            .getHeaders())));
                        }
                    });
            context.start();
            try (JMSContext jms = queue.producers().createContext()) {
                jms.createProducer()
                        .setProperty("camelFileName", "x")
                        .setProperty("CAMELExecCommandExecutable", "/bin/sh")
                        .setProperty("CamelExecCommandArgs", "x")
                        .setProperty("jetsshhost", "elsewhere")
                        .setProperty("JetReassigned", true)
                        .setProperty("JetWorkerGroup", "")
                        .send(jms.createQueue("batches"), "0001");
            }
            assertThat(seen.poll(1, TimeUnit.MINUTES)).isEmpty();
            if (id.equals("dispatch")) {
                assertThat(done.poll(1, TimeUnit.MINUTES)).isEqualTo("0001");
            }
        }
    }
}
