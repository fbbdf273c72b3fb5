package org.jetfanout.sink;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.main.Main;
import org.jetfanout.log.LogRecord;

/** A packaged sink with its route in a Camel of its own: what a shipper does, without a run. */
public final class RouteUnderTest implements AutoCloseable {
    private final String name;
    private final Sink sink;
    private final Main main = new Main();
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /** Starts it; settings with the sink's name before each key. */
    public RouteUnderTest(String name, Map<String, String> properties) throws Exception {
        this.name = name;
        sink =
                Sinks.open(name, SinkSettings.of(name, properties, Map.of(), "sinks.properties"))
                        .orElseThrow();
        var configuration = main.configure();
        configuration.setBasePackageScanEnabled(false);
        configuration.setAutowiredEnabled(false);
        configuration.setJmxEnabled(false);
        configuration.setShutdownTimeout(5);
        configuration.setRoutesIncludePattern("classpath:routes/sinks/" + name + ".camel.yaml");
        main.setDefaultPropertyPlaceholderLocation("false");
        properties.forEach(main::addInitialProperty);
        sink.properties().forEach(main::addInitialProperty);
        sink.beans().forEach(main::bind);
        main.start();
    }

    /**
     * Delivers a frame once.
     *
     * @throws Exception what the route ended with
     */
    public void deliver(List<LogRecord> records) throws Exception {
        Frame frame = new Frame(name, records.get(0).guid(), records, refused);
        Exchange exchange =
                main.getCamelContext()
                        .createFluentProducerTemplate()
                        .to("direct:sink-" + name)
                        .withHeader("JetGuid", frame.guid())
                        .withHeader("JetSink", name)
                        .withExchangeProperty(Delivery.PROPERTY, frame)
                        .withBody(records)
                        .send();
        if (exchange.getException() != null) {
            throw exchange.getException();
        }
    }

    /** Delivers a frame, again and again until it is taken, a minute long. */
    public void ship(List<LogRecord> records) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        List<LogRecord> rest = records;
        while (!rest.isEmpty()) {
            try {
                deliver(rest);
                return;
            } catch (SinkStoppedException e) {
                throw e;
            } catch (Exception e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                rest = e instanceof UndeliveredException undelivered ? undelivered.rest() : rest;
                Thread.sleep(50);
            }
        }
    }

    /** What was refused: id and reason of each. */
    public List<String> refused() {
        return refused;
    }

    @Override
    public void close() {
        main.stop();
        sink.close();
    }

    private record Frame(String sink, String guid, List<LogRecord> records, List<String> refused)
            implements Delivery {
        @Override
        public void refuse(LogRecord record, String reason) {
            refused.add(record.id() + " " + reason);
        }
    }
}
