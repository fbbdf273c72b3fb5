package org.jetfanout.run.camel;

import java.nio.file.Path;

/**
 * A route as a run loads it.
 *
 * @param from the endpoint at which it begins, without parameters
 * @param file for a packaged one its path in the source
 * @param yours whether it stands in a file of the user's own
 */
public record RouteInForce(String id, String from, String description, Path file, boolean yours) {
    /** Where the file comes from, in one word. */
    public String origin() {
        return yours ? "yours" : "packaged";
    }
}
