package org.jetfanout.service.http;

import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;

/**
 * What a room of the service adds to the HTTP server. All methods but {@link #close} and {@link
 * #unready} are called once, before the server listens.
 */
public interface HttpPart extends AutoCloseable {
    /** The order of the handlers that decide who may: before those of all other parts. */
    int ACCESS_ORDER = -100;

    /**
     * The names of its packaged route files in {@code routes/service/}: {@code api} for
     * api.camel.yaml.
     */
    default List<String> routes() {
        return List.of();
    }

    /** Its beans for the routes, by the name that the routes use. */
    default Map<String, Object> beans() {
        return Map.of();
    }

    /**
     * Adds its own handlers. Paths begin with a slash and without the prefix. A handler runs on the
     * event loop and must not block. A request of a browser that another part has refused fails
     * with a {@link RefusedException}: one handler of failures makes a page of it.
     */
    default void handlers(Router router) {}

    /** All routes of all parts have been read. */
    default void started(CamelContext camel) {}

    /** Why it cannot do its work now, in one line; empty where it can. */
    default Optional<String> unready() {
        return Optional.empty();
    }

    @Override
    default void close() {}
}
