package org.jetfanout.sink;

import java.util.Map;

/**
 * The Java part of a packaged sink: the steps that its route file refers to by name. The file is
 * {@code routes/sinks/NAME.camel.yaml}, and its route begins at {@code direct:sink-NAME}.
 */
public interface Sink extends AutoCloseable {
    /** The beans for the names in the route. Each name begins with the sink's name. */
    Map<String, Object> beans();

    /**
     * Values of the route's placeholders that differ from the settings as they are written; most
     * are defaults.
     */
    default Map<String, String> properties() {
        return Map.of();
    }

    /** Interrupts what the sink does, so that it fails at once. Any thread may call it. */
    default void abort() {}

    @Override
    default void close() {}
}
