package org.jetfanout.testkit.stores;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.jetfanout.ConfigurationException;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.run.camel.SinkSteps;
import org.jetfanout.sink.Sink;
import org.jetfanout.sink.SinkDelivery;
import org.jetfanout.sink.SinkProperties;
import org.jetfanout.sink.SinkSettings;
import org.jetfanout.sink.SinkStoppedException;
import org.jetfanout.sink.UndeliveredException;
import org.jetfanout.sink.shipping.Sinks;

/** The packaged route of one sink in a Camel context of its own. Tests send it frames. */
public final class SinkBed implements AutoCloseable {
    private final String name;
    private final Main main = new Main();
    private final Sink sink;

    /** The documents that the sink refused, with the reasons. */
    public final Map<LogDocument, String> refused = new LinkedHashMap<>();

    /** Starts the sink with these settings. Their keys do not have the sink's name before them. */
    public SinkBed(String name, Map<String, String> settings) {
        this.name = name;
        sink = Sinks.open(name, settings(name, settings)).orElseThrow();
        var configuration = main.configure();
        configuration.setRoutesIncludePattern("classpath:routes/sinks/" + name + ".camel.yaml");
        configuration.setAutowiredEnabled(false);
        configuration.setJmxEnabled(false);
        configuration.setStreamCachingEnabled(false);
        configuration.setShutdownTimeout(10);
        main.setShutdownStrategy(new SimpleMainShutdownStrategy());
        main.setDefaultPropertyPlaceholderLocation("false");
        sink.properties().forEach(main::addInitialProperty);
        settings.forEach((key, value) -> main.addInitialProperty(name + "." + key, value));
        SinkSteps.beans().forEach(main::bind);
        sink.beans().forEach(main::bind);
        main.start();
    }

    /** Settings as they are in a file, made of keys without the sink's name. */
    private static SinkSettings settings(String name, Map<String, String> settings) {
        Map<String, String> properties = new HashMap<>();
        settings.forEach((key, value) -> properties.put(name + "." + key, value));
        return SinkSettings.of(name, SinkProperties.of("sinks.properties", properties), Map.of());
    }

    /** Checks that a sink refuses these settings with this message, without a secret in it. */
    public static void refuses(String name, Map<String, String> settings, String message) {
        assertThatThrownBy(() -> Sinks.open(name, settings(name, settings)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("sinks.properties: ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
    }

    /** Sends a frame through the route once. Throws the route's exception. */
    public void deliver(List<LogDocument> frame) throws Exception {
        deliver(frame, Map.of());
    }

    /** Sends a frame with more headers. Returns the exchange at its end. */
    public Exchange deliver(List<LogDocument> frame, Map<String, Object> headers) throws Exception {
        Exchange exchange =
                main.getCamelContext()
                        .createFluentProducerTemplate()
                        .to("direct:sink-" + name)
                        .withBody(frame)
                        .withHeaders(headers)
                        .withHeader("JetGuid", frame.get(0).guid())
                        .withHeader("JetSink", name)
                        .withExchangeProperty(SinkDelivery.PROPERTY, new Handed(frame))
                        .send();
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
        return exchange;
    }

    /** Interrupts what the sink does. */
    public void abort() {
        sink.abort();
    }

    /**
     * Sends a frame until the sink has accepted all of it, as the shipper does, but without its
     * pauses.
     */
    public void deliverAtLast(List<LogDocument> frame) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        Optional<List<LogDocument>> rest = Optional.of(frame);
        while (rest.isPresent()) {
            try {
                deliver(rest.get());
                rest = Optional.empty();
            } catch (UndeliveredException e) {
                rest = Optional.of(e.rest());
                pause(end, e);
            } catch (SinkStoppedException e) {
                throw e;
            } catch (Exception e) {
                pause(end, e);
            }
        }
    }

    /** Starts {@link #deliverAtLast} in the background. */
    public CompletableFuture<Void> beginDelivery(List<LogDocument> frame) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        deliverAtLast(frame);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static void pause(long end, Exception last) throws Exception {
        if (System.nanoTime() > end) {
            throw last;
        }
        Thread.sleep(20);
    }

    @Override
    public void close() {
        main.stop();
        sink.close();
    }

    private final class Handed implements SinkDelivery {
        private final List<LogDocument> frame;

        Handed(List<LogDocument> frame) {
            this.frame = frame;
        }

        @Override
        public String sink() {
            return name;
        }

        @Override
        public String guid() {
            return frame.get(0).guid();
        }

        @Override
        public List<LogDocument> documents() {
            return new ArrayList<>(frame);
        }

        @Override
        public void refuse(LogDocument document, String reason) {
            refused.put(document, reason);
        }
    }
}
