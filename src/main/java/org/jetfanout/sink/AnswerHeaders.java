package org.jetfanout.sink;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Decides which headers pass. No header of a message goes into the request, and only these headers
 * of the answer come back. Immutable.
 *
 * @param names of the headers that come back, in lower case
 */
public record AnswerHeaders(Set<String> names) implements HeaderFilterStrategy {
    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return true;
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return !names.contains(name.toLowerCase(Locale.ROOT));
    }
}
