package org.jetfanout.sink;

import java.util.Map;

/**
 * The Java half of a packaged sink: the steps that its route file ({@code
 * routes/sinks/NAME.camel.yaml}, which begins at {@code direct:sink-NAME}) refers to by name.
 */
public interface Sink extends AutoCloseable {
    /** What the names in the route stand for; each begins with the sink's name. */
    Map<String, Object> beans();

    /**
     * Values of the route's placeholders that are not written in the settings as they are, defaults
     * above all.
     */
    default Map<String, String> properties() {
        return Map.of();
    }

    /** Breaks off what is under way, so that it fails at once. May be called by any thread. */
    default void abort() {}

    @Override
    default void close() {}
}
