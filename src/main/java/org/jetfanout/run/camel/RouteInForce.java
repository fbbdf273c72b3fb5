package org.jetfanout.run.camel;

import java.nio.file.Path;

/**
 * A route as a run loads it.
 *
 * @param id of the route
 * @param from the endpoint at which it begins, without parameters
 * @param description of the route
 * @param file of the route; for a packaged route its path in the source
 * @param yours whether it is in one of the user's own files
 */
public record RouteInForce(String id, String from, String description, Path file, boolean yours) {
    /** The origin of the file in one word. */
    public String origin() {
        return yours ? "yours" : "packaged";
    }
}
